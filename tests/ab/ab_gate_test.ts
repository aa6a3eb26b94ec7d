import { factOf } from "../../src/model/environment.ts";
import { alter } from "../support/environments.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type AbGateEvents,
  defaultPairs,
  defaultPrecision,
  neededPairs,
  runAbGate,
} from "../../src/ab/ab_gate.ts";
import type { AbOptions } from "../../src/ab/ab_options.ts";
import { roundsPerGeneration } from "../../src/ab/pair_trial.ts";
import { LostAgentsError, runAb } from "../../src/ab/run_ab.ts";
import { type Catalog, createCatalog } from "../../src/catalog.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { createPolicy, DEFAULT_POLICY } from "../../src/gate/gate_policy.ts";
import { loadCatalog } from "../../src/peer/load_catalog.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { decodeRecord, encodeRecord } from "../../src/record/codec.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { NO_ENVIRONMENT, someSettings } from "../support/small_catalog.ts";
import { self, simulated } from "./subjects.ts";

const MISBEHAVING = new URL("./misbehaving_module.ts", import.meta.url);
const AVAILABLE = new Map(["tcp", "unix"].map((id) => [id, { available: true } as const]));

function planOf(cases: readonly string[], catalog: Catalog = createCatalog()): Plan {
  return planCases(someSettings({ cases }), catalog, AVAILABLE);
}

interface Job extends AsyncDisposable {
  readonly options: AbOptions;
}

/** A job of this sockbench, or of another subject, against itself. */
async function jobOf(changes: Partial<AbOptions> = {}, prepare = () => self()) {
  const stack = new AsyncDisposableStack();
  const base = stack.use(await prepare());
  const head = stack.use(await prepare());
  const { path: directory } = stack.use(await createSocketDirectory());
  const options: AbOptions = {
    subjects: { base, head },
    pairs: 2,
    budgetNs: 1e9,
    peer: "loop",
    seed: 1,
    clock: systemClock,
    directory,
    environment: alter(NO_ENVIRONMENT, { versions: { deno: "?", v8: "?" } }),
    command: "test",
    startedAt: new Date(0).toISOString(),
    ...changes,
  };
  return { options, [Symbol.asyncDispose]: () => stack.disposeAsync() } satisfies Job;
}

const TCP = "round-trip/tcp/bytes=64";
const UNIX = "round-trip/unix/bytes=64";

Deno.test("runAb() measures each case once a side and round, sides of a pair next to each other", async () => {
  await using job = await jobOf({ pairs: 3 });
  const rounds: number[] = [];
  const { base, head } = await runAb(planOf([TCP, UNIX]), {
    ...job.options,
    onRound: ({ round }) => rounds.push(round),
  });
  assertEquals(rounds, [1, 2, 3]);
  for (const record of [base, head]) {
    assertEquals(record.partial, false);
    assertEquals(record.trials.map(({ round }) => round), [1, 1, 2, 2, 3, 3]);
    assertEquals(factOf(record.environment, "deno"), Deno.version.deno);
    assertEquals(factOf(record.environment, "v8"), Deno.version.v8);
    assertEquals(factOf(record.environment, "subject"), "self");
    assertEquals(decodeRecord(encodeRecord(record), "test"), record);
  }
  base.trials.forEach((trial, index) => {
    const other = head.trials[index]!;
    assertEquals(other.case, trial.case);
    assertEquals(other.startedNs, trial.startedNs);
    assertEquals(Math.abs(other.order - trial.order), 1);
  });
});

Deno.test("runAb() repeats the order of cases and sides from its seed", async () => {
  await using job = await jobOf({ pairs: 2, seed: 7 }, simulated);
  const orders = async () =>
    (await runAb(planOf([TCP, UNIX]), job.options)).head.trials.map((t) => [t.case, t.order]);
  assertEquals(await orders(), await orders());
});

Deno.test("runAb() keeps whole pairs when it is interrupted", async () => {
  const controller = new AbortController();
  await using job = await jobOf({ pairs: 1000, signal: controller.signal });
  const { base, head } = await runAb(planOf([TCP]), {
    ...job.options,
    onRound: ({ round }) => round === 2 && controller.abort(),
  });
  assertEquals([base.partial, head.partial], [true, true]);
  assertEquals([base.trials.length, head.trials.length], [2, 2]);
});

Deno.test("runAb() adds pairs until the budget is spent, and stops at once where it is precise enough", async () => {
  // A clock that counts how often it is asked: rounds do not depend on how long they take.
  let ns = 0;
  const clock: Clock = { ...systemClock, nowNs: () => ns++ };
  await using job = await jobOf(
    { pairs: 2, askedPairs: 2, precision: 1e-9, budgetNs: 12, clock },
    simulated,
  );
  const { head } = await runAb(planOf([TCP]), job.options);
  assert(head.settings.rounds > 2);
  assertEquals(head.trials.length, head.settings.rounds);
  await using easy = await jobOf(
    { pairs: 2, askedPairs: 32, precision: 1e9, budgetNs: 60e9 },
    simulated,
  );
  // Five generations are no interval, six are.
  const plan = planOf([TCP]);
  const { trials } = (await runAb(plan, easy.options)).head;
  const each = roundsPerGeneration(plan.cases, 32);
  assertEquals(each, 2);
  assertEquals(
    trials.map(({ generation }) => generation),
    [1, 2, 3, 4, 5, 6].flatMap((generation) => new Array(each).fill(generation)),
  );
});

Deno.test("runAb() adds pairs to the cases with the widest intervals alone, and every case stays comparable", async () => {
  let ns = 0;
  const clock: Clock = { ...systemClock, nowNs: () => ns++ };
  // Six of the cases may be measured on: four at a time are.
  const cases = ["round-trip/tcp/*", "round-trip/unix/*", "connect/*"];
  await using job = await jobOf(
    { pairs: 12, askedPairs: 12, precision: 1e-9, budgetNs: 120, clock },
    simulated,
  );
  const { base, head } = await runAb(planOf(cases), {
    ...job.options,
    countsCalls: true,
    watched: new Map(["round-trip", "connect"].map((id) => [id, ["p50"]])),
  });
  const { rounds, wholeRounds } = head.settings;
  assertEquals(wholeRounds, 12);
  assert(rounds > 12);
  for (let round = 1; round <= rounds; round++) {
    const measured = head.trials.filter((trial) => trial.round === round).length;
    assertEquals(measured, round <= 12 ? head.cases.length : 4);
  }
  // Calls are counted, or said not to be, of all cases again; where nothing may be traced one sentence says so.
  const uncounted = head.skipped.map(({ what }) => what)
    .filter((what) => what.startsWith("callsPerOperation"));
  if (!uncounted.includes("callsPerOperation")) {
    assertEquals(uncounted, head.cases.map(({ id }) => `callsPerOperation of ${id}`));
  }
  const record = { ...head, durationNs: 1e12 };
  assertEquals(decodeRecord(encodeRecord(record), "test"), record);
  const { incomparableCells, missingCells } = compareRecords(base, head, { paired: true });
  assertEquals(
    [incomparableCells, missingCells].flat().filter(({ metric }) => metric === "p50"),
    [],
  );
  // Whose trials were taken out of the whole rounds is no smaller for it.
  const doctored = {
    ...head,
    trials: head.trials.filter(({ case: id, round }) => id !== TCP || round > 6),
  };
  const damaged = compareRecords(base, doctored, { paired: true }).incomparableCells;
  assertEquals(damaged.some((cell) => cell.case === TCP && cell.metric === "p50"), true);
});

Deno.test("runAb() replaces agents that die or print rubbish, and after too many names the side and keeps what was measured", async () => {
  const misbehaving = () => self([MISBEHAVING.pathname]);
  const catalog = await loadCatalog([MISBEHAVING.href]);
  for (const [id, reason] of [["agent-exits", "exit code 9"], ["agent-prints", '"rubbish"']]) {
    const lost: string[] = [];
    await using job = await jobOf({ pairs: 100 }, misbehaving);
    const error = await assertRejects(
      () => runAb(planOf([`${id}/*`], catalog), { ...job.options, onLost: (m) => lost.push(m) }),
      LostAgentsError,
    );
    assertEquals(lost.length, 4);
    const { base, head } = error.records;
    assertEquals([base.partial, head.partial], [true, true]);
    const failed = [...base.trials, ...head.trials].filter((t) => t.error?.kind === "agent-lost");
    assertEquals(failed.length, 4);
    assertEquals(decodeRecord(encodeRecord(base), "base"), base);
    assertStringIncludes(error.message, " agent self (process ");
    assertStringIncludes(error.message, reason!);
  }
});

Deno.test("runAb() gives up a case that fails again and again, and the gate calls it missing", async () => {
  const catalog = await loadCatalog([MISBEHAVING.href]);
  await using job = await jobOf({ pairs: 12 }, () => self([MISBEHAVING.pathname]));
  const { records, results: [result] } = await runAbGate(
    planOf(["trial-fails/*"], catalog),
    job.options,
    DEFAULT_POLICY,
  );
  assert(records.head.trials.length < 12);
  assertStringIncludes(records.head.trials.at(-1)!.error!.message, "broken on purpose");
  assert([...records.base.skipped, ...records.head.skipped].length > 0);
  assert(result!.exitCode !== 0);
});

Deno.test("runAbGate() is red for a known slowdown, after fresh pairs of the flagged cells only", async () => {
  await using job = await jobOf({
    pairs: 6,
    askedPairs: 6,
    slowdown: { share: 9, where: "all" },
  }, simulated);
  const flaggedCells: string[] = [];
  const phases = new Set<string>();
  const events: AbGateEvents = {
    onRound: (phase) => phases.add(phase),
    onFlagged: (cells) => flaggedCells.push(...cells.map((cell) => cell.case)),
  };
  const policy = createPolicy({
    metrics: ["headline"],
    alpha: 0.05,
    ignore: [{ case: UNIX, reason: "not this one" }],
  });
  const options = { ...job.options, precision: 1e9 };
  const outcome = await runAbGate(planOf([TCP, UNIX]), options, policy, events);
  assertEquals(outcome.exitCode, 1);
  assertEquals(flaggedCells, [TCP]);
  assertEquals([...phases], ["first", "confirmation"]);
  assertEquals([...new Set(outcome.confirmation!.head!.trials.map((t) => t.case))], [TCP]);
  assert(outcome.results[0]!.cells.some((cell) => cell.confirmation !== undefined));
});

Deno.test("runAbGate() confirms nothing when nothing is flagged, and raises pairs that could show nothing", async () => {
  await using job = await jobOf({ pairs: 1, askedPairs: 1, precision: 1e9 }, simulated);
  const policy = createPolicy({ metrics: ["headline"], threshold: "1000%" });
  const { records, confirmation, results: [result] } = await runAbGate(
    planOf([TCP]),
    job.options,
    policy,
  );
  assertEquals(confirmation, undefined);
  assertEquals(result!.exitCode, 0);
  assertEquals(records.head.trials.length, 7);
  assertEquals(result!.cells[0]?.ratio?.n, 7);
});

Deno.test("runAbGate() judges cases that one side alone has: new ones pass, missing ones do not", async () => {
  const plan = planOf([TCP]);
  const other = planOf([UNIX]);
  const none = { cases: [], scenarios: [], metrics: [] };
  const policy = createPolicy({ metrics: ["headline"], threshold: "1000%" });
  await using added = await jobOf({
    askedPairs: 2,
    precision: 1e9,
    unshared: { base: none, head: other },
  }, simulated);
  const { records, results: [result] } = await runAbGate(plan, added.options, policy);
  assertEquals(result!.exitCode, 0);
  assertEquals(result!.cells.map((cell) => cell.verdict), ["pass", "new"]);
  assertEquals(records.head.trials.filter((trial) => trial.case === UNIX).length, 7);
  await using removed = await jobOf({
    askedPairs: 2,
    precision: 1e9,
    unshared: { base: other, head: none },
  }, simulated);
  const lost = await runAbGate(plan, removed.options, policy);
  assertEquals(lost.exitCode, 3);
  assertEquals(lost.results[0]!.cells.map((cell) => cell.verdict), ["pass", "missing"]);
});

Deno.test("defaultPairs() is that of 16 generations, or of as many as cells need; defaultPrecision() takes the smallest threshold", () => {
  const one = planOf([TCP]);
  assertEquals(roundsPerGeneration(one.cases), 8);
  assertEquals(roundsPerGeneration(new Array(30).fill(one.cases[0])), 2);
  const headlines = createPolicy({ metrics: ["headline"] });
  assertEquals(neededPairs(one, headlines), 8 * 7);
  // Few pairs are spread over the generations.
  assertEquals([1, 16, 17, 1000].map((pairs) => roundsPerGeneration(one.cases, pairs)), [
    1,
    1,
    2,
    8,
  ]);
  assertEquals(neededPairs(one, headlines, 1), 7);
  // Six rounds of two cases take as long as starting the agents.
  assertEquals(neededPairs(planOf([TCP, UNIX]), headlines), 6 * 8);
  // Three metrics of the tail share an eighth of alpha: 2^-12 is at most 0.01 / 24. What is counted has none.
  assertEquals(neededPairs(one, DEFAULT_POLICY), 8 * 12);
  assertEquals(defaultPairs(one, DEFAULT_POLICY), 8 * 16);
  assertEquals(defaultPairs(one, createPolicy({ metrics: ["headline"], alpha: 1e-6 })), 8 * 20);
  assertEquals(defaultPrecision(DEFAULT_POLICY), 0.025);
  const fine = createPolicy({ thresholds: [{ case: "*", threshold: "2%" }] });
  assertEquals(defaultPrecision(fine), 0.01);
  assertEquals(defaultPrecision(createPolicy({ threshold: 0 })) > 0, true);
});
