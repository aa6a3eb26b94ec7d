import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { PairedTrials } from "../../src/ab/paired_trials.ts";
import { agentWarmUpCases, estimateAbNs, shortenCase } from "../../src/ab/pair_trial.ts";
import type { Trial } from "../../src/model/trial.ts";
import { someCase } from "../support/small_catalog.ts";

const CASE = someCase("ping-pong", "tcp", { bytes: 64 });

function trial(round: number, p50: number, error?: Trial["error"]): Trial {
  return {
    case: CASE.id,
    round,
    order: 0,
    startedNs: 0,
    elapsedNs: 1,
    operations: 1,
    histograms: {},
    values: { p50 },
    tally: {},
    peer: "loop",
    settings: {},
    ...(error !== undefined && { error }),
  };
}

const watched = new Map([["test", ["p50"]]]);

Deno.test("PairedTrials.widest() is the wider side of the widest interval of a watched ratio", () => {
  const found = new PairedTrials(watched);
  for (let round = 1; round <= 6; round++) {
    if (round > 1) assertEquals(found.widest(), Infinity);
    found.add(CASE, { base: trial(round, 100), head: trial(round, round === 6 ? 110 : 100) });
  }
  // Six pairs: the interval reaches from the least to the greatest, on the grid on which effects are stated.
  assertAlmostEquals(found.widest(), 0.1, 1e-9);
  const grouped = new PairedTrials(watched);
  for (let round = 1; round <= 12; round++) {
    if (round > 1 && round < 12) assertEquals(grouped.widest(), Infinity);
    const generation = Math.ceil(round / 2);
    const of = (p50: number) => ({ ...trial(round, p50), generation });
    grouped.add(CASE, { base: of(100), head: of(round > 10 ? 110 : 100) });
  }
  // Twelve pairs of six generations: six values.
  assertAlmostEquals(grouped.widest(), 0.1, 1e-9);
  const unwatched = new PairedTrials(new Map());
  unwatched.add(CASE, { base: trial(1, 1), head: trial(1, 2) });
  assertEquals(unwatched.widest(), 0);
});

Deno.test("PairedTrials.widest() leaves out failed trials, zeros, and trials without a partner", () => {
  const found = new PairedTrials(watched);
  found.add(CASE, {
    base: trial(1, 1),
    head: trial(1, 9, { kind: "timeout", message: "too late" }),
  });
  found.add(CASE, { base: trial(2, 0), head: trial(2, 9) });
  found.add(CASE, { head: trial(3, 9) });
  assertEquals(found.widest(), 0);
  assertEquals(found.trials.head.length, 3);
});

Deno.test("PairedTrials gives up a case after five failures in a row on one side", () => {
  const found = new PairedTrials(watched);
  const failed = (round: number) => trial(round, 1, { kind: "timeout", message: "too late" });
  const add = (round: number, head: Trial) => found.add(CASE, { base: trial(round, 1), head });
  add(1, failed(1));
  add(2, failed(2));
  add(3, trial(3, 1));
  for (const round of [4, 5, 6, 7]) add(round, failed(round));
  assertEquals(found.isGivenUp(CASE.id), false);
  add(8, failed(8));
  assertEquals(found.isGivenUp(CASE.id), true);
  assertEquals(found.givenUp("base"), []);
  assertStringIncludes(found.givenUp("head")[0]!.reason, "5 failed trials in a row: too late");
});

Deno.test("PairedTrials.widest() does not wait for a case that was given up", () => {
  const found = new PairedTrials(watched);
  found.add(CASE, { base: trial(1, 100), head: trial(1, 200) });
  assertEquals(found.widest(), Infinity);
  const error = { kind: "timeout", message: "too late" };
  for (const round of [2, 3, 4, 5, 6]) {
    found.add(CASE, { base: trial(round, 100), head: trial(round, 1, error) });
  }
  assertEquals(found.isGivenUp(CASE.id), true);
  assertEquals(found.widest(), 0);
});

Deno.test("estimateAbNs() grows with pairs, by more than the trials alone", () => {
  const trialsNs = 2 * 16 * shortenCase(CASE).expectedNs;
  // Whole generations of eight pairs.
  const [ten, twenty] = [16, 32].map((pairs) => estimateAbNs({ cases: [CASE] }, { pairs }));
  assertEquals(twenty, 2 * ten!);
  assertEquals(ten! > trialsNs, true);
  // As many generations for few pairs that were asked for, and fewer trials.
  const asked = estimateAbNs({ cases: [CASE] }, { pairs: 2, askedPairs: 2 });
  assertEquals(asked < twenty! && asked > ten! - trialsNs, true);
});

Deno.test("estimateAbNs() has room for the counting of system calls, for all sides", () => {
  const plan = { cases: [CASE, { ...CASE, id: "test/unix", transport: "unix" }] };
  const plain = estimateAbNs(plan, { pairs: 16 });
  const counted = estimateAbNs(plan, { pairs: 16, countsCalls: true });
  assertEquals(counted - plain > 1e9, true);
  const three = estimateAbNs(plan, { pairs: 16, countsCalls: true }, 3);
  assertAlmostEquals(three - estimateAbNs(plan, { pairs: 16 }, 3), 1.5 * (counted - plain), 1);
});

Deno.test("agentWarmUpCases() makes a thousand connections an agent and transport, by all its cases together, and no more", () => {
  const bounded = (workload: string, transport: string) => {
    const c = someCase(workload, transport, {});
    return shortenCase({ ...c, budget: { ...c.budget, maxOperations: 100 } });
  };
  const cases = agentWarmUpCases([
    bounded("connect", "tcp"),
    bounded("connect-ping", "tcp"),
    bounded("connect", "unix"),
    shortenCase(CASE),
  ]);
  assertEquals(cases.map(({ budget }) => budget.maxOperations), [
    500,
    500,
    1000,
    CASE.budget.maxOperations,
  ]);
  // Time does not end them before.
  for (const { budget } of cases.slice(0, 3)) {
    assertEquals(budget.measureNs >= 200e3 * budget.maxOperations!, true);
  }
});
