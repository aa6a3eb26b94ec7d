import { assert, assertEquals } from "@std/assert";
import type { Case } from "../../src/model/case.ts";
import { metricValue, sliceValues } from "../../src/model/metric_value.ts";
import { openLoopLink } from "../../src/peer/loop_link.ts";
import type { PeerLink } from "../../src/peer/peer_link.ts";
import { runBlock, SLICE_NS } from "../../src/run/run_block.ts";
import { pauseObstacle } from "../../src/run/order.ts";
import type { TrialOutcome, TrialSetup } from "../../src/run/driving_end.ts";
import { runTrial } from "../../src/run/run_trial.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { tcpLibc } from "../../src/transport/libc/tcp.ts";
import { bulk } from "../../src/workload/bulk.ts";
import { splitRequest } from "../../src/workload/split_request.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";
import type { SliceOrder, Workload } from "../../src/workload/workload.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { catalogWith, someCase } from "../support/small_catalog.ts";

/** Every exchange takes two steps. */
const STEP_NS = 50_000;
const PASSES = 4;

/** The workload, telling whose turn it is. */
function watched(name: string, turns: string[], fail: (turn: number) => boolean): Workload {
  return {
    ...pingPong,
    name,
    async open(context) {
      const session = await pingPong.open!(context);
      let turn = 0;
      return {
        ...session,
        async slice(order: SliceOrder, into) {
          turns.push(name);
          if (fail(turn++)) throw new TypeError(`${name} broke on purpose`);
          return await session.slice(order, into);
        },
      };
    },
  };
}

interface Measured {
  readonly outcomes: readonly TrialOutcome[];
  readonly turns: readonly string[];
}

async function measure(
  {
    names = ["a", "b", "c"],
    transport = memoryStream() as Transport,
    failing = "",
    at = 1,
    stepNs = STEP_NS,
  } = {},
  change: (link: PeerLink) => PeerLink = (link) => link,
): Promise<Measured> {
  const turns: string[] = [];
  const clock = new ScriptedClock(stepNs);
  const workloads = names.map((name) =>
    watched(name, turns, (turn) => name === failing && turn === at)
  );
  const catalog = catalogWith({ transports: [transport], workloads });
  const link = openLoopLink(catalog, clock);
  const setups = workloads.map((workload): TrialSetup => ({
    case: {
      ...someCase(workload.name, transport.name, { bytes: 64 }),
      id: workload.name,
      budget: { warmupNs: 1e6, measureNs: PASSES * SLICE_NS },
    },
    transport,
    workload,
    link: change(link),
    clock,
    directory: "",
  }));
  const outcomes = await runBlock(setups, 0);
  await link.close();
  return { outcomes, turns };
}

for (const transport of [memoryStream(), memoryDatagram()]) {
  Deno.test(`runBlock() measures cases over ${transport.mode}s in turn, in the order given, and reads evidence in a turn of its own`, async () => {
    const { outcomes, turns } = await measure({ transport });
    assertEquals(turns.join(""), "abc".repeat(PASSES + 1));
    for (const [index, outcome] of outcomes.entries()) {
      assertEquals(outcome.error, undefined);
      assertEquals(outcome.case, "abc"[index]);
      const { slices = [], histograms, operations, elapsedNs } = outcome;
      assertEquals(slices.length, PASSES);
      assertEquals(slices.reduce((sum, one) => sum + one.operations, 0), operations);
      assertEquals(slices.reduce((sum, one) => sum + one.elapsedNs, 0), elapsedNs);
      assertEquals(histograms.exchange?.count, operations);
      // Eight of each slice, and all of the turn in which evidence was read.
      assertEquals(
        histograms.afterPause?.count,
        8 * PASSES + (outcome.evidenceOperations ?? NaN),
      );
      assert((outcome.evidenceOperations ?? 0) > 8);
      const starts = slices.map(({ startedNs }) => startedNs);
      assertEquals(starts, starts.toSorted((a, b) => a - b));
      for (const { elapsedNs, p50Ns } of slices) {
        assert(elapsedNs >= SLICE_NS && elapsedNs < SLICE_NS + 4 * STEP_NS, `${elapsedNs}`);
        assertEquals(p50Ns, STEP_NS);
      }
    }
  });
}

Deno.test("runBlock() spends one operation, and not eight, before each slice of what takes longer than a slice", async () => {
  const { outcomes: [outcome] } = await measure({ names: ["a"], stepNs: 2 * SLICE_NS });
  const { slices, histograms, evidenceOperations } = outcome!;
  // Nobody knows before the first slice how long an operation takes.
  assertEquals(histograms.afterPause?.count, 8 + (PASSES - 1) + evidenceOperations!);
  assertEquals(slices?.map(({ operations }) => operations), Array(PASSES).fill(1));
});

Deno.test("runBlock() fails the case that broke alone, and keeps what it had measured", async () => {
  const { outcomes, turns } = await measure({ failing: "b", at: 2 });
  assertEquals(outcomes.map(({ error }) => error?.message), [
    undefined,
    "b broke on purpose",
    undefined,
  ]);
  assertEquals(turns.join(""), "abcabcabcacac");
  assertEquals(outcomes[1]!.histograms.exchange?.count, outcomes[1]!.operations);
  assert(outcomes[1]!.operations > 0);
});

Deno.test("runBlock() fails all cases whose peer cannot serve them, and none hangs", async () => {
  const died = Promise.reject(new Error("the peer is gone"));
  died.catch(() => {});
  const { outcomes } = await measure({}, (link) => ({ ...link, died }));
  assertEquals(outcomes.map(({ error }) => error?.message), Array(3).fill("the peer is gone"));
});

Deno.test("the longest of a trial in slices may have come first after a pause, its median not", async () => {
  const { outcomes: [outcome] } = await measure({ names: ["a"] });
  const longest = { ...outcome!.histograms.afterPause!, max: 7e6 };
  const trial = {
    ...outcome!,
    histograms: { ...outcome!.histograms, afterPause: longest },
    round: 1,
    order: 0,
    startedNs: 0,
  };
  assertEquals(metricValue(trial, "max"), 7e6);
  assertEquals(metricValue(trial, "p50"), STEP_NS);
  assertEquals(sliceValues(trial, "p50"), Array(PASSES).fill(STEP_NS));
  assertEquals(sliceValues(trial, "p99"), undefined);
  assertEquals(sliceValues({ ...trial, values: { p50: 3 } }, "p50"), undefined);
  const [slice] = trial.slices!;
  assertEquals(
    sliceValues(trial, "exchangesPerSecond")?.[0],
    slice!.operations / slice!.elapsedNs * 1e9,
  );
});

Deno.test("CPU time is divided by the operations within which it was read", async () => {
  const { outcomes: [outcome] } = await measure({ names: ["a"] });
  const trial = { ...outcome!, round: 1, order: 0, startedNs: 0, cpu: { totalNs: 3e6 } };
  assertEquals(metricValue(trial, "cpuPerOperation"), 3e6 / outcome!.evidenceOperations!);
});

Deno.test("pauseObstacle() lets take turns what may pause, and says why of the rest", () => {
  const transport = memoryStream();
  const budget = { warmupNs: 0, measureNs: 30e6 };
  const one = { ...someCase("ping-pong", "memory", { bytes: 8 }), budget };
  assertEquals(pauseObstacle(one, pingPong, transport), undefined);
  const reasons = [
    pauseObstacle(one, pingPong, tcpLibc),
    pauseObstacle(one, bulk, memoryDatagram()),
    pauseObstacle({ ...one, budget: { ...budget, maxOperations: 5 } }, pingPong, transport),
    pauseObstacle({ ...one, budget: { ...budget, measureNs: SLICE_NS } }, pingPong, transport),
    pauseObstacle(one, { ...pingPong, traces: () => true }, transport),
  ];
  const budgeted = { ...budget, minOperations: 3 };
  const split = (nagle: string, pattern: string): Case => ({
    ...one,
    params: { nagle, pattern, header: 8, body: 8 },
    budget: budgeted,
  });
  assertEquals(pauseObstacle(split("off", "write-write-read"), splitRequest, transport), undefined);
  assertEquals(pauseObstacle(split("on", "write-read"), splitRequest, transport), undefined);
  const stalling = pauseObstacle(split("on", "write-write-read"), splitRequest, transport);
  assertEquals(stalling, "each exchange waits for a delayed acknowledgement");
  for (const reason of reasons) assert(reason !== undefined && reason.length > 0);
  assertEquals(new Set(reasons).size, reasons.length);
});

Deno.test("runBlock() measures requests in two writes in slices, with the connection's first exchange apart", async () => {
  const transport = memoryStream();
  const clock = new ScriptedClock(STEP_NS);
  const catalog = catalogWith({ transports: [transport] });
  const link = openLoopLink(catalog, clock);
  const params = { nagle: "off", pattern: "write-write-read", header: 8, body: 24 };
  const [outcome] = await runBlock([{
    case: {
      ...someCase("split-request", "memory", params),
      budget: { warmupNs: 1e6, measureNs: PASSES * SLICE_NS, minOperations: 3 },
    },
    transport,
    workload: splitRequest,
    link,
    clock,
    directory: "",
  }], 0);
  await link.close();
  assertEquals(outcome!.error, undefined);
  assertEquals(outcome!.histograms.first?.count, 1);
  assertEquals(outcome!.slices?.length, PASSES);
  assertEquals(outcome!.tally.sentBytes, 32 * outcome!.operations);
  assertEquals(outcome!.tally.receivedBytes, 8 * outcome!.operations);
});

Deno.test("pingPong in one piece measures some milliseconds after evidence was read, and says of how many exchanges it is", async () => {
  const clock = new ScriptedClock(STEP_NS);
  const transport = memoryStream();
  const catalog = catalogWith({ transports: [transport] });
  const link = openLoopLink(catalog, clock);
  const run = (budget: Case["budget"]) =>
    runTrial({
      case: { ...someCase("ping-pong", "memory", { bytes: 8 }), budget },
      transport,
      workload: pingPong,
      link,
      clock,
      directory: "",
    });
  const timed = await run({ warmupNs: 0, measureNs: 10e6 });
  const settled = timed.evidenceOperations! - timed.operations;
  // Two readings an exchange, of the 5 ms.
  assertEquals(settled, 5e6 / (2 * STEP_NS));
  assertEquals(timed.histograms.exchange?.count, timed.operations);
  const counted = await run({ warmupNs: 0, measureNs: 60e9, maxOperations: 5 });
  assertEquals([counted.operations, counted.evidenceOperations], [5, undefined]);
  await link.close();
});
