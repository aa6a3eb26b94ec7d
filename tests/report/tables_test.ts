import { assertEquals, assertStringIncludes } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import { buildReport } from "../../src/report/build_report.ts";
import type { Summary } from "../../src/compare/summarize.ts";
import { metricOf } from "../../src/units/metric.ts";
import type { Cell, Column, Section, Table } from "../../src/report/document.ts";
import { formatNumber } from "../../src/units/format_quantity.ts";
import { renderMarkdown } from "../../src/report/render_markdown.ts";
import { buildComparativeTable } from "../../src/report/tables.ts";
import { sampleRecord } from "../support/sample_record.ts";

function section(record: RunRecord, scenario: string): Section {
  const found = buildReport(record).sections.find((one) => one.scenario === scenario);
  if (found === undefined) throw new Error(`no section ${scenario}`);
  return found;
}

function comparative(record: RunRecord, scenario: string): Table {
  const { comparative } = section(record, scenario);
  if (comparative === undefined) throw new Error(`no table of ${scenario}`);
  return comparative;
}

function marks(cells: readonly (Cell | null)[]): readonly (string | undefined)[] {
  return cells.map((cell) => cell?.mark);
}

Deno.test("buildComparativeTable() puts transports side by side, sizes ascending, in one unit", () => {
  const table = comparative(sampleRecord(), "round-trip");
  assertEquals(table.columns.map(({ title }) => title), [
    "tcp",
    "tcp6",
    "unix",
    "udp",
    "unixpacket",
  ]);
  assertEquals(table.rows.map(({ labels }) => labels), [["64 B"], ["1 KiB"], ["16 KiB"]]);
  assertEquals(new Set(table.columns.map(({ scale }) => scale.symbol)), new Set(["µs"]));
  assertEquals(new Set(table.columns.map(({ digits }) => digits)).size, 1);
});

Deno.test("buildComparativeTable() marks the best only where no interval of the row overlaps", () => {
  const [first, second, third] = comparative(sampleRecord(), "round-trip").rows;
  const unixOnly = [undefined, undefined, "best", undefined, undefined];
  assertEquals(marks(first?.cells ?? []), unixOnly);
  assertEquals(marks(third?.cells ?? []), unixOnly);
  // Two speeds span both centres: nobody wins.
  assertEquals(marks(second?.cells ?? []).filter((mark) => mark !== undefined), []);
});

Deno.test("buildComparativeTable() marks nobody when trials are too few", () => {
  const { rows } = comparative(sampleRecord({ rounds: 3 }), "round-trip");
  assertEquals(rows.flatMap(({ cells }) => marks(cells)).filter((mark) => mark !== undefined), []);
});

Deno.test("buildComparativeTable() joins two column factors, and leaves out what a case lacks", () => {
  const table = comparative(sampleRecord(), "nagle");
  assertEquals(table.columns.map(({ title }) => title), [
    "tcp, nagle on",
    "tcp, nagle off",
    "unix",
  ]);
  assertEquals(table.rows.map(({ labels }) => labels[0]), ["write-read", "write-write-read"]);
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
      () => ({ ...summary, spread: 0, warnings: [] }) as unknown as Summary,
    );
    const [{ scale, digits }] = table!.columns as [Column];
    return `${formatNumber(value / scale.divisor, digits)} ${scale.symbol}`.trim();
  };
  assertEquals(lookOf("completedConnects", 17), "17");
  assertEquals(lookOf("completedConnects", 1.5), "1.500");
  assertEquals(lookOf("largestMessageBytes", 65_507), "65\u202f507 B");
  // Trials that differ agree on no last digit.
  assertEquals(lookOf("largestMessageBytes", 65_507, 70_000), "63.97 KiB");
});

Deno.test("buildDetailTable() has one row per case and a column per metric that has figures", () => {
  const detail = section(sampleRecord(), "throughput").detail;
  assertEquals(detail?.columns.map(({ title }) => title), [
    "throughput",
    "bytes/read",
    "loss",
    "CPU/byte",
  ]);
  assertEquals(detail?.rows.length, 6);
  const lossless = detail?.rows.find(({ labels }) => labels[0] === "tcp/bytes=1024");
  assertEquals(lossless?.cells[2], null);
});

Deno.test("buildReport() keeps cases of different placement in sections of their own", () => {
  const record = sampleRecord({ rounds: 6 });
  const cases = record.cases.map((one) =>
    one.id === "connect/unix"
      ? { ...one, placement: { peer: "loop" as const, pin: "none" as const } }
      : one
  );
  const sections = buildReport({ ...record, cases }).sections
    .filter(({ scenario }) => scenario === "connect");
  assertEquals(sections.map(({ placement }) => placement.peer), ["process", "loop"]);
});

Deno.test("buildSearch() names the best cell and from where on more stops paying", () => {
  const [tcp, unix] = section(sampleRecord(), "buffer-size").search;
  assertEquals(tcp?.group, [{ name: "transport", label: "tcp" }]);
  assertEquals(unix?.best, "buffer-size/unix/bytes=1048576,read=1048576");
  assertEquals(
    tcp?.turns.map(({ parameter, fromLabel, from, largest }) => ({
      parameter,
      fromLabel,
      from,
      largest,
    })),
    [
      { parameter: "bytes", fromLabel: "64 KiB", from: 65_536, largest: 1_048_576 },
      { parameter: "read", fromLabel: "64 KiB", from: 65_536, largest: 1_048_576 },
    ],
  );
});

Deno.test("renderMarkdown() shows both speeds with their shares instead of one median", () => {
  const text = renderMarkdown(buildReport(sampleRecord()));
  assertStringIncludes(text, "| 10.2 (80 %) / 15.3 (20 %) |");
  assertStringIncludes(text, "The trials met two speeds of the machine");
});

Deno.test("renderMarkdown() gives intervals as bounds where the table fits 110 columns, else as ±", () => {
  const text = renderMarkdown(buildReport(sampleRecord()));
  const line = (heading: string, start: string) =>
    text.slice(text.indexOf(`## ${heading}`)).split("\n").find((one) => one.startsWith(start)) ??
      "";
  assertStringIncludes(line("buffer-size", "| tcp"), "0.935 [0.928, 0.939]");
  assertEquals(line("buffer-size", "| tcp").length <= 110, true);
  assertStringIncludes(line("round-trip", "|   64 B"), "**8.26** ±0.05");
});
