import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { environmentDifferences, environmentObstacles } from "../../src/compare/fingerprint.ts";
import { createPolicy, DEFAULT_POLICY } from "../../src/compare/gate_policy.ts";
import type { GateResult } from "../../src/compare/gate_result.ts";
import { judge } from "../../src/compare/judge.ts";
import { findNormalization, type Normalization, sayRatio } from "../../src/compare/normalize.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { gateFormats } from "../../src/report/gate_registry.ts";
import { renderVerdicts } from "../../src/cli/verdicts_text.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { normalQuantile } from "../../src/stats/normal.ts";
import { type CaseValues, syntheticRecord } from "./synthetic_records.ts";

const ROUND_TRIP = "round-trip/tcp/bytes=64";
const THROUGHPUT = "throughput/tcp/bytes=65536";
const ALPHA = DEFAULT_POLICY;
const ROUNDS = 20;
const WARNINGS = ["socket pair in one thread", "cannot see the network stack"];

/** 1, and up to 1 % more, in no order. */
const jitter = (index: number) => 1 + (index * 7 % ROUNDS) / (100 * ROUNDS);
const series = (value: number, length = ROUNDS) =>
  Array.from({ length }, (_, index) => value * jitter(index));

/** A machine on which everything takes `slow` times as long, and a program that takes `worse` times as long. */
function recordOf(
  slow: number,
  worse = 1,
  { cpu = "Some CPU @ 2 GHz", readings = ROUNDS }: { cpu?: string; readings?: number } = {},
): RunRecord {
  const cells: Record<string, CaseValues> = {
    [ROUND_TRIP]: { p50: series(10_000 * slow * worse), p99: series(20_000 * slow * worse) },
    [THROUGHPUT]: { bytesPerSecond: series(2e9 / slow / worse), loss: series(0.01) },
  };
  const record = syntheticRecord(cells);
  return {
    ...record,
    environment: { ...record.environment, cpu },
    yardstick: {
      readings: series(3000 * slow, readings).map((socketpairNs, index) => ({
        startedNs: index * 1e6,
        socketpairNs,
      })),
      missing: [],
    },
  };
}

function normalizationOf(base: RunRecord, head: RunRecord): Normalization {
  const found = findNormalization(base, head, ALPHA);
  if (typeof found === "string") throw new Error(found);
  return found;
}

function gate(base: RunRecord, head: RunRecord, policy = DEFAULT_POLICY): GateResult {
  const normalization = normalizationOf(base, head);
  return judge(compareRecords(base, head, { paired: false, normalization }), policy);
}

const verdicts = ({ cells }: GateResult) => cells.map(({ verdict }) => verdict);

Deno.test("a baseline of a machine 1.5 times as slow passes when normalized, and is incomparable when not", () => {
  const base = recordOf(1.5, 1, { cpu: "Slow CPU" });
  const head = recordOf(1);
  const normalized = gate(base, head);
  assertEquals(verdicts(normalized), ["pass", "pass"]);
  assertEquals(normalized.exitCode, 0);
  for (const { slowdown } of normalized.cells) assertAlmostEquals(slowdown!.estimate, 1, 1e-6);
  const plain = judge(compareRecords(base, head, { paired: false }), DEFAULT_POLICY);
  assertEquals([plain.exitCode, verdicts(plain)], [3, ["incomparable", "incomparable"]]);
  // The other way round: without the flag, a slower head of the same fingerprint is a regression.
  assertEquals(gate(head, base).exitCode, 0);
  const loaded = judge(
    compareRecords(recordOf(1), recordOf(1.5), { paired: false }),
    DEFAULT_POLICY,
  );
  assertEquals(loaded.exitCode, 1);
});

Deno.test("a regression of 10 % on top of another machine is still red, in times and in rates", () => {
  for (const slow of [1 / 1.5, 1, 1.5]) {
    const result = gate(recordOf(1), recordOf(slow, 1.1, { cpu: "Other CPU" }));
    assertEquals([result.exitCode, verdicts(result)], [1, ["regressed", "regressed"]]);
    for (const { slowdown } of result.cells) assertAlmostEquals(slowdown!.estimate, 1.1, 1e-6);
  }
});

Deno.test("an improvement of 10 % on top of another machine is seen as one", () => {
  assertEquals(verdicts(gate(recordOf(1), recordOf(1.5, 1 / 1.1))), ["improved", "improved"]);
});

Deno.test("the interval of the yardstick widens the cell's on both sides by all of itself", () => {
  const [base, head] = [recordOf(1), recordOf(1.2)];
  const options = { paired: false } as const;
  const { ratio } = normalizationOf(base, head);
  assert(ratio.low < 1.2 && ratio.high > 1.2);
  const plain = compareRecords(base, head, options);
  const normalized = compareRecords(base, head, {
    ...options,
    normalization: normalizationOf(base, head),
  });
  for (const [index, one] of plain.comparisons.entries()) {
    const other = normalized.comparisons[index]!;
    if (one.metric === "loss") {
      assertEquals(other, one);
      continue;
    }
    assertAlmostEquals(other.slowdown.estimate, one.slowdown.estimate / 1.2, 1e-6);
    assertAlmostEquals(other.slowdown.low, one.slowdown.low / ratio.high, 1e-6);
    assertAlmostEquals(other.slowdown.high, one.slowdown.high / ratio.low, 1e-6);
    const [low, high] = one.better === "lower"
      ? [other.slowdown.low, other.slowdown.high]
      : [1 / other.slowdown.high, 1 / other.slowdown.low];
    assertAlmostEquals(other.ratio!.low, low, 1e-6);
    assertAlmostEquals(other.ratio!.high, high, 1e-6);
  }
});

Deno.test("normalizing never makes the gate surer: a yardstick that spreads turns red and green into inconclusive", () => {
  const unsteady = (record: RunRecord): RunRecord => ({
    ...record,
    yardstick: {
      missing: [],
      readings: record.yardstick!.readings.map((reading, index) => ({
        ...reading,
        socketpairNs: reading.socketpairNs! * (index % 2 === 0 ? 0.8 : 1.25),
      })),
    },
  });
  assertEquals(verdicts(gate(unsteady(recordOf(1)), unsteady(recordOf(1)))), [
    "inconclusive",
    "inconclusive",
  ]);
  assertEquals(verdicts(gate(unsteady(recordOf(1)), unsteady(recordOf(1, 1.1)))), [
    "inconclusive",
    "inconclusive",
  ]);
});

Deno.test("the risk that the ratio is wrong is part of every adjusted p-value, once and not once a cell", () => {
  const [base, head] = [recordOf(1), recordOf(1, 1.1)];
  const { risk } = normalizationOf(base, head);
  assert(risk > 0 && risk <= DEFAULT_POLICY.alpha / 5);
  for (const cell of gate(base, head).cells) {
    assert(cell.adjustedP! >= risk && cell.adjustedP! < 2 * risk);
  }
});

Deno.test("findNormalization() swaps with its sides and does not depend on the unit of the readings", () => {
  const value = fc.double({ min: 1e3, max: 1.4e3, noNaN: true });
  const values = fc.array(value, { minLength: 10, maxLength: 30 });
  const record = (list: readonly number[], scale = 1) => ({
    yardstick: {
      missing: [],
      readings: list.map((one, index) => ({ startedNs: index, socketpairNs: one * scale })),
    },
  });
  fc.assert(fc.property(
    values,
    values,
    fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
    (base, head, scale) => {
      const find = (one: readonly number[], other: readonly number[], by = 1) => {
        const found = findNormalization(record(one, by), record(other, by), ALPHA);
        if (typeof found === "string") throw new Error(found);
        return found.ratio;
      };
      const [ratio, swapped] = [find(base, head), find(head, base)];
      const scaled = find(base, head, scale);
      for (const bound of ["estimate", "low", "high"] as const) {
        assertAlmostEquals(scaled[bound], ratio[bound], 1e-9);
      }
      assertAlmostEquals(swapped.estimate, 1 / ratio.estimate, 1e-9);
      assertAlmostEquals(swapped.low, 1 / ratio.high, 1e-9);
      assertAlmostEquals(swapped.high, 1 / ratio.low, 1e-9);
      assert(ratio.low <= ratio.estimate && ratio.estimate <= ratio.high);
    },
  ));
});

Deno.test("a machine that is slower in everything changes no verdict, by whatever factor up to two", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.55, max: 1.8, noNaN: true }),
      fc.double({ min: 0.7, max: 1.4, noNaN: true }),
      (slow, worse) => {
        const one = gate(recordOf(1), recordOf(1, worse));
        const other = gate(recordOf(1), recordOf(slow, worse));
        for (const [index, cell] of one.cells.entries()) {
          assertAlmostEquals(cell.slowdown!.estimate, other.cells[index]!.slowdown!.estimate, 1e-6);
          assertAlmostEquals(cell.slowdown!.low, other.cells[index]!.slowdown!.low, 1e-6);
          assertAlmostEquals(cell.slowdown!.high, other.cells[index]!.slowdown!.high, 1e-6);
        }
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("of two records that only noise separates, normalizing calls no more regressions than alpha allows", () => {
  const prng = createPrng("normalize: false alarms");
  const noise = (deviation: number) =>
    Math.exp(deviation * normalQuantile(prng.nextFloat() * 0.999998 + 1e-6));
  const noisy = (): RunRecord => {
    const slow = 1 + prng.nextFloat() / 2;
    return {
      ...syntheticRecord({
        [ROUND_TRIP]: { p50: series(1).map(() => 10_000 * slow * noise(0.03)) },
      }),
      yardstick: {
        missing: [],
        readings: series(1).map((_, index) => ({
          startedNs: index,
          socketpairNs: 3000 * slow * noise(0.03),
        })),
      },
    };
  };
  const gates = 150;
  const policy = createPolicy({ threshold: 0, alpha: 0.01 });
  let red = 0;
  for (let i = 0; i < gates; i++) {
    const [base, head] = [noisy(), noisy()];
    const normalization = findNormalization(base, head, policy);
    if (typeof normalization === "string") continue;
    const compared = compareRecords(base, head, { paired: false, normalization });
    if (judge(compared, policy).exitCode === 1) red++;
  }
  assert(red <= gates * 0.01, `${red} of ${gates}`);
});

Deno.test("shares, sizes and what waits for a timer stay as they are", () => {
  const stalled = (slow: number): RunRecord => ({
    ...recordOf(slow),
    ...((record) => ({ cases: record.cases, trials: record.trials, scenarios: record.scenarios }))(
      syntheticRecord({ [ROUND_TRIP]: { p50: series(40e6), stallShare: series(0.4) } }),
    ),
  });
  const result = gate(stalled(1.5), stalled(1), createPolicy({ metrics: ["*"] }));
  assertEquals(verdicts(result), ["pass", "pass"]);
  const stall = result.cells.find(({ metric }) => metric === "p50")!;
  assertAlmostEquals(stall.slowdown!.estimate, 1, 1e-9);
  assertStringIncludes(stall.warnings.join(), "not normalized: operations of 10 ms and more wait");
});

Deno.test("findNormalization() says in one sentence why two records cannot be normalized", () => {
  const good = recordOf(1);
  const { yardstick: _, ...bare } = good;
  const silent = {
    ...good,
    yardstick: {
      readings: [{ startedNs: 0, turnNs: 900 }],
      missing: [{
        what: "yardstick: round trip over a socket pair",
        reason: "it needs --allow-ffi",
      }],
    },
  };
  const cases: readonly (readonly [RunRecord, RunRecord, string])[] = [
    [
      bare,
      good,
      'base has no yardstick to be normalized by: measure it with "run" of this sockbench',
    ],
    [
      good,
      silent,
      "head's yardstick lacks the round trip over a socket pair, as it needs --allow-ffi",
    ],
    [
      recordOf(1, 1, { readings: 9 }),
      good,
      "base has 9 readings of the yardstick and at alpha 0.01 needs 10: measure more rounds",
    ],
    [
      good,
      recordOf(2.5),
      "the yardstick of head is 2.50 times that of base, and beyond a factor of 2 nothing is normalized",
    ],
  ];
  for (const [base, head, sentence] of cases) {
    assertEquals(findNormalization(base, head, ALPHA), sentence);
  }
  assertEquals(
    findNormalization(recordOf(1, 1, { readings: 12 }), good, { alpha: 0.001 }),
    "base has 12 readings of the yardstick and at alpha 0.001 needs 14: measure more rounds",
  );
});

Deno.test("normalized, another CPU and another patch of the same kernel are no obstacle, and all else is", () => {
  const machine = (fields: Partial<RunRecord["environment"]>) => {
    const { environment, settings } = syntheticRecord({});
    return { environment: { ...environment, ...fields }, settings };
  };
  const normalized = { normalized: true };
  for (const fields of [{ cpu: "Other CPU" }, { kernel: "6.18.50-cloud" }, { kernel: "6.18" }]) {
    assertEquals(environmentObstacles(machine({}), machine(fields), normalized), []);
    assertEquals(environmentObstacles(machine({}), machine(fields)).length, 1);
    assertEquals(environmentDifferences(machine({}), machine(fields), normalized).length, 1);
  }
  const others: readonly Partial<RunRecord["environment"]>[] = [
    { kernel: "6.19.44" },
    { kernel: "6.180.1" },
    { kernel: "strange" },
    { cpu: null },
    { cores: 4 },
    { platform: "linux aarch64" },
    { virtualization: "container" },
    { versions: { deno: "2.8.3", v8: "15.0", sockbench: "0.1.0" } },
    { sysctls: { "net.core.rmem_max": 1 } },
  ];
  for (const fields of others) {
    assertEquals(environmentObstacles(machine({}), machine(fields), normalized).length, 1);
  }
});

Deno.test("pairs are never normalized: they met one machine", () => {
  const [base, head] = [recordOf(1), recordOf(1.5)];
  const normalization = normalizationOf(base, head);
  const compared = compareRecords(base, head, { paired: true, normalization });
  assertEquals(compared.normalization, undefined);
  assertEquals(compared, compareRecords(base, head, { paired: true }));
});

Deno.test("every format of a normalized gate that holds words carries the warning and the ratio", () => {
  const [base, head] = [recordOf(1.5, 1, { cpu: "Slow CPU" }), recordOf(1)];
  const result = gate(base, head);
  const report = { result, base: "base.json", head: "head.json" };
  // Bencher's format has no place for words; its figures are as measured.
  for (const [id, { render }] of gateFormats) {
    if (id === "bencher") continue;
    const text = render(report);
    for (const words of WARNINGS) assertStringIncludes(text, words, id);
    if (id === "action-benchmark-smaller" || id === "action-benchmark-bigger") continue;
    assertStringIncludes(text.replaceAll("&#93;", "]"), "0.667", id);
  }
  const printed = renderVerdicts(report, 100).replaceAll("\n", " ");
  for (const words of WARNINGS) assertStringIncludes(printed, words);
  assertStringIncludes(
    printed,
    `normalized by a yardstick ratio of ${sayRatio(result.normalization!.ratio)}`,
  );
});
