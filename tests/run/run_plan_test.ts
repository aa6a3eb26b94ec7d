import { assert, assertEquals } from "@std/assert";
import { type Catalog, createCatalog } from "../../src/catalog.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { Settings } from "../../src/plan/settings.ts";
import { decodeRecord, encodeRecord } from "../../src/record/codec.ts";
import { type RunEvent, runPlan } from "../../src/run/run_plan.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";
import type { Workload } from "../../src/workload/workload.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import faulty from "../support/faulty_module.ts";
import { memoryStream } from "../support/memory_transport.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { NO_ENVIRONMENT, someSettings } from "../support/small_catalog.ts";

// The libc table lives as long as its thread: opened here, it is no leak of the first test.
openKernel();

const FAULTY = import.meta.resolve("../support/faulty_module.ts");

/** A scenario of a few operations over any transport, so that runs end by count. */
function scenarioOf(workload: string, transports: readonly string[], bytes = [8, 16]): Scenario {
  const grid = [{ transports, params: { bytes } }];
  return {
    id: `test-${workload}`,
    question: "Does it run?",
    operation: "exchange",
    parameters: [{ name: "bytes", kind: "size", description: "size" }],
    metrics: ["p50"],
    columns: ["transport"],
    contrasts: [{ factor: "transport", base: "tcp", metric: "p50" }],
    notes: [],
    workload,
    grid: { quick: grid, standard: grid, thorough: grid },
    budget: () => ({ warmupNs: 0, measureNs: 60e9, maxOperations: 5 }),
    expectedNs: () => 1e6,
  };
}

const AVAILABLE = new Map(
  ["tcp", "udp", "unix", "memory"].map((id) => [id, { available: true as const }]),
);

async function run(
  plan: Plan,
  catalog: Catalog,
  { signal, onEvent }: { signal?: AbortSignal; onEvent?: (event: RunEvent) => void } = {},
) {
  await using directory = await createSocketDirectory();
  return await runPlan(plan, {
    catalog,
    clock: systemClock,
    environment: NO_ENVIRONMENT,
    command: "sockbench run",
    startedAt: "2026-01-01T00:00:00.000Z",
    directory: directory.path,
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
}

Deno.test("runPlan() measures every case once per round, and the record passes its own codec", async () => {
  const catalog = createCatalog([{ scenarios: [scenarioOf("ping-pong", ["tcp", "unix"])] }]);
  const settings = someSettings({ scenarios: ["test-ping-pong"], rounds: 3 });
  const plan = planCases(settings, catalog, AVAILABLE);
  assertEquals(plan.cases.length, 4);
  const events: RunEvent[] = [];
  const record = await run(plan, catalog, { onEvent: (event) => events.push(event) });

  assertEquals(record.partial, false);
  assertEquals(record.trials.length, 12);
  for (const round of [1, 2, 3]) {
    const ofRound = record.trials.filter((t) => t.round === round);
    assertEquals(ofRound.map((t) => t.case).sort(), plan.cases.map((c) => c.id).sort());
    assertEquals(ofRound.map((t) => t.order), [0, 1, 2, 3]);
  }
  assert(record.trials.every((t) => t.operations === 5 && t.error === undefined));
  assertEquals(events.filter((e) => e.kind === "trial").length, 12);
  assertEquals(events.filter((e) => e.kind === "round").map((e) => e.round), [1, 2, 3]);
  assertEquals(decodeRecord(encodeRecord(record), "memory"), record);
});

Deno.test("runPlan() discards as many operations of each serving process as its code needs to be compiled", async () => {
  let driven = 0;
  const cold: Workload = {
    ...pingPong,
    name: "cold",
    coldOperations: 30,
    drive: (context) => {
      driven++;
      return pingPong.drive(context);
    },
  };
  const ofTwelve: Scenario = {
    ...scenarioOf("cold", ["memory"], [8]),
    budget: () => ({ warmupNs: 0, measureNs: 60e9, maxOperations: 12 }),
  };
  const catalog = createCatalog([{
    transports: [memoryStream()],
    workloads: [cold],
    scenarios: [ofTwelve],
  }]);
  const settings = someSettings({ scenarios: ["test-cold"], rounds: 2 });
  const plan = planCases(settings, catalog, AVAILABLE);
  const record = await run(plan, catalog);
  assertEquals(record.trials.length, 2);
  // Trials of twelve operations each: three before the first round.
  assertEquals(driven, 3 + 2);
  const warm = createCatalog([{
    transports: [memoryStream()],
    workloads: [{ ...pingPong, name: "cold" }],
    scenarios: [ofTwelve],
  }]);
  assertEquals(
    plan.estimateNs - planCases(settings, warm, AVAILABLE).estimateNs,
    2 * plan.cases[0]!.expectedNs,
  );
});

Deno.test("runPlan() orders the rounds by the seed: same seed same order, other seed other order", async () => {
  const catalog = createCatalog([{
    transports: [memoryStream()],
    scenarios: [scenarioOf("ping-pong", ["memory"], [1, 2, 3, 4, 5, 6, 7, 8])],
  }]);
  const orderOf = async (seed: number) => {
    const settings = someSettings({ scenarios: ["test-ping-pong"], rounds: 3, seed });
    return (await run(planCases(settings, catalog, AVAILABLE), catalog)).trials.map((t) => t.case);
  };
  const [first, again, other] = [await orderOf(7), await orderOf(7), await orderOf(8)];
  assertEquals(first, again);
  assert(first.join() !== other.join());
});

Deno.test("runPlan() keeps the finished trials when it is interrupted and marks the record partial", async () => {
  const catalog = createCatalog([{
    transports: [memoryStream()],
    scenarios: [scenarioOf("ping-pong", ["memory"], [1, 2, 3, 4])],
  }]);
  const settings = someSettings({ scenarios: ["test-ping-pong"], rounds: 50 });
  const abort = new AbortController();
  let trials = 0;
  const record = await run(planCases(settings, catalog, AVAILABLE), catalog, {
    signal: abort.signal,
    onEvent: (event) => {
      if (event.kind === "trial" && ++trials === 6) abort.abort();
    },
  });
  assertEquals(record.partial, true);
  assertEquals(record.trials.length, 6);
});

Deno.test("runPlan() ends a trial that hangs as soon as it is interrupted", async () => {
  const catalog = createCatalog([faulty, {
    transports: [memoryStream()],
    scenarios: [scenarioOf("peer-hangs", ["memory"], [1])],
  }]);
  const abort = new AbortController();
  const transport = catalog.transports.get("memory")!;
  const interrupting = {
    ...transport,
    connect: (...args: never[]) => {
      queueMicrotask(() => abort.abort());
      return (transport as ReturnType<typeof memoryStream>).connect(
        ...args as unknown as [never, never],
      );
    },
  } as typeof transport;
  const hanging: Catalog = { ...catalog, transports: new Map([["memory", interrupting]]) };
  const settings = someSettings({ scenarios: ["test-peer-hangs"] });
  const record = await run(planCases(settings, hanging, AVAILABLE), hanging, {
    signal: abort.signal,
  });
  assertEquals(record.partial, true);
  assertEquals(record.trials, []);
});

Deno.test("runPlan() goes on with a new peer after one died, and gives up a case that always fails", async () => {
  const catalog = createCatalog([faulty, {
    scenarios: [scenarioOf("peer-exits", ["tcp"], [8]), scenarioOf("ping-pong", ["tcp"], [8])],
  }]);
  const settings = someSettings({
    scenarios: ["test-peer-exits", "test-ping-pong"],
    rounds: 5,
    peer: "process",
    modules: [FAULTY],
  });
  const messages: string[] = [];
  const record = await run(planCases(settings, catalog, AVAILABLE), catalog, {
    onEvent: (event) => {
      if (event.kind === "peer") messages.push(event.message);
    },
  });
  const healthy = record.trials.filter((t) => t.case === "test-ping-pong/tcp/bytes=8");
  assertEquals(healthy.map((t) => t.error), Array(5).fill(undefined));
  const failing = record.trials.filter((t) => t.case === "test-peer-exits/tcp/bytes=8");
  assertEquals(failing.map((t) => t.error?.kind), Array(3).fill("peer-died"));
  assertEquals(messages.length, 3);
  const skip = record.skipped.find((s) => s.what === "test-peer-exits/tcp/bytes=8");
  assert(skip?.reason.startsWith("given up after 3 failed trials in a row"), skip?.reason);
  assertEquals(record.partial, false);
});

Deno.test("runPlan() turns figures that no record may hold into a failed trial", async () => {
  const scenario = scenarioOf("ping-pong", ["memory"], [1]);
  const catalog = createCatalog([{
    transports: [memoryStream()],
    workloads: [{
      ...pingPong,
      name: "nonsense",
      drive: async (context) => ({ ...await pingPong.drive(context), elapsedNs: NaN }),
    }],
    scenarios: [{ ...scenario, id: "test-nonsense", workload: "nonsense" }],
  }]);
  const settings = someSettings({ scenarios: ["test-nonsense"] });
  const record = await run(planCases(settings, catalog, AVAILABLE), catalog);
  assertEquals(record.trials.map((t) => t.error?.kind), ["invalid-figures"]);
  assertEquals(decodeRecord(encodeRecord(record), "memory").trials.length, 1);
});

/** A run over the in-memory transport whose exchanges all last as long as one step of the clock. */
async function adaptiveRun(changes: Partial<Settings>, clock: Clock) {
  const catalog = createCatalog([{
    transports: [memoryStream()],
    scenarios: [scenarioOf("ping-pong", ["memory"], [8])],
  }]);
  const settings = someSettings({ scenarios: ["test-ping-pong"], ...changes });
  await using directory = await createSocketDirectory();
  return await runPlan(planCases(settings, catalog, AVAILABLE), {
    catalog,
    clock,
    environment: NO_ENVIRONMENT,
    command: "",
    startedAt: "2026-01-01T00:00:00.000Z",
    directory: directory.path,
  });
}

Deno.test("runPlan() adds rounds until the interval exists and is narrow enough, and no further", async () => {
  // All values are equal: the interval has no width from six on. Eight peers would have served four rounds each, in 15 s or more.
  const record = await adaptiveRun({ rounds: 1, precision: 0.02 }, new ScriptedClock(100e6));
  assertEquals(record.trials.length, 32);
  assertEquals(record.settings.rounds, 32);
  assertEquals(record.settings.precision, 0.02);
  assertEquals(record.partial, false);
  assertEquals(decodeRecord(encodeRecord(record), "memory"), record);
});

Deno.test("runPlan() adds rounds for 15 s, however precise", async () => {
  const record = await adaptiveRun({ rounds: 1, precision: 0.02 }, new ScriptedClock(20e6));
  const last = record.trials.at(-1)!;
  assert(last.round > 32, `${last.round}`);
  assert(last.startedNs > 14e9 && last.startedNs < 16e9, `${last.startedNs}`);
});

Deno.test("runPlan() replaces the peer every four rounds, and that of the own loop never", async () => {
  const catalog = createCatalog([{ scenarios: [scenarioOf("ping-pong", ["tcp"], [8])] }]);
  for (const peer of ["worker", "loop"] as const) {
    const settings = someSettings({ scenarios: ["test-ping-pong"], rounds: 9, peer });
    const { trials } = await run(planCases(settings, catalog, AVAILABLE), catalog);
    const generations = peer === "loop" ? Array(9).fill(1) : [1, 1, 1, 1, 2, 2, 2, 2, 3];
    assertEquals(trials.map(({ generation }) => generation), generations);
    assertEquals(new Set(trials.map(({ peer }) => peer)).size, new Set(generations).size);
  }
});

Deno.test("runPlan() stops adding rounds when its budget is spent", async () => {
  const clock = new ScriptedClock(100e6);
  const record = await adaptiveRun({ rounds: 2, precision: 0.02, budgetNs: 1e9 }, clock);
  assertEquals(record.trials.length, 2);
  assertEquals(record.partial, false);
});

Deno.test("runPlan() keeps what it measured when a dead peer cannot be replaced", async () => {
  await using folder = await createSocketDirectory();
  // A module that loads once: the first peer finds the file, the one that should replace it does not.
  const path = `${folder.path}/once.ts`;
  const source = import.meta.resolve("../support/faulty_module.ts");
  await Deno.writeTextFile(path, `export { default } from ${JSON.stringify(source)};\n`);
  const catalog = createCatalog([faulty, {
    scenarios: [scenarioOf("ping-pong", ["tcp"], [8]), scenarioOf("peer-exits", ["tcp"], [8])],
  }]);
  const settings = someSettings({
    scenarios: ["test-ping-pong", "test-peer-exits"],
    rounds: 4,
    peer: "process",
    modules: [new URL(path, "file:///").href],
  });
  const plan = planCases(settings, catalog, AVAILABLE);
  let removed = false;
  const record = await run(plan, catalog, {
    onEvent: (event) => {
      if (event.kind !== "trial" || event.error !== undefined || removed) return;
      removed = true;
      Deno.removeSync(path);
    },
  });
  assert(record.trials.some((t) => t.error === undefined));
  assertEquals(record.partial, true);
  assert(
    record.skipped.some((s) => s.what === "the rest of the run"),
    JSON.stringify(record.skipped),
  );
  assertEquals(decodeRecord(encodeRecord(record), "memory").trials.length, record.trials.length);
});
