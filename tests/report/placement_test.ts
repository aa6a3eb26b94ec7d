/** Cases of different placement are told apart wherever they are compared, in every format. */

import { assert, assertEquals } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { tablesOf } from "./read_document.ts";

/** The sample's round trips, measured with the scheduler's placement and on one core. */
function pinnedRecord(): RunRecord {
  const record = sampleRecord({ rounds: 8 });
  const own = record.cases.filter(({ scenario }) => scenario === "round-trip");
  const ids = new Set(own.map(({ id }) => id));
  const trials = record.trials.filter((trial) => ids.has(trial.case));
  return {
    ...record,
    scenarios: record.scenarios.filter(({ id }) => id === "round-trip"),
    cases: [
      ...own,
      ...own.map((one) => ({
        ...one,
        id: `${one.id},pin=same`,
        placement: { peer: "process" as const, pin: "same" as const },
      })),
    ],
    trials: [...trials, ...trials.map((one) => ({ ...one, case: `${one.case},pin=same` }))],
  };
}

const comparisonsOf = (record: RunRecord) =>
  tablesOf(buildRecordDocument(record)).find(({ role }) => role === "comparisons")!;

Deno.test("the table of all comparisons has a column of placements where they differ, and states one once", () => {
  const many = comparisonsOf(pinnedRecord());
  assert(many.keys.some(({ factor }) => factor === "placement"));
  const rows = many.rows.map(({ keys }) => JSON.stringify(keys));
  assertEquals(new Set(rows).size, rows.length, "no two rows read alike");
  const one = comparisonsOf(sampleRecord());
  assertEquals(one.keys.some(({ factor }) => factor === "placement"), false);
  assertEquals(one.common, [{ factor: "placement", value: { peer: "process", pin: "none" } }]);
});

for (const id of ["md", "html", "asciidoc"]) {
  Deno.test(`reportFormats: ${id} states the placement of every comparison in words`, () => {
    const text = reportFormats.get(id)!.render(pinnedRecord());
    const findings = text.split("\n").filter((line) =>
      /^(-|\*|<li class="(difference|no-difference)">) ?.*((fast|slow)er<?[^ ]* than|[Nn]o difference found) /
        .test(line)
    );
    assert(findings.length > 2, `${findings.length}`);
    assertEquals(findings.filter((line) => !/[Pp]airs, peer process/.test(line)), []);
    assert(findings.some((line) => line.includes("peer process, same core")));
  });
}

for (const id of ["md", "html", "text", "asciidoc"]) {
  Deno.test(`reportFormats: ${id} states a placement that all answers share once`, () => {
    assert(
      reportFormats.get(id)!.render(sampleRecord()).replace(/\s+/g, " ")
        .includes("All with peer process."),
    );
  });
}

Deno.test("the terminal ends every comparison with its placement", () => {
  const text = reportFormats.get("text")!.render(pinnedRecord(), {
    terminal: { columns: 2_000, color: false, unicode: true },
  });
  // Prose is at most 100 columns wide: sentences are put together again.
  const sentences = text.replace(/\n {2}(?=\S)/g, " ").split("\n").filter((line) =>
    /^- .*(faster|slower|No difference)/.test(line)
  );
  assert(sentences.length > 2);
  assertEquals(sentences.filter((line) => !/\(peer process(, same core)?\)\.$/.test(line)), []);
});
