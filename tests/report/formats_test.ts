import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { emptyRecord, hostileRecord, sampleRecord } from "../support/sample_record.ts";
import { findingsOf } from "./read_document.ts";

/** Every trial of every case failed. */
function failedRecord(): RunRecord {
  const record = sampleRecord({ rounds: 6 });
  const trials = record.trials.map(({ values: _, ...trial }) => ({
    ...trial,
    error: { kind: "timeout", message: "no reply within 2 s" },
  }));
  return { ...record, trials };
}

/** One trial, and the only one of its case. */
function oneTrialRecord(): RunRecord {
  const record = sampleRecord({ rounds: 1 });
  return { ...record, cases: record.cases.slice(0, 1), trials: record.trials.slice(0, 1) };
}

const RECORDS: readonly (readonly [name: string, make: () => RunRecord])[] = [
  ["an empty record", emptyRecord],
  ["a record of one trial", oneTrialRecord],
  ["a record whose trials all failed", failedRecord],
  ["a record with hostile names", hostileRecord],
  ["a partial record", () => sampleRecord({ rounds: 2, replace: { partial: true } })],
];

for (const format of reportFormats.values()) {
  for (const [name, make] of RECORDS) {
    Deno.test(`reportFormats: ${format.id} renders ${name}`, () => {
      const text = format.render(make());
      assert(text.endsWith("\n"), "ends in a line break");
      assert(text.isWellFormed(), "is well-formed Unicode");
      const controls = [...text].filter((one) => one < " " && !"\t\r\n".includes(one));
      assertEquals(controls, []);
      // Not in JSON strings of names that say so themselves.
      if (name !== "a record with hostile names") {
        // What a page's own script says is no figure.
        const said = text.replace(/<script>[^]*?<\/script>/, "");
        assertEquals(said.match(/\b(NaN|Infinity|undefined|\[object)\b/), null);
      }
    });
  }

  Deno.test(`reportFormats: ${format.id} does not depend on the order of trials`, () => {
    const record = sampleRecord({ rounds: 7 });
    const trials = record.trials.toSorted((a, b) =>
      a.operations - b.operations || b.order - a.order
    );
    assertEquals(format.render({ ...record, trials }), format.render(record));
  });

  Deno.test(`reportFormats: ${format.id} leaves the record as it is`, () => {
    const record = sampleRecord({ rounds: 3 });
    const before = structuredClone(record);
    format.render(record);
    assertEquals(record, before);
  });
}

Deno.test("reportFormats: every id is its own key, and no extension is used twice", () => {
  assertEquals([...reportFormats.keys()], [
    "md",
    "html",
    "text",
    "asciidoc",
    "csv",
    "tsv",
    "json",
    "agent",
  ]);
  for (const [id, format] of reportFormats) assertEquals(format.id, id);
  assertEquals(
    new Set([...reportFormats.values()].map(({ extension }) => extension)).size,
    reportFormats.size,
  );
});

Deno.test("writeJson() says what it is, and keeps summaries, comparisons and document", () => {
  const file = JSON.parse(reportFormats.get("json")?.render(sampleRecord()) ?? "null");
  assertEquals([file.kind, file.reportVersion], ["sockbench-report", 2]);
  assertEquals(file.startedAt, "2026-05-04T12:34:56.789Z");
  assertEquals(file.summaries[0].case, "round-trip/tcp/bytes=64");
  assertEquals(file.comparisons.length, 34);
  assertEquals(findingsOf(file.document).first.length, 12);
});

Deno.test("writeMarkdown() says what failed when nothing else can be said", () => {
  const text = reportFormats.get("md")?.render(failedRecord()) ?? "";
  assertStringIncludes(text, "No comparison could be made");
  assertStringIncludes(text, "No trial of this scenario has figures.");
  assertStringIncludes(
    text,
    "336 trials failed and are excluded (timeout: no reply within 2 s)",
  );
});

Deno.test("writeMarkdown() says of a partial run how far it came", () => {
  const record = sampleRecord({ rounds: 4, replace: { partial: true } });
  const settings = { ...record.settings, rounds: 15 };
  const text = reportFormats.get("md")?.render({ ...record, settings }) ?? "";
  assertStringIncludes(text, "> **Partial run.** The run ended early: 4 of 15 rounds were begun.");
});
