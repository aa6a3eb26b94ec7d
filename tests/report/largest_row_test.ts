import { assertEquals, assertStringIncludes } from "@std/assert";
import { joinLargest } from "../../src/report/build/tables.ts";
import { formatKey } from "../../src/report/document/format_key.ts";
import type { FigureCell, Row } from "../../src/report/document/table.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { sampleRecord } from "../support/sample_record.ts";

const cell = (value: number): FigureCell => ({
  kind: "figure",
  case: String(value),
  value,
  low: value,
  high: value,
  n: 8,
  confidence: 0.96,
});

const row = (bytes: number, ...values: readonly (number | null)[]): Row => ({
  keys: [{ factor: "bytes", value: bytes, unit: "B", named: true }],
  cells: values.map((value) => value === null ? null : cell(value)),
});

const labels = (rows: readonly Row[]) => rows.map(({ keys: [key] }) => formatKey(key!));

Deno.test("joinLargest() makes one row of the largest messages of several transports, each with its size", () => {
  const rows = joinLargest([
    row(64, 1, 2, 3),
    row(65_507, null, 4, null),
    row(212_960, null, null, 5),
  ]);
  assertEquals(labels(rows), ["64 B", "largest"]);
  const cells = rows[1]!.cells.map((one) =>
    one?.kind === "figure" ? [one.value, one.at?.value] : null
  );
  assertEquals(cells, [null, [4, 65_507], [5, 212_960]]);
});

Deno.test("joinLargest() leaves rows that compare, a single one, and two of the same transport as they are", () => {
  const whole = [row(64, 1, 2, 3), row(128, 1, 2, 3)];
  assertEquals(joinLargest(whole), whole);
  const single = [row(64, 1, 2, 3), row(65_507, null, 4, null)];
  assertEquals(joinLargest(single), single);
  const same = [row(64, 1, 2, 3), row(128, null, 4, null), row(256, null, 5, null)];
  assertEquals(joinLargest(same), same);
  assertEquals(joinLargest([]), []);
});

Deno.test("a report states the size beside each figure of that row, and calls none of them the best", () => {
  const record = sampleRecord();
  const sizes: Readonly<Record<string, number>> = { udp: 65_507, unixpacket: 212_960 };
  const added = record.cases.filter(({ id }) =>
    /^round-trip\/(udp|unixpacket)\/bytes=64$/.test(id)
  );
  const largest = (id: string) => id.replace(/bytes=64$/, "bytes=9");
  const both = {
    ...record,
    cases: [
      ...record.cases,
      ...added.map((one) => ({
        ...one,
        id: largest(one.id),
        params: { bytes: sizes[one.transport]! },
      })),
    ],
    trials: [
      ...record.trials,
      ...record.trials.filter((trial) => added.some(({ id }) => id === trial.case))
        .map((trial) => ({ ...trial, case: largest(trial.case) })),
    ],
  };
  for (const id of ["md", "text", "html", "asciidoc"]) {
    const text = reportFormats.get(id)!.render(both);
    assertStringIncludes(text, "65507 B", id);
    assertStringIncludes(text, "212960 B", id);
  }
  const lines = reportFormats.get("md")!.render(both).split("\n");
  const joined = lines.filter((line) => line.startsWith("| largest"));
  assertEquals(joined.length, 1);
  assertEquals(joined[0]!.includes("**"), false);
});

Deno.test("a report explains no word that does not stand in it", () => {
  const record = sampleRecord({ rounds: 6 });
  const only = (scenario: string) => {
    const cases = record.cases.filter((one) =>
      one.scenario === scenario && one.transport === "tcp"
    );
    const ids = new Set(cases.map(({ id }) => id));
    return reportFormats.get("md")!.render({
      ...record,
      cases,
      scenarios: record.scenarios.filter(({ id }) => id === scenario),
      trials: record.trials.filter((trial) => ids.has(trial.case)),
    });
  };
  const stream = only("throughput");
  for (
    const word of [
      "**p50, p99**",
      "**bold**",
      "**a (75 %)",
      "**no difference found**",
      "- latency:",
    ]
  ) {
    assertEquals(stream.includes(word), false, word);
  }
  assertStringIncludes(stream, "- throughput: bytes and messages are counted at the receiver");
  const connect = only("connect");
  assertStringIncludes(connect, "**p50, p99**");
  assertEquals(connect.includes("- throughput: bytes"), false);
});
