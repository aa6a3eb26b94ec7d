import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  contrast,
  type Contrasted,
  mayBeChance,
  type OrientedRatio,
  orientedRatio,
} from "../../src/compare/contrast.ts";
import type { RoundValue } from "../../src/compare/trial_values.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { metricOf } from "../../src/units/metric.ts";
import type { Case } from "../../src/model/case.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { emptyRecord, sampleRecord } from "../support/sample_record.ts";
import { syntheticRecord } from "./synthetic_records.ts";

function findAny(record: RunRecord, caseId: string, factor: string): Contrasted | undefined {
  return contrast(record).find((one) => one.case === caseId && one.factor === factor);
}

function find(record: RunRecord, caseId: string, factor: string): Contrasted {
  const found = findAny(record, caseId, factor);
  if (found === undefined) throw new Error(`no contrast of ${caseId} by ${factor}`);
  return found;
}

function ratioOf(first: readonly RoundValue[], base: readonly RoundValue[]): OrientedRatio {
  const ratio = orientedRatio(first, base, metricOf("p50"));
  if (ratio === undefined) throw new Error("no ratio");
  return ratio;
}

function changeCases(record: RunRecord, change: (one: Case) => Case): RunRecord {
  return { ...record, cases: record.cases.map(change) };
}

function rounds(values: readonly number[]): { round: number; value: number }[] {
  return values.map((value, index) => ({ round: index + 1, value }));
}

Deno.test("orientedRatio() reads above 1 when the first is better, whatever the metric's direction", () => {
  const [small, large] = [rounds([10, 10, 10, 10, 10, 10]), rounds([20, 20, 20, 20, 20, 20])];
  const latency = ratioOf(small, large);
  const rate = orientedRatio(small, large, metricOf("bytesPerSecond"));
  assertAlmostEquals(latency?.ratio ?? NaN, 2, 1e-8);
  assertAlmostEquals(rate?.ratio ?? NaN, 0.5, 1e-8);
  assertEquals([latency?.difference, rate?.difference], ["better", "worse"]);
});

Deno.test("orientedRatio() pairs by round, so that drift of the machine cancels", () => {
  const drift = [1, 5, 2, 9, 3, 7, 4];
  const ratio = ratioOf(
    rounds(drift.map((factor) => factor * 10)),
    rounds(drift.map((factor) => factor * 12)),
  );
  assertAlmostEquals(ratio.low, 1.2, 1e-8);
  assertAlmostEquals(ratio.high, 1.2, 1e-8);
  assertEquals(ratio.difference, "better");
});

Deno.test("orientedRatio() uses only rounds that both have, one pair each", () => {
  const first = [...rounds([10, 10, 10]), { round: 3, value: 30 }];
  const base = [{ round: 2, value: 20 }, { round: 3, value: 40 }, { round: 4, value: 1 }];
  assertEquals(ratioOf(first, base)?.n, 2);
});

Deno.test("orientedRatio() finds no difference in too few pairs, even when all agree", () => {
  const ratio = ratioOf(rounds([10]), rounds([20]));
  assertEquals([ratio.n, ratio.difference, ratio.warnings.length], [1, "none found", 1]);
  assert(ratio.low > 1);
});

Deno.test("orientedRatio() finds no difference when the interval includes 1", () => {
  const ratio = ratioOf(
    rounds([10, 12, 10, 12, 10, 12, 10, 12]),
    rounds([11, 11, 11, 11, 11, 11, 11, 11]),
  );
  assert(ratio.low < 1 && ratio.high > 1);
  assertEquals([ratio.difference, ratio.warnings], ["none found", []]);
});

Deno.test("orientedRatio() leaves out pairs with a 0, says so, and then claims nothing", () => {
  const base = rounds([20, 20, 20, 20, 20, 20, 20]);
  const ratio = ratioOf(rounds([10, 10, 10, 10, 10, 10, 0]), base);
  assertEquals([ratio?.n, ratio?.difference], [6, "none found"]);
  assertEquals(ratio?.warnings, ["1 of 7 pairs hold a 0, which has no ratio"]);
  assertEquals(orientedRatio(rounds([0, 0]), base, metricOf("p50")), undefined);
});

Deno.test("contrast() compares cases that agree in everything but the factor", () => {
  const found = find(sampleRecord(), "round-trip/unix/bytes=64", "transport");
  assertEquals(found.base, "round-trip/tcp/bytes=64");
  assertEquals([found.value, found.baseValue, found.n], ["unix", "tcp", 15]);
  assertEquals(found.shared, { bytes: 64 });
  assertEquals(found.difference, "better");
  assertAlmostEquals(found.ratio, 1 / 0.825, 0.02);
});

Deno.test("contrast() compares values of a parameter within a transport", () => {
  const found = find(
    sampleRecord(),
    "nagle/tcp/nagle=on,pattern=write-write-read,header=64,body=256",
    "nagle",
  );
  assertEquals(found.base, "nagle/tcp/nagle=off,pattern=write-write-read,header=64,body=256");
  assertEquals([found.value, found.baseValue, found.difference], ["on", "off", "worse"]);
  assertEquals(contrast(sampleRecord()).filter(({ factor }) => factor === "nagle").length, 2);
});

Deno.test("contrast() compares a scenario with another one, same transport, same shared parameters", () => {
  const found = find(sampleRecord(), "connect-round-trip/unix/bytes=64", "scenario");
  assertEquals(found.base, "round-trip/unix/bytes=64");
  assertEquals(found.difference, "worse");
});

Deno.test("contrast() does not pair scenarios whose fixed parameters differ", () => {
  const record = changeCases(
    sampleRecord({ rounds: 6 }),
    (one) => one.scenario === "round-trip" ? { ...one, fixed: { nagle: "on" } } : one,
  );
  assertEquals(contrast(record).filter(({ factor }) => factor === "scenario"), []);
});

Deno.test("contrast() never compares cases of different placement", () => {
  const record = changeCases(
    sampleRecord({ rounds: 6 }),
    (one) => one.transport === "tcp" ? { ...one, placement: { peer: "loop", pin: "none" } } : one,
  );
  const factors = new Set(contrast(record).map(({ factor }) => factor));
  assertEquals(factors.has("transport"), false);
  assertEquals(factors.has("scenario"), true);
});

Deno.test("contrast() is silent on groups without a base", () => {
  const record = sampleRecord({ rounds: 6 });
  const cases = record.cases.filter(({ transport }) => transport !== "tcp");
  const ids = new Set(cases.map(({ id }) => id));
  const trials = record.trials.filter((trial) => ids.has(trial.case));
  const left = contrast({ ...record, cases, trials });
  assertEquals(left.every(({ factor }) => factor === "scenario"), true);
});

Deno.test("contrast() is silent on a metric that has no better direction", () => {
  const record = sampleRecord({ rounds: 6 });
  const scenarios = record.scenarios.map((spec) => ({
    ...spec,
    contrasts: [{ factor: "transport", base: "tcp", metric: "bytesPerRead" }],
  }));
  assertEquals(contrast({ ...record, scenarios }), []);
});

Deno.test("contrast() skips failed trials of either side", () => {
  const found = find(sampleRecord(), "round-trip/udp/bytes=64", "transport");
  assertEquals(found?.n, 14);
  assertEquals(
    findAny(sampleRecord(), "round-trip/unixpacket/bytes=16384", "transport"),
    undefined,
  );
});

Deno.test("contrast() does not depend on the order of trials", () => {
  const record = sampleRecord();
  assertEquals(contrast({ ...record, trials: record.trials.toReversed() }), contrast(record));
});

Deno.test("contrast() does not depend on the scale of the metric", () => {
  const record = sampleRecord({ rounds: 8 });
  const scaled = {
    ...record,
    trials: record.trials.map((trial): Trial => ({
      ...trial,
      values: Object.fromEntries(
        Object.entries(trial.values ?? {}).map(([id, value]) => [id, value * 1024]),
      ),
    })),
  };
  const [plain, other] = [contrast(record), contrast(scaled)];
  assertEquals(plain.length, other.length);
  for (const [index, one] of plain.entries()) {
    assertAlmostEquals(other[index]?.ratio ?? NaN, one.ratio, 1e-9);
    assertEquals(other[index]?.difference, one.difference);
  }
});

Deno.test("contrast() adjusts transports apart from all else: differences that are there by construction find none for them", () => {
  const values = (factor: number, ahead: number) => ({
    p50: Array.from({ length: 16 }, (_, round) => factor * (round < ahead ? 99 : 101)),
  });
  // Of fourteen of sixteen rounds p is 0.0042; fifteen such comparisons are expected to hold one in sixteen times.
  const others = Array.from({ length: 14 }, (_, index) => `round-trip/t${index}`);
  const larger = [128, 256, 512, 1024].map((bytes) => `round-trip/tcp/bytes=${bytes}`);
  const made = syntheticRecord({
    "round-trip/tcp/bytes=64": { p50: new Array(16).fill(100) },
    "round-trip/unix/bytes=64": values(1, 14),
    ...Object.fromEntries(others.map((id) => [`${id}/bytes=64`, values(1, 8)])),
    ...Object.fromEntries(larger.map((id) => [id, values(2, 8)])),
  });
  const record: RunRecord = {
    ...made,
    scenarios: made.scenarios.map((spec) => ({
      ...spec,
      contrasts: [
        { factor: "transport", base: "tcp", metric: "p50" },
        { factor: "bytes", base: 64, metric: "p50" },
      ],
    })),
    cases: made.cases.map((one) => ({
      ...one,
      params: { bytes: Number(one.id.split("=")[1]) },
    })),
  };
  const unix = find(record, "round-trip/unix/bytes=64", "transport");
  assertAlmostEquals(unix.pValue, 0.00418, 1e-5);
  assertEquals([unix.difference, mayBeChance(unix)], ["better", true]);
  assertAlmostEquals(unix.adjustedP, 2 * 15 * unix.pValue, 1e-12);
  for (const id of larger) assertEquals(mayBeChance(find(record, id, "bytes")), false);
});

Deno.test("contrast() of an empty record is empty", () => {
  assertEquals(contrast(emptyRecord()), []);
});

Deno.test("orientedRatio() pairs trials of one block slice by slice: the machine's speed may change within them", () => {
  const speeds = [1, 1, 1.5, 1.5, 1.5, 1];
  const side = (factor: number, ofTrial: number): RoundValue[] =>
    [1, 2, 3, 4, 5, 6].map((round) => ({
      round,
      block: 10 * round,
      value: ofTrial,
      slices: speeds.map((speed) => factor * speed * (10 + round)),
    }));
  // The two trials' own medians fell on either side of the change.
  const found = ratioOf(side(1, 10), side(1.1, 15));
  assertAlmostEquals(found.ratio, 1.1, 1e-8);
  assertAlmostEquals(found.low, 1.1, 1e-8);
  const apart = ratioOf(side(1, 10), side(1.1, 15).map((one) => ({ ...one, block: 7 })));
  assertAlmostEquals(apart.ratio, 1.5, 1e-8);
});

Deno.test("orientedRatio() takes the median of the blocks of a round, and trials as they are where a slice holds nothing", () => {
  const first = [1, 2, 3, 4, 5, 6].flatMap((round) =>
    [1.1, 1.2, 1.3].map((factor, index) => ({
      round,
      block: 10 * round + index,
      value: 1,
      slices: [factor * 10, factor * 20],
    }))
  );
  const base = first.map((one) => ({ ...one, slices: [10, 20] }));
  assertAlmostEquals(ratioOf(base, first).ratio, 1.2, 1e-8);
  const empty = base.map((one) => ({ ...one, value: 2, slices: [0, 20] }));
  assertAlmostEquals(ratioOf(empty, first).ratio, 0.5, 1e-8);
});

Deno.test("orientedRatio() widens its interval, and its p-value, where blocks of one generation resemble each other", () => {
  const value = (round: number) => 1 + 0.02 * Math.floor((round - 1) / 4) + 0.001 * (round % 4);
  const all = Array.from({ length: 16 }, (_, index) => index + 1);
  const base = all.map((round) => ({ round, value: 10 }));
  const first = all.map((round) => ({ round, value: 10 / value(round) }));
  const plain = ratioOf(first, base);
  const grouped = ratioOf(
    first.map((one) => ({ ...one, generation: Math.ceil(one.round / 4) })),
    base,
  );
  assertAlmostEquals(grouped.ratio, plain.ratio, 1e-12);
  assert(grouped.low < plain.low && grouped.high > plain.high);
  assert(grouped.pValue > plain.pValue);
  assertEquals([plain.difference, grouped.difference], ["better", "none found"]);
  const alike = ratioOf(
    first.map((one) => ({ ...one, generation: 1 + one.round % 4 })),
    base,
  );
  assertEquals(alike, plain);
});

Deno.test("orientedRatio() has the p-value of the interval that it prints, however generations differ", () => {
  const prng = createPrng(11);
  const spread = () => 2 * prng.nextFloat() - 1;
  const outcomes = new Set<boolean>();
  for (let sample = 0; sample < 400; sample++) {
    const shift = 0.05 * spread();
    const own = [0, 1, 2, 3].map(() => 0.04 * spread());
    const all = Array.from({ length: 14 }, (_, index) => ({
      round: index + 1,
      generation: Math.floor(index / 4),
      value: Math.exp(shift + own[Math.floor(index / 4)]! + 0.04 * spread()),
    }));
    const { low, high, pValue, confidence } = ratioOf(
      all,
      all.map((one) => ({ ...one, value: 1 })),
    );
    const excludes = low > 1 || high < 1;
    outcomes.add(excludes);
    assertEquals(pValue <= 1 - confidence + 1e-9, excludes, `${low} ${high} ${pValue}`);
  }
  assertEquals(outcomes.size, 2);
});

Deno.test("orientedRatio() is sure of what all rounds say, though generations differ in how much", () => {
  const first = Array.from({ length: 14 }, (_, index) => ({
    round: index + 1,
    generation: Math.floor(index / 4),
    value: 1.8 + 0.15 * (Math.floor(index / 4) % 2) + 0.01 * (index % 3),
  }));
  const { pValue, low } = ratioOf(first.map((one) => ({ ...one, value: 1 })), first);
  assert(low > 1.5);
  assert(pValue < 0.001, `p ${pValue}`);
});

Deno.test("orientedRatio() has bounds that are numbers, however far apart the two sides are", () => {
  const rounds = [1, 2, 3, 4, 5, 6];
  const [huge, tiny] = [1e308, 5e-324].map((value) => rounds.map((round) => ({ round, value })));
  const found = orientedRatio(huge!, tiny!, { better: "lower" });
  assertEquals([found?.ratio, found?.low, found?.high, found?.difference], [0, 0, 0, "worse"]);
});
