import { assertEquals } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { type CaseValues, syntheticRecord } from "../compare/synthetic_records.ts";

const ROUNDS = [1, 2, 3, 4, 5, 6];

/** Sizes of which unix wins each of six rounds at the first, and every other round at the rest. */
function recordOf(sizes: readonly number[]): RunRecord {
  const values = sizes.flatMap((bytes, row): [string, CaseValues][] => [
    [`round-trip/tcp/bytes=${bytes}`, { p50: ROUNDS.map((round) => 100 + round / 10) }],
    [`round-trip/unix/bytes=${bytes}`, {
      p50: ROUNDS.map((round) => row === 0 ? 50 + round / 10 : round % 2 === 0 ? 90 : 110),
    }],
  ]);
  const record = syntheticRecord(Object.fromEntries(values));
  return {
    ...record,
    cases: record.cases.map((one) => ({ ...one, params: { bytes: Number(one.id.split("=")[1]) } })),
    scenarios: record.scenarios.map((spec) => ({
      ...spec,
      parameters: [{ name: "bytes", kind: "size" as const, description: "size of a message" }],
      contrasts: [{ factor: "transport", base: "tcp", metric: "p50" }],
    })),
  };
}

/** Whether an answer is clear, a cell bold, and what the findings call the difference at the first size. */
function judgementsOf(sizes: readonly number[]) {
  const text = JSON.stringify(buildRecordDocument(recordOf(sizes)).blocks);
  return {
    isClear: text.includes('"strong":true'),
    isBold: text.includes('"mark":"best"'),
    isChance: text.includes("may be chance"),
  };
}

Deno.test("buildRecordDocument() calls no answer clear, and no cell best, whose difference its findings call chance", () => {
  assertEquals(judgementsOf([64]), { isClear: true, isBold: true, isChance: false });
  // Six rounds of six: one comparison of eight does so by chance in one report of four.
  const sizes = [64, 128, 256, 512, 1024, 2048, 4096, 8192];
  assertEquals(judgementsOf(sizes), { isClear: false, isBold: false, isChance: true });
});
