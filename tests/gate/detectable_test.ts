/** What verdicts that are not red could have shown, and what keeps a gate from passing for want of it. */

import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { judgeControl } from "../../src/gate/control.ts";
import { adjustByFamily } from "../../src/gate/families.ts";
import { confirm } from "../../src/gate/confirm.ts";
import { createPolicy, DEFAULT_POLICY, thresholdOf } from "../../src/gate/gate_policy.ts";
import { judge } from "../../src/gate/judge.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { normalQuantile } from "../../src/stats/normal.ts";
import { shareNeeded, shiftNeeded } from "../../src/stats/sign_power.ts";
import { signTest } from "../../src/stats/sign_test.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";

const TCP = "round-trip/tcp/bytes=64";
const UNIX = "round-trip/unix/bytes=64";

Deno.test("shareNeeded() is that of which the binomial distribution finds 80 %", () => {
  // 7 of 7 at alpha 1 %: p^7 = 0.8.
  assertAlmostEquals(shareNeeded([{ n: 7, alpha: 0.01 }], 0.8), 0.8 ** (1 / 7), 1e-6);
  // Two such jobs, both of which must find it.
  const twice = [{ n: 7, alpha: 0.01 }, { n: 7, alpha: 0.01 }];
  assertAlmostEquals(shareNeeded(twice, 0.8), 0.8 ** (1 / 14), 1e-6);
  assertEquals(shareNeeded([{ n: 6, alpha: 0.01 }], 0.8), Infinity);
});

Deno.test("shiftNeeded() is the shift that the sign test finds in 80 % of samples", () => {
  const prng = createPrng("power");
  const draw = () => 0.03 * normalQuantile(prng.nextFloat() * 0.999998 + 1e-6);
  const n = 24;
  const shift = shiftNeeded(
    Array.from({ length: 4_000 }, draw),
    shareNeeded([{ n, alpha: 0.01 }], 0.8),
  );
  let found = 0;
  for (let k = 0; k < 4_000; k++) {
    if (signTest(Array.from({ length: n }, () => draw() - shift)).less <= 0.01) found++;
  }
  assertAlmostEquals(found / 4_000, 0.8, 0.03);
});

function compared(values: readonly number[]) {
  const base = values.map(() => 10_000);
  return compareRecords(
    syntheticRecord({ [TCP]: { p50: base }, [UNIX]: { p50: base } }),
    syntheticRecord({ [TCP]: { p50: values }, [UNIX]: { p50: base } }),
    { paired: true },
  );
}

Deno.test("judge() does not pass beside a headline that could not have shown four times its threshold", () => {
  const wild = Array.from(
    { length: 20 },
    (_, index) => 10_000 * Math.exp(0.4 * normalQuantile((index + 0.5) / 20)),
  );
  const result = judge(compared(wild), createPolicy());
  assertEquals(result.exitCode, 3);
  assertEquals(
    result.summary,
    `Cannot judge: 1 of 2 cells not decided; ${TCP} p50 could not have shown 4 times the threshold.`,
  );
  const { detectable } = result.cells[0]!;
  assert(detectable!.effect > 0.2);
  assert(detectable!.neededPairs! > 20);
  assertEquals(judge(compared(wild), createPolicy({ threshold: "50%" })).exitCode, 0);
});

Deno.test("a job whose negative control moved proves nothing, red or not", () => {
  const moved = Array.from({ length: 32 }, (_, index) => ({
    base: 100,
    head: 104 + index % 2,
    generation: Math.floor(index / 2),
  }));
  const policy = createPolicy();
  const control = judgeControl(moved, policy);
  assertEquals([control.moved, control.limit, control.ratio?.n], [true, 0.025, 16]);
  const slower = Array.from({ length: 20 }, () => 12_000);
  assertEquals(judge(compared(slower), policy).exitCode, 1);
  const first = judge(compared(slower), policy, control);
  assertEquals(first.exitCode, 3);
  assertStringIncludes(
    first.summary,
    "the negative control, the same bare loop on both sides, was 4.5 % slower",
  );
  const still = judgeControl(
    moved.map((pair) => ({ ...pair, head: 99 + pair.generation % 3 })),
    policy,
  );
  assertEquals(still.moved, false);
  const second = judge(compared(slower), policy, still);
  assertEquals(second.exitCode, 1);
  assertStringIncludes(second.notes[0]!, "The negative control");
  assertEquals(confirm(second, compared(slower), policy, control).exitCode, 3);
  assertEquals(confirm(second, compared(slower), policy, still).exitCode, 1);
  assertStringIncludes(judgeControl([], policy).text, "There was no negative control");
  assertEquals(judgeControl([], policy).moved, false);
});

Deno.test("adjustByFamily() gives headlines half of alpha and Holm's step within each family", () => {
  const cells = [
    { metric: "p50", headline: true },
    { metric: "p50", headline: true },
    { metric: "p90", headline: false },
    { metric: "p99", headline: false },
    { metric: "cpuPerOperation", headline: false },
  ];
  const adjusted = adjustByFamily(cells, [0.001, 0.01, 0.001, 0.2, 0.01]);
  const expected = [0.004, 0.02, 0.008, 0.8, 0.04];
  for (const [index, p] of expected.entries()) {
    assertAlmostEquals(adjusted[index]!.adjustedP, p, 1e-12);
  }
  assertEquals(adjusted.map(({ share }) => share), [0.5, 0.5, 0.25, 0.25, 0.25]);
  // Headlines alone have all of it.
  assertAlmostEquals(adjustByFamily(cells.slice(0, 2), [0.001, 0.01])[0]!.adjustedP, 0.002, 1e-12);
});

Deno.test("thresholdOf() is a multiple of the headline's by default, and in their own unit for bytes and calls", () => {
  const of = (metric: string, policy = DEFAULT_POLICY, headline = false) =>
    thresholdOf(policy, { case: TCP, metric, headline });
  assertEquals([of("p50", DEFAULT_POLICY, true), of("p90"), of("p99"), of("cpuPerOperation")], [
    0.05,
    0.1,
    0.2,
    0.1,
  ]);
  assertEquals([of("memoryPerOperation"), of("callsPerOperation")], [64, 0.5]);
  const tight = createPolicy({ threshold: "2%" });
  assertEquals([of("p99", tight), of("p99", tight, true)], [0.08, 0.02]);
  // Whoever names metrics names their threshold with them.
  assertEquals(of("p99", createPolicy({ metrics: ["p99"], threshold: "2%" })), 0.02);
});
