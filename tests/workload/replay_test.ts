import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/clock.ts";
import { Histogram } from "../../src/model/histogram.ts";
import type { Replay } from "../../src/model/replay.ts";
import { openLoopLink } from "../../src/peer/loop_link.ts";
import { parseReplay } from "../../src/plan/parse_replay.ts";
import { runTrial, type TrialOutcome } from "../../src/run/run_trial.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { Arrivals } from "../../src/workload/arrivals.ts";
import { exchangeReplayed } from "../../src/workload/replayed.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { SimulatedClock, SimulatedServer } from "../support/simulated_server.ts";
import { catalogWith, someCase } from "../support/small_catalog.ts";

/** Different sizes, of which requests are smaller than replies and the other way round. */
const LINES = "300,2000,100\n8,1500,200\n900,9,0\n300,2000,50\n64,64,150\n";
const SIZES = [[300, 2_000], [8, 1_500], [900, 9], [300, 2_000], [64, 64]] as const;

async function trial(
  workload: string,
  transport: Transport,
  replay: Replay,
  operations: number,
  more: Record<string, number> = {},
): Promise<TrialOutcome> {
  const catalog = catalogWith({ transports: [transport] });
  const link = openLoopLink(catalog, systemClock);
  const params = {
    replay: replay.name,
    largestRequest: replay.largest.request.bytes,
    largestReply: replay.largest.reply.bytes,
    ...more,
  };
  const outcome = await runTrial({
    case: someCase(workload, transport.name, params, { operations }),
    transport,
    workload: catalog.workloads.get(workload)!,
    link,
    clock: systemClock,
    directory: "",
    replay,
  });
  await link.close();
  return outcome;
}

/** Bytes of so many requests and their replies, from the first line on. */
function bytesOf(count: number): { sentBytes: number; receivedBytes: number } {
  const sizes = Array.from({ length: count }, (_, index) => SIZES[index % SIZES.length]!);
  return {
    sentBytes: sizes.reduce((sum, [request]) => sum + request, 0),
    receivedBytes: sizes.reduce((sum, [, reply]) => sum + reply, 0),
  };
}

Deno.test("round trips replay the lines of a file in order and round again, whatever parts bytes come in", async () => {
  const replay = await parseReplay(LINES, "sizes.csv");
  for (const transport of [memoryStream(5), memoryStream(8_192), memoryDatagram()]) {
    const outcome = await trial("ping-pong", transport, replay, 12);
    assertEquals(outcome.error, undefined);
    assertEquals(outcome.operations, 12);
    assertEquals(outcome.histograms.exchange?.count, 12);
    assertEquals(outcome.tally.sentBytes, bytesOf(12).sentBytes);
    assertEquals(outcome.tally.receivedBytes, bytesOf(12).receivedBytes);
  }
});

Deno.test("the gaps of a replay are between round trips and not in them", async () => {
  const clock = new SimulatedClock();
  const server = new SimulatedServer(clock, (startNs) => startNs + 200e3);
  const replay = await parseReplay("8,8,800\n8,8,1800\n8,8,0\n", "sizes.csv");
  const exchanges = new Histogram();
  const { elapsedNs } = await exchangeReplayed(
    server.connect(8, 8),
    replay,
    { clock },
    { warmupNs: 0, measureNs: 0, minOperations: 7 },
    exchanges,
    { spinUntilNs: (timeNs) => clock.sleepUntilNs(timeNs), close: () => {} },
  );
  assertEquals([exchanges.count, exchanges.min, exchanges.max], [7, 200e3, 200e3]);
  assertEquals(elapsedNs, 7 * 200e3 + 3 * 800e3 + 2 * 1_800e3);
});

Deno.test("a load replays the lines of a file over several connections, each reply of its own size", async () => {
  const replay = await parseReplay(LINES, "sizes.csv");
  for (const transport of [memoryStream(700), memoryStream(8_192), memoryDatagram()]) {
    const outcome = await trial("load", transport, replay, 40, { connections: 3 });
    assertEquals(outcome.error, undefined);
    assert(outcome.operations >= 38 && outcome.operations <= 41, `${outcome.operations}`);
    assertEquals(outcome.histograms.exchange?.count, outcome.operations);
    assertEquals(outcome.values!.dropShare, 0);
    assertEquals(outcome.tally.sentBytes, bytesOf(outcome.operations).sentBytes);
    assertEquals(outcome.tally.receivedBytes, bytesOf(outcome.operations).receivedBytes);
    // A file's arrivals are of no process that could be checked.
    assertEquals(outcome.values!.arrivalStatistic, undefined);
  }
});

Deno.test("arrivals of a replay are due after the file's gaps, in order and round again", async () => {
  const { gapsNs } = await parseReplay(LINES, "sizes.csv");
  const arrivals = new Arrivals(1, "poisson", 1, gapsNs);
  const due = Array.from({ length: 7 }, () => arrivals.take());
  assertEquals(due, [100e3, 300e3, 300e3, 350e3, 500e3, 600e3, 800e3]);
  const again = new Arrivals(9, "constant", 7, gapsNs);
  for (let k = 0; k < 7; k++) again.take();
  assertEquals(again.hash, arrivals.hash);
});

Deno.test("a reply of the wrong size is an error of a replay, too", async () => {
  const replay = await parseReplay(LINES, "sizes.csv");
  const transport = memoryDatagram();
  const cutting: Transport = {
    ...transport,
    async bind(options) {
      const channel = await transport.bind(options);
      return { ...channel, reply: (data) => channel.reply(data.subarray(1)) };
    },
  };
  for (const workload of ["ping-pong", "load"]) {
    const { error } = await trial(workload, cutting, replay, 5, { connections: 1 });
    assertEquals(error?.message.slice(0, 52), "the reply has 1999 bytes instead of 2000");
  }
});
