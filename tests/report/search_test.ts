import { assert, assertEquals } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import { evaluate } from "../../src/report/build/evaluation.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { buildSearch, writeSearch } from "../../src/report/build/search.ts";
import { normalQuantile } from "../../src/stats/normal.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { metricOf } from "../../src/units/metric.ts";
import { plainInline } from "../../src/report/document/format_inline.ts";
import { type CaseValues, syntheticRecord } from "../compare/synthetic_records.ts";

const SIZES = [1, 2, 3, 4];
const RATE = 1e9;

/** A search over 16 cells; each of the rounds moves all of them alike, and each trial by itself. */
function searched(seed: string, rounds: number, gain: (bytes: number, read: number) => number) {
  const prng = createPrng(seed);
  const noise = (size: number) => size * normalQuantile(prng.nextFloat() * 0.999998 + 1e-6);
  const common = Array.from({ length: rounds }, () => noise(0.05));
  const cells = SIZES.flatMap((bytes) => SIZES.map((read) => [bytes, read] as const));
  const record = syntheticRecord(Object.fromEntries(cells.map(([bytes, read]) => [
    `throughput/tcp/bytes=${bytes},read=${read}`,
    {
      bytesPerSecond: common.map((moment) =>
        RATE * gain(bytes, read) * Math.exp(moment + noise(0.1))
      ),
    } satisfies CaseValues,
  ])));
  return {
    ...record,
    cases: record.cases.map((one, index) => ({
      ...one,
      params: { bytes: cells[index]![0], read: cells[index]![1] },
    })),
    scenarios: record.scenarios.map((spec) => ({
      ...spec,
      search: ["bytes", "read"],
      parameters: ["bytes", "read"].map((name) => ({
        name,
        kind: "size" as const,
        description: name,
      })),
    })),
  };
}

function resultOf(record: RunRecord) {
  const metric = metricOf("bytesPerSecond");
  return buildSearch(record.scenarios[0]!, record.cases, metric, evaluate(record))[0]!;
}

Deno.test("buildSearch() names no best where all cells are equal, and measures what came first without the luck that chose it", () => {
  const jobs = 60;
  let [best, knees, covered, gain] = [0, 0, 0, 0];
  for (let job = 0; job < jobs; job++) {
    const result = resultOf(searched(`equal ${job}`, 16, () => 1));
    const { value, low, high } = result.figure;
    const said = plainInline(writeSearch("throughput", result).text);
    if (!said.startsWith("no best is shown of throughput over tcp: bytes")) best++;
    // That the next smaller loses more than the margin.
    if (result.knees.some(({ from, isOpen }) => !isOpen && from.value !== 1)) knees++;
    if (low <= RATE && high >= RATE) covered++;
    gain += Math.log(value / RATE) / jobs;
  }
  assertEquals(best, 0);
  assert(knees <= 0.05 * jobs, `${knees}`);
  assert(covered >= 0.9 * jobs, `${covered}`);
  // Chosen and measured by the same rounds it would be 6 %.
  assert(Math.abs(gain) < 0.02, `${gain}`);
});

Deno.test("buildSearch() names a best that beats each of the others", () => {
  const result = resultOf(searched("best", 16, (bytes, read) => bytes * read));
  assertEquals(result.certainty, "clear");
  assertEquals(result.at.map(({ value }) => value), [4, 4]);
  const said = plainInline(writeSearch("throughput", result).text);
  assert(said.startsWith("best of throughput over tcp: bytes 4 B, read 4 B at "), said);
});

Deno.test("buildSearch() does not say that more gains little where an interval leaves room for more", () => {
  // Pairs differ by 14 %: six of them say nothing of 5 %. A knee without a ratio begins at what came first.
  const knees = Array.from(
    { length: 20 },
    (_, job) => resultOf(searched(`room ${job}`, 9, () => 1)),
  )
    .flatMap(({ knees }) => knees)
    .filter(({ from, ratio }) => ratio === undefined && from.value !== 4);
  assert(knees.length > 5);
  assert(knees.filter(({ isMoreOpen }) => isMoreOpen).length > 0.8 * knees.length);
});

Deno.test("buildRecordDocument() counts by the confidence that its intervals reach how many exclude 1 by chance", () => {
  const record = searched("chance", 16, () => 1);
  const contrasts = [1, 2, 3].map((base) => ({ factor: "read", base, metric: "bytesPerSecond" }));
  const scenarios = record.scenarios.map((spec) => ({ ...spec, contrasts }));
  const text = JSON.stringify(buildRecordDocument({ ...record, scenarios }).blocks);
  const { comparisons } = evaluate({ ...record, scenarios });
  assertEquals(comparisons.length, 36);
  // Ranks 4 and 13 of 16 reach 97.9 %: 0.8 of 36, and not the 1.8 of 95 %.
  assert(text.includes("36 comparisons: where nothing differed, about 1 of their"), text);
});
