/** Jobs of several heads: one round for all, base's trials shared, and a head that fails is out alone. */

import { assert, assertEquals } from "@std/assert";
import { type AbGateEvents, neededPairs, runAbGate } from "../../src/ab/ab_gate.ts";
import type { AbOptions } from "../../src/ab/ab_options.ts";
import { CaseSides } from "../../src/ab/case_sides.ts";
import {
  type Head,
  headsOf,
  PairedTrials,
  type Side,
  sidesOf,
} from "../../src/ab/paired_trials.ts";
import { estimateAbNs } from "../../src/ab/pair_trial.ts";
import { runAb } from "../../src/ab/run_ab.ts";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { createPolicy } from "../../src/gate/gate_policy.ts";
import type { Trial } from "../../src/model/trial.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { NO_ENVIRONMENT, someCase, someSettings } from "../support/small_catalog.ts";
import { self, simulated } from "./subjects.ts";

const TCP = "round-trip/tcp/bytes=64";
const UNIX = "round-trip/unix/bytes=64";
const AVAILABLE = new Map(["tcp", "unix"].map((id) => [id, { available: true } as const]));
const planOf = (...cases: readonly string[]): Plan =>
  planCases(someSettings({ cases }), createCatalog(), AVAILABLE);

/** A job of this sockbench, or of another subject, against itself, several times. */
async function jobOf(
  heads: readonly Head[],
  changes: Partial<AbOptions> = {},
  prepare = () => self(),
) {
  const stack = new AsyncDisposableStack();
  const subjects: Partial<Record<Side, AbOptions["subjects"]["base"]>> = {};
  for (const side of ["base", ...heads] as const) subjects[side] = stack.use(await prepare());
  const { path: directory } = stack.use(await createSocketDirectory());
  const options: AbOptions = {
    subjects: subjects as AbOptions["subjects"],
    pairs: 2,
    budgetNs: 1e9,
    peer: "loop",
    seed: 1,
    clock: systemClock,
    directory,
    environment: NO_ENVIRONMENT,
    command: "test",
    startedAt: new Date(0).toISOString(),
    ...changes,
  };
  return { options, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const THREE: readonly Head[] = ["head", "head 2", "head 3"];

Deno.test("sidesOf() lists base first and heads by their number", () => {
  const sided = { "head 10": 1, "head 2": 1, control: 1, head: 1, base: 1 };
  assertEquals(sidesOf(sided), ["base", "head", "head 2", "head 10"]);
  assertEquals(headsOf(sided), ["head", "head 2", "head 10"]);
});

Deno.test("runAb() measures base and all heads once in a round, next to each other, in an order that changes", async () => {
  await using job = await jobOf(THREE, { pairs: 3 });
  const records = await runAb(planOf(TCP, UNIX), job.options);
  assertEquals(sidesOf(records), ["base", ...THREE]);
  const all = sidesOf(records).map((side) => records[side]!.trials);
  for (const trials of all) assertEquals(trials.map(({ round }) => round), [1, 1, 2, 2, 3, 3]);
  const orders = new Set<string>();
  for (const [index, { case: id, startedNs }] of all[0]!.entries()) {
    const group = all.map((trials) => trials[index]!);
    assertEquals(
      group.map((trial) => [trial.case, trial.startedNs]),
      group.map(() => [id, startedNs]),
    );
    const places = group.map(({ order }) => order);
    const first = Math.min(...places);
    assertEquals(first % 4, 0);
    assertEquals(places.toSorted((a, b) => a - b), [0, 1, 2, 3].map((place) => first + place));
    orders.add(places.map((place) => place - first).join());
  }
  assert(orders.size > 1);
});

Deno.test("runAbGate() of several heads is red for the one that is slower, measures that one again, and names no other", async () => {
  await using job = await jobOf(["head", "head 2"], {
    pairs: 7,
    askedPairs: 7,
    slowdown: { share: 9, where: "all" },
    precision: 1e9,
  }, simulated);
  const flaggedCases: string[] = [];
  const events: AbGateEvents = {
    onFlagged: (cells) => flaggedCells(cells).forEach((id) => flaggedCases.push(id)),
  };
  const policy = createPolicy({ metrics: ["headline"], alpha: 0.05, threshold: "300%" });
  const { results, confirmation, exitCode, best } = await runAbGate(
    planOf(TCP),
    job.options,
    policy,
    events,
  );
  assertEquals(results.map((one) => one.exitCode), [1, 0]);
  assertEquals(exitCode, 1);
  assertEquals(flaggedCases, [TCP]);
  assertEquals(sidesOf(confirmation!), ["base", "head"]);
  assertEquals(best!.map((one) => one.best), [undefined]);
  assertEquals(new Set(best![0]!.candidates), new Set(["base", "head 2"]));
});

const flaggedCells = (cells: readonly { readonly case: string }[]) => cells.map((one) => one.case);

function trial(id: string, round: number, error?: Trial["error"]): Trial {
  return {
    case: id,
    round,
    order: 0,
    startedNs: 0,
    elapsedNs: 1,
    operations: 1,
    histograms: {},
    values: { p50: 1 },
    tally: {},
    peer: "loop",
    settings: {},
    ...(error !== undefined && { error }),
  };
}

Deno.test("PairedTrials gives a case up for the head that fails, and for all where base fails", () => {
  const c = someCase("ping-pong", "tcp", { bytes: 64 });
  const failed = { kind: "timeout", message: "too late" };
  const found = new PairedTrials(new Map(), ["head", "head 2"]);
  for (let round = 1; round <= 5; round++) {
    found.add(c, {
      base: trial(c.id, round),
      head: trial(c.id, round),
      "head 2": trial(c.id, round, failed),
    });
  }
  assertEquals(found.isGivenUp(c.id, "head 2"), true);
  assertEquals([found.isGivenUp(c.id, "head"), found.isGivenUp(c.id)], [false, false]);
  assertEquals(found.givenUp("head 2").map(({ what }) => what), [c.id]);
  for (let round = 6; round <= 10; round++) {
    found.add(c, { base: trial(c.id, round, failed), head: trial(c.id, round) });
  }
  assertEquals([found.isGivenUp(c.id, "head"), found.isGivenUp(c.id)], [true, true]);
  assertEquals(found.givenUp("base").length, 1);
  assertEquals(found.givenUp("head"), []);
});

Deno.test("CaseSides measures a case on base and the heads that have it, and a head's own by itself", async () => {
  await using job = await jobOf(["head", "head 2"]);
  const plan = planOf(TCP, UNIX);
  const found = new PairedTrials(new Map(), ["head", "head 2"]);
  const none = { cases: [], scenarios: [], metrics: [] };
  const sides = new CaseSides(plan, {
    ...job.options,
    ofHeads: { head: plan, "head 2": planOf(TCP) },
    unshared: { base: none, head: none, "head 2": planOf("round-trip/tcp/bytes=1024") },
  }, found);
  const bySides = (list: readonly { c: { id: string }; sides: readonly Side[] }[]) =>
    Object.fromEntries(list.map(({ c, sides }) => [c.id, sides]));
  const shared = sides.shared().map((c) => ({ c, sides: sides.sidesWith(c) }));
  assertEquals(bySides(shared), { [TCP]: ["head 2", "head", "base"], [UNIX]: ["head", "base"] });
  assertEquals(bySides(sides.unshared()), { "round-trip/tcp/bytes=1024": ["head 2"] });
  // Of each side one case a transport, those of all sides next to each other.
  assertEquals(sides.warmUps().map(({ c, side }) => `${side} ${c.transport}`), [
    ...["base tcp", "head tcp", "head 2 tcp", "base unix", "head unix", "head 2 tcp"],
  ]);
});

Deno.test("a job of more heads needs more pairs and takes longer", () => {
  const plan = planOf(TCP);
  const policy = createPolicy({ metrics: ["headline"] });
  // 2^-7 of one cell is at most 0.01, and of eight 2^-10.
  assertEquals([1, 8].map((heads) => neededPairs(plan, policy, 1, heads)), [7, 10]);
  const [two, four] = [2, 4].map((sides) => estimateAbNs(plan, { pairs: 16 }, sides));
  assert(two! < four! && four! < 2 * two!);
});
