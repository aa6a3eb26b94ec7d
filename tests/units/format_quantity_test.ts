import { assertEquals } from "@std/assert";
import {
  chooseScale,
  formatAmount,
  formatCount,
  formatNumber,
  formatRatio,
  formatShare,
  formatSize,
} from "../../src/units/format_quantity.ts";
import { factorKey, paramKeys } from "../../src/report/build/keys.ts";
import { formatKey, formatKeys } from "../../src/report/document/format_key.ts";
import type { ScenarioSpec } from "../../src/model/scenario_spec.ts";

Deno.test("formatNumber() keeps its digits, without an exponent", () => {
  assertEquals([10.049, 9.996, 0.012345, 41_123, 999.9, 0, -1.234].map((n) => formatNumber(n, 3)), [
    "10.0",
    "10.0",
    "0.0123",
    "41\u202f100",
    "1000",
    "0",
    "-1.23",
  ]);
  assertEquals(formatNumber(1_234_567, 4), "1\u202f235\u202f000");
});

Deno.test("formatNumber() keeps all digits of a whole number where it is told none", () => {
  assertEquals(formatNumber(1_048_576, 0), "1\u202f048\u202f576");
  assertEquals(formatNumber(2, 0), "2");
  assertEquals(formatNumber(-0, 0), "0");
});

Deno.test("formatKey() writes the unit of a size, and of a count that has one", () => {
  const spec: ScenarioSpec = {
    id: "flow",
    question: "How?",
    operation: "message",
    parameters: [
      { name: "bytes", kind: "size", description: "size of each" },
      { name: "gap", kind: "count", unit: "µs", description: "time between two" },
      { name: "clients", kind: "count", description: "clients" },
      { name: "how", kind: "choice", choices: ["on", "off"], description: "either" },
    ],
    metrics: [],
    columns: [],
    contrasts: [],
    notes: [],
  };
  assertEquals(formatKey(factorKey(spec, "bytes", 2_048)), "2 KiB");
  assertEquals(formatKey(factorKey(spec, "gap", 0)), "0 µs");
  assertEquals(formatKey(factorKey(spec, "clients", 100)), "100");
  assertEquals(formatKey(factorKey(spec, "how", "on")), "on");
  assertEquals(formatKey(factorKey(spec, "transport", "tcp")), "tcp");
  const params = { bytes: 64, gap: 100, how: "off" };
  assertEquals(formatKeys(paramKeys(spec, params)), "bytes 64 B, gap 100 µs, how off");
});

Deno.test("formatRatio() shows more decimals below 1 and next to it", () => {
  assertEquals([1.214, 1.004, 0.8349, 9.994, 9.996, 639.6, 4_061].map((r) => formatRatio(r)), [
    "1.21",
    "1.004",
    "0.835",
    "9.99",
    "10.0",
    "640",
    "4060",
  ]);
});

Deno.test("formatShare() never rounds something to nothing, or nearly all to all", () => {
  assertEquals([0, 0.004, 0.75, 0.996, 1].map(formatShare), [
    "0 %",
    "< 1 %",
    "75 %",
    "99 %",
    "100 %",
  ]);
});

Deno.test("formatSize() uses the largest binary unit that divides", () => {
  assertEquals([1, 64, 1024, 65_507, 65_536, 2 ** 20, 3 * 2 ** 19].map(formatSize), [
    "1 B",
    "64 B",
    "1 KiB",
    "65507 B",
    "64 KiB",
    "1 MiB",
    "1536 KiB",
  ]);
});

Deno.test("formatCount() sets thousands apart", () => {
  assertEquals([0, 999, 1_000, 1_234_567].map(formatCount), [
    "0",
    "999",
    "1000",
    "1\u202f234\u202f567",
  ]);
});

Deno.test("formatAmount() picks the unit that suits one value", () => {
  assertEquals(formatAmount(41.1e6, "ns"), "41.1 ms");
  assertEquals(formatAmount(3.21e9, "bytes/s"), "3.21 GB/s");
  assertEquals(formatAmount(95_000, "1/s"), "95.0 k/s");
  assertEquals(formatAmount(0.12, "ratio"), "12.0 %");
  assertEquals(formatAmount(16, "1/MiB"), "16.0 /MiB");
  assertEquals(formatAmount(7, "count"), "7.00");
});

Deno.test("chooseScale() suits the middle value, and gives one scale to all", () => {
  assertEquals(chooseScale([10_100, 12_000, 41e6], "ns"), { divisor: 1000, symbol: "µs" });
  assertEquals(chooseScale([], "ns"), { divisor: 1, symbol: "ns" });
  assertEquals(chooseScale([0, 0], "bytes/s"), { divisor: 1, symbol: "B/s" });
});
