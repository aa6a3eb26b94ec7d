/** Nothing rare vanishes: what few trials met stands beside the medians. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Histogram } from "../../src/model/histogram.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { plainInline } from "../../src/report/document/format_inline.ts";
import type { Table } from "../../src/report/document/table.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { markdownOf, scenarioParts, tablesOf, warningsOf } from "./read_document.ts";

/** Round trips over tcp and unix, 1,200 exchanges a trial; over tcp one in ten trials holds a stall of 300 ms. */
function stallingRecord(rounds = 100, exchanges = 1_200): RunRecord {
  const record = sampleRecord({ rounds: 1 });
  const cases = record.cases.filter(({ id }) => /^round-trip\/(tcp|unix)\/bytes=64$/.test(id));
  const spec = record.scenarios.find(({ id }) => id === "round-trip")!;
  const metrics = ["p50", "p99", "p999", "max", "exchangesPerSecond"];
  const trials = Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) =>
    cases.map((one, order) => {
      const histogram = new Histogram();
      const isStalled = one.transport === "tcp" && round % 10 === 0;
      const each = one.transport === "tcp" ? 27_700 : 22_000;
      // The usual maximum is four times the median.
      for (let count = 0; count < exchanges - 1; count++) histogram.record(each);
      histogram.record(isStalled ? 300e6 : 4 * each);
      const { values: _, ...trial } = record.trials[0]!;
      return {
        ...trial,
        case: one.id,
        round,
        order,
        operations: exchanges,
        elapsedNs: (exchanges - 1) * each + (isStalled ? 300e6 : 4 * each),
        histograms: { exchange: histogram.toSparse() },
      };
    })
  );
  return { ...record, scenarios: [{ ...spec, metrics }], cases, trials, skipped: [] };
}

function tableOf(record: RunRecord, role: Table["role"]): Table {
  return tablesOf(buildRecordDocument(record)).find((table) => table.role === role)!;
}

/** The value of a cell of the first row, by the id of its column. */
function valueOf(table: Table, id: string, row = 0): number | undefined {
  const cell = table.rows[row]!.cells[table.columns.findIndex((column) => column.id === id)];
  return cell === null || cell === undefined || !("value" in cell) ? undefined : cell.value;
}

Deno.test("a report shows of all trials together the longest operation and the rate by all of the time", () => {
  const record = stallingRecord();
  const medians = tableOf(record, "metrics");
  const all = tableOf(record, "run-wide");
  // The medians of trials know nothing of it.
  assertEquals(valueOf(medians, "max"), 4 * 27_700);
  assert(valueOf(medians, "exchangesPerSecond")! > 35_000);
  assertEquals(valueOf(all, "pooled-max"), 300e6);
  assert(valueOf(all, "exchangesPerSecond")! < 20_000);
  assertEquals(valueOf(all, "operations"), 120_000);
  assertEquals(valueOf(all, "pooled-max", 1), 4 * 22_000);
  assert(all.columns.some(({ id }) => id === "pooled-99.99"));
});

Deno.test("a report warns of trials that stalled, with how many, how long, and what is usual", () => {
  const stalls = warningsOf(buildRecordDocument(stallingRecord()))
    .map(({ text }) => plainInline(text)).filter((words) => words.includes("stalled"));
  assertEquals(stalls, [
    "round-trip/tcp/bytes=64: 10 of 100 trials stalled: an operation took up to 300 ms, where the longest of a usual trial " +
    "takes 111 µs.",
  ]);
});

Deno.test("a report warns of bulk data that stopped now and then, which a median of trials hides", () => {
  const record = stallingRecord();
  const trials = record.trials.map((trial) => ({
    ...trial,
    histograms: {},
    values: { longestPause: trial.histograms.exchange!.max! },
  }));
  const stalls = warningsOf(buildRecordDocument({ ...record, trials }))
    .map(({ text }) => plainInline(text)).filter((words) => words.includes("stalled"));
  assertEquals(stalls, [
    "round-trip/tcp/bytes=64: 10 of 100 trials stalled: nothing arrived for 300 ms, where the longest pause of a usual " +
    "trial is 111 µs.",
  ]);
});

Deno.test("a report explains a rate that is far from what the median operation would allow", () => {
  const notes = scenarioParts(buildRecordDocument(stallingRecord()), "round-trip")
    .flatMap(({ blocks }) => blocks).flatMap((block) => block.kind === "list" ? block.items : [])
    .map(({ text }) => plainInline(text)).filter((words) => words.includes("one operation after"));
  assertEquals(notes.length, 1);
  assertStringIncludes(notes[0]!, "round-trip/tcp/bytes=64: 19.0 k/s where");
  assertStringIncludes(
    notes[0]!,
    "would come to 36.1 k/s: the slowest hundredth of the operations took 48 % of the time.",
  );
});

Deno.test("a percentile that would be the maximum is left out of tables, charts and JSON, and a warning names the cases", () => {
  const record = stallingRecord(10, 600);
  const medians = tableOf(record, "metrics");
  assertEquals(medians.columns.map(({ id }) => id), [
    "n",
    "p50",
    "p99",
    "max",
    "exchangesPerSecond",
  ]);
  assertStringIncludes(
    markdownOf(record),
    "Operations are too few for p99.9, which is left out: a trial has fewer than 1000 in the median",
  );
  for (const id of ["html", "json"]) {
    const text = reportFormats.get(id)!.render(record);
    assertEquals(/"metric": "p999"|data-metric="p999"/.test(text), false, id);
  }
  // Together they suffice for p99, and not for p99.9.
  const all = tableOf(record, "run-wide");
  assertEquals(all.columns.map(({ id }) => id).filter((id) => id.startsWith("pooled")), [
    "pooled-50",
    "pooled-90",
    "pooled-99",
    "pooled-max",
  ]);
});

for (const id of ["md", "html", "asciidoc"]) {
  Deno.test(`reportFormats: ${id} shows run-wide figures with their intervals, and the maximum without`, () => {
    const text = reportFormats.get(id)!.render(stallingRecord());
    assert(/300.*m?s?/.test(text));
    assertStringIncludes(text, "All trials together");
  });
}
