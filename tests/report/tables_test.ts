import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Summary } from "../../src/compare/summarize.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { TrialValues } from "../../src/compare/trial_values.ts";
import { evaluate } from "../../src/report/build/evaluation.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { buildSearch } from "../../src/report/build/search.ts";
import { buildComparativeTable } from "../../src/report/build/tables.ts";
import { formatFigure, looksOf } from "../../src/report/document/column_look.ts";
import { formatKey, formatKeys } from "../../src/report/document/format_key.ts";
import type { Cell, Table } from "../../src/report/document/table.ts";
import { metricOf } from "../../src/units/metric.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { markdownOf, scenarioParts, tableOf } from "./read_document.ts";

function comparative(record: RunRecord, scenario: string): Table {
  return tableOf(record, scenario, "headline");
}

function marks(cells: readonly (Cell | null)[]): readonly (string | undefined)[] {
  return cells.map((cell) => cell?.kind === "figure" ? cell.mark : undefined);
}

const titles = ({ columns }: Table) =>
  columns.map(({ title, keys = [] }) => title ?? formatKeys(keys));

Deno.test("buildComparativeTable() puts transports side by side, sizes ascending, in one unit", () => {
  const table = comparative(sampleRecord(), "round-trip");
  assertEquals(titles(table), ["tcp", "tcp6", "unix", "udp", "unixpacket"]);
  assertEquals(table.rows.map(({ keys }) => keys.map(formatKey)), [["64 B"], ["1 KiB"], [
    "16 KiB",
  ]]);
  assertEquals(new Set(looksOf(table).map((look) => look?.scale.symbol)), new Set(["µs"]));
  assertEquals(new Set(looksOf(table).map((look) => look?.digits)).size, 1);
});

Deno.test("buildComparativeTable() marks what beat every other of its row round by round, on a bimodal machine too", () => {
  const [first, second, third] = comparative(sampleRecord(), "round-trip").rows;
  const unixOnly = [undefined, undefined, "best", undefined, undefined];
  assertEquals(marks(first?.cells ?? []), unixOnly);
  assertEquals(marks(third?.cells ?? []), unixOnly);
  // The machine's two speeds fall on all cases of a round alike.
  assertEquals(marks(second?.cells ?? []), unixOnly);
});

Deno.test("buildComparativeTable() marks nobody when trials are too few", () => {
  const { rows } = comparative(sampleRecord({ rounds: 3 }), "round-trip");
  assertEquals(rows.flatMap(({ cells }) => marks(cells)).filter((mark) => mark !== undefined), []);
});

Deno.test("buildComparativeTable() joins two column factors, and leaves out what a case lacks", () => {
  const table = comparative(sampleRecord(), "nagle");
  assertEquals(titles(table), ["tcp, nagle on", "tcp, nagle off", "unix"]);
  assertEquals(table.rows.map(({ keys: [key] }) => formatKey(key!)), [
    "write-read",
    "write-write-read",
  ]);
});

Deno.test("buildComparativeTable() has a hole where a case has no figure", () => {
  const { rows } = comparative(sampleRecord(), "round-trip");
  assertEquals(rows[2]?.cells[4], null);
});

Deno.test("buildComparativeTable() shows whole numbers of things with all their digits, and others scaled", () => {
  const [one] = sampleRecord().cases;
  const spec = sampleRecord().scenarios.find(({ id }) => id === one!.scenario)!;
  const lookOf = (
    metric: "completedConnects" | "largestMessageBytes",
    value: number,
    high = value,
  ) => {
    const summary = {
      case: one!.id,
      metric,
      n: 6,
      median: value,
      low: value,
      high,
      confidence: 0.97,
    };
    const table = buildComparativeTable(
      spec,
      [one!],
      metricOf(metric),
      {
        summaryOf: () => ({ ...summary, spread: 0, warnings: [] }) as unknown as Summary,
        values: evaluate(sampleRecord()).values,
      },
    );
    const [look] = looksOf(table!);
    return `${formatFigure(value, look!)} ${look!.scale.symbol}`.trim();
  };
  assertEquals(lookOf("completedConnects", 17), "17");
  assertEquals(lookOf("completedConnects", 1.5), "1.500");
  assertEquals(lookOf("largestMessageBytes", 65_507), "65\u202f507 B");
  // Trials that differ agree on no last digit.
  assertEquals(lookOf("largestMessageBytes", 65_507, 70_000), "63.97 KiB");
});

Deno.test("buildMetricsTable() has one row per case and a column per metric that has figures", () => {
  const table = tableOf(sampleRecord(), "throughput", "metrics");
  assertEquals(titles(table), [
    "n",
    "throughput",
    "bytes/read",
    "loss",
    "CPU/byte",
  ]);
  assertEquals(table.rows.length, 6);
  const lossless = table.rows.find(({ name }) => name === "tcp/bytes=1024");
  assertEquals(lossless?.keys.map(formatKey), ["tcp", "1 KiB"]);
  assertEquals(lossless?.cells[3], null);
});

Deno.test("buildRecordDocument() keeps cases of different placement in parts of their own", () => {
  const record = sampleRecord({ rounds: 6 });
  const cases = record.cases.map((one) =>
    one.id === "connect/unix"
      ? { ...one, placement: { peer: "loop" as const, pin: "none" as const } }
      : one
  );
  const parts = scenarioParts(buildRecordDocument({ ...record, cases }), "connect");
  assertEquals(parts.map(({ heading }) => heading?.placement?.peer), ["process", "loop"]);
});

/** One line of a search: rates of ten rounds by chunk, in whole MB/s; the knee of its only parameter. */
function kneeOf(rates: Readonly<Record<number, readonly number[]>>, margin?: number) {
  const record = sampleRecord();
  const spec = { ...record.scenarios.find(({ id }) => id === "throughput")!, search: ["chunk"] };
  const [template] = record.cases;
  const cases = Object.keys(rates).map((chunk) => ({
    ...template!,
    id: `c/${chunk}`,
    params: { chunk: Number(chunk) },
  }));
  const roundsOf = (id: string) => rates[Number(id.slice(2))] ?? [];
  const values: TrialValues = {
    succeeded: () => [],
    failed: () => [],
    of: (id) => roundsOf(id).map((value, index) => ({ round: index + 1, value: value * 1e6 })),
  };
  const summaryOf = (id: string, metric: string) =>
    ({
      case: id,
      metric,
      median: roundsOf(id)[0]! * 1e6,
      low: 1,
      high: 1,
      n: roundsOf(id).length,
      confidence: 0.97,
    }) as unknown as Summary;
  const metric = metricOf("bytesPerSecond");
  const [result] = buildSearch(spec, cases, metric, { summaryOf, values }, margin);
  const { from, isOpen } = result!.knees[0]!;
  return { best: result!.best, tied: result!.tied, from: from.value, isOpen };
}

const steady = (value: number) => Array(10).fill(value) as number[];

Deno.test("buildSearch() calls a smaller size as good only where its interval lies within the margin", () => {
  assertEquals(
    kneeOf({ 1: steady(500), 2: steady(980), 4: steady(990), 8: steady(1_000) }),
    { best: "c/8", tied: 0, from: 2, isOpen: false },
  );
  // 6 % less is not as good, unless the reader says so.
  const six = { 1: steady(500), 2: steady(940), 4: steady(1_000) };
  assertEquals(kneeOf(six).from, 4);
  assertEquals(kneeOf(six, 0.1).from, 2);
});

Deno.test("buildSearch() takes no wide interval for evidence of equality: 363 against 2190 MB/s is open", () => {
  const wild = [363, 2_400, 363, 2_300, 363, 2_350, 2_500, 363, 2_280, 363];
  const knee = kneeOf({ 1: steady(100), 2: wild, 4: steady(2_190) });
  assertEquals(knee, { best: "c/4", tied: 1, from: 4, isOpen: true });
  // A proven one above it stays proven.
  assertEquals(
    kneeOf({ 1: wild, 2: steady(2_180), 4: steady(2_190) }),
    { best: "c/4", tied: 1, from: 2, isOpen: true },
  );
});

Deno.test("buildSearch() is open where rounds are too few for an interval", () => {
  const few = (value: number) => Array(3).fill(value) as number[];
  assertEquals(kneeOf({ 1: few(990), 2: few(1_000) }).isOpen, true);
});

Deno.test("buildSearch() names the best cell and its knees, over the sample", () => {
  const record = sampleRecord();
  const spec = record.scenarios.find(({ id }) => id === "buffer-size")!;
  const cases = record.cases.filter(({ scenario }) => scenario === spec.id);
  const [tcp, unix] = buildSearch(spec, cases, metricOf("bytesPerSecond"), evaluate(record));
  assertEquals(tcp?.group, [{ factor: "transport", value: "tcp" }]);
  assertEquals(unix?.best, "buffer-size/unix/bytes=1048576,read=1048576");
  assertEquals(
    tcp?.knees.map(({ from, largest }) => [from.factor, from.value, formatKey(from), largest]),
    [
      ["bytes", 65_536, "64 KiB", 1_048_576],
      ["read", 65_536, "64 KiB", 1_048_576],
    ],
  );
});

Deno.test("writeMarkdown() shows both speeds with their shares instead of one median", () => {
  const text = markdownOf(sampleRecord());
  assertStringIncludes(text, "| 10.2 (80 %) / 15.3 (20 %) |");
  assertStringIncludes(text, "The trials are bimodal");
});

Deno.test("writeMarkdown() gives every interval by its bounds, which shows how far it reaches to either side", () => {
  const text = markdownOf(sampleRecord());
  const line = (heading: string, start: string) =>
    text.slice(text.indexOf(`## ${heading}`)).split("\n").find((one) => one.startsWith(start)) ??
      "";
  assertStringIncludes(line("buffer-size", "| tcp"), "0.935 [0.928, 0.939]");
  assertStringIncludes(line("round-trip", "|   64 B"), "**8.26** [8.22, 8.28]");
  assertEquals(text.includes("±"), false);
});
