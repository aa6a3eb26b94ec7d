import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { systemClock } from "../../src/clock.ts";
import { bucketMidpointNs } from "../../src/model/bucket_layout.ts";
import { Histogram } from "../../src/model/histogram.ts";
import type { Channel, StreamChannel } from "../../src/transport/channel.ts";
import { clients } from "../../src/workload/clients.ts";
import { exchangePaced } from "../../src/workload/exchange_paced.ts";
import { load } from "../../src/workload/load.ts";
import type { DriveContext, DriveResult } from "../../src/workload/workload.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { attemptTrial, memoryTrial } from "../support/memory_trial.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { SimulatedClock, SimulatedServer } from "../support/simulated_server.ts";

const SECOND = 1e9;
const nothing = async () => {};

function contextOf(
  clock: SimulatedClock,
  params: DriveContext["params"],
  measureNs: number,
  open: () => Channel,
): DriveContext {
  return {
    clock,
    params,
    budget: { warmupNs: 0, measureNs },
    open,
    settle: () => Promise.resolve(0),
    hasMeasured: () => Promise.resolve(true),
    residentBytes: () => undefined,
    begin: nothing,
    end: nothing,
  };
}

const meanOf = ({ histograms }: Pick<DriveResult, "histograms">, name = "exchange") => {
  const { buckets, count } = histograms[name]!.toSparse();
  let [index, sum] = [0, 0];
  for (let i = 0; i < buckets.length; i += 2) {
    index += buckets[i]!;
    sum += bucketMidpointNs(index) * buckets[i + 1]!;
  }
  return sum / count;
};

Deno.test("clients on a serial server: rate × mean latency is their number", async () => {
  for (const connections of [1, 8, 100]) {
    const clock = new SimulatedClock();
    const server = new SimulatedServer(clock, (startNs) => startNs + 200e3);
    const context = contextOf(
      clock,
      { bytes: 8, connections },
      5 * SECOND,
      () => server.connect(8, 8),
    );
    const result = await clients.drive(context);
    const rate = result.operations / result.elapsedNs;
    assertAlmostEquals(rate * SECOND, 5_000, 50);
    assertAlmostEquals(rate * meanOf(result), connections, 0.01 * connections);
    assertAlmostEquals(result.values!.slowestShare!, 1, 0.03);
    assertAlmostEquals(result.values!.fastestShare!, 1, 0.03);
  }
});

Deno.test("clients count the memory of connections that use an earlier trial's again, and none of a few connections", async () => {
  const readings = [50e6, 58e6, 58e6, 58e6, 58e6, 58e6];
  for (const [connections, bytes] of [[1_000, 8_000], [1_000, 8_000], [999, undefined]] as const) {
    const clock = new SimulatedClock();
    const server = new SimulatedServer(clock, (startNs) => startNs + 1e3);
    const params = { bytes: 8, connections };
    const context = contextOf(clock, params, 1e6, () => server.connect(8, 8));
    const result = await clients.drive({ ...context, residentBytes: () => readings.shift() });
    assertEquals(result.values!.driveMemory, bytes);
  }
});

Deno.test("clients connect again where a listener's queue is full, and not where it refuses for another reason", async () => {
  for (const name of ["WouldBlock", "ConnectionRefused"]) {
    const clock = new SimulatedClock();
    const server = new SimulatedServer(clock, (startNs) => startNs + 1e3);
    let attempts = 0;
    const open = () => {
      if (++attempts % 3 === 1) throw Object.assign(new Error("on purpose"), { name });
      return server.connect(8, 8);
    };
    const driven = clients.drive(contextOf(clock, { bytes: 8, connections: 4 }, 1e6, open));
    if (name === "WouldBlock") assert((await driven).operations > 4);
    else await assertRejects(() => driven, Error, "on purpose");
  }
});

Deno.test("requests in flight on one connection: a serial peer is as fast as with one, a parallel one as many times", async () => {
  const waitNs = 1e6;
  for (const isSerial of [true, false]) {
    for (const depth of [2, 4, 16]) {
      const clock = new SimulatedClock();
      const server = new SimulatedServer(clock, (startNs) => startNs + waitNs, isSerial);
      const exchanges = new Histogram();
      const { operations, elapsedNs } = await exchangePaced(
        server.connect(8, 8),
        { requestBytes: 8, replyBytes: 8 },
        { clock, params: { pipeline: depth } },
        { warmupNs: 0, measureNs: 10 * SECOND },
        exchanges,
      );
      const rate = operations / elapsedNs * SECOND;
      const expected = isSerial ? SECOND / waitNs : depth * SECOND / waitNs;
      assertAlmostEquals(rate, expected, 0.05 * expected);
      const mean = meanOf({ histograms: { exchange: exchanges } });
      const expectedNs = isSerial ? depth * waitNs : waitNs;
      assertAlmostEquals(mean, expectedNs, 0.05 * expectedNs);
    }
  }
});

Deno.test("time to think is between the exchanges and not in them", async () => {
  const clock = new SimulatedClock();
  const server = new SimulatedServer(clock, (startNs) => startNs + 200e3);
  const exchanges = new Histogram();
  const { operations } = await exchangePaced(
    server.connect(8, 8),
    { requestBytes: 8, replyBytes: 8 },
    { clock, params: { think: 800 } },
    { warmupNs: 0, measureNs: SECOND - 900e3 },
    exchanges,
  );
  assertEquals(operations, 1_000);
  assertEquals([exchanges.min, exchanges.max], [200e3, 200e3]);
});

Deno.test("load counts every request that was due, over streams and datagrams, and how late it was itself", async () => {
  for (const transport of [memoryStream(), memoryDatagram()]) {
    const params = { request: 30, reply: 200, rate: 2_000, connections: 3, seed: 4 };
    const outcome = await attemptTrial("load", transport, params, 20);
    assertEquals(outcome.error, undefined);
    const { values = {}, operations, histograms } = outcome;
    assertEquals(histograms.exchange?.count, operations);
    assert(values.askedPerSecond! > 0 && values.achievedPerSecond! <= values.askedPerSecond!);
    assert(values.closedP50! > 0 && values.pacedP50! > 0 && values.arrivalHash! > 0);
    assertEquals(values.dropShare, 0);
    assertEquals(outcome.tally.lostMessages ?? 0, 0);
  }
});

Deno.test("load over datagrams loses no reply to its own warm-up, and takes none of it for one of its own", async () => {
  // What the warm-up asks for last comes once more while it is measured.
  const transport = memoryDatagram((index) => index % 3 === 0 ? "twice" : "deliver");
  const params = { bytes: 8, rate: 2_000, connections: 2, seed: 4, timeout: 200 };
  const outcome = await attemptTrial("load", transport, params, 40, systemClock, 20e6);
  assertEquals(outcome.error, undefined);
  assertEquals(outcome.values!.timeoutShare, 0);
  assertEquals(outcome.tally.lostMessages, 0);
  assertEquals(outcome.histograms.exchange?.count, outcome.operations);
});

Deno.test("a spinning server's gap is of what is measured, and not of the mark that comes before", async () => {
  for (const markedNs of [600e3, 0]) {
    // Each reading of the clock takes 10 µs; the turn that brings the mark `markedNs` more, as it reads the kernel's counters.
    const clock = new ScriptedClock(10e3);
    let [turns, marks] = [0, 0];
    const pacer = {
      spinUntilNs() {
        if (++turns === 2) {
          marks = 1;
          clock.advance(markedNs);
        }
        // Within what is measured it counts.
        if (turns === 4) clock.advance(300e3);
        return Promise.resolve();
      },
      close() {},
    };
    const channel: StreamChannel = {
      mode: "stream",
      read: () => new Promise(() => {}),
      tryRead: () => turns < 6 ? undefined : null,
      write: (data) => data.length,
      closeWrite() {},
      close() {},
    };
    const accepted: (StreamChannel | null)[] = [channel];
    const result = await load.serve({
      clock: {
        nowNs: () => clock.nowNs(),
        sleepUntilNs: (timeNs) => clock.sleepUntilNs(timeNs),
        openPacer: () => Promise.resolve(pacer),
      },
      params: { bytes: 8, connections: 1 },
      budget: { warmupNs: 0, measureNs: 1e6 },
      accept: () => Promise.resolve(accepted.shift() ?? null),
      get marks() {
        return marks;
      },
      finishing: false,
      served() {},
      measured() {},
      tally: {},
    });
    const gapNs = result!.values!.serveGap!;
    assert(gapNs >= 300e3 && gapNs < 400e3, `${gapNs}`);
  }
});

Deno.test("a server of known speed hides its own cost in the service of what had waited, however slow it is to look", async () => {
  // Each look at a connection takes 50 µs, the machine being what it is; four requests wait, the fifth comes when all is quiet.
  const clock = new ScriptedClock(100);
  let [looks, late] = [0, false];
  const answeredNs: number[] = [];
  const connection = (asks: (() => boolean)[]): StreamChannel => ({
    mode: "stream",
    read: () => new Promise(() => {}),
    tryRead(room) {
      clock.advance(50e3);
      looks++;
      if (answeredNs.length >= 5) return null;
      if (!asks[0]?.()) return undefined;
      asks.shift();
      return room.length;
    },
    write(data) {
      answeredNs.push(clock.nowNs());
      return data.length;
    },
    closeWrite() {},
    close() {},
  });
  const waiting = () => true;
  const quiet = () => {
    late ||= looks > 20;
    return late;
  };
  const accepted: (StreamChannel | null)[] = [
    connection([waiting, waiting]),
    connection([waiting, waiting, quiet]),
  ];
  await load.serve({
    clock: {
      nowNs: () => clock.nowNs(),
      sleepUntilNs: (timeNs) => clock.sleepUntilNs(timeNs),
      openPacer: () => Promise.resolve({ spinUntilNs: () => Promise.resolve(), close() {} }),
    },
    params: { bytes: 8, connections: 2, service: 200 },
    budget: { warmupNs: 0, measureNs: 1e6 },
    accept: () => Promise.resolve(accepted.shift() ?? null),
    marks: 1,
    finishing: false,
    served() {},
    measured() {},
    tally: {},
  });
  const apart = answeredNs.slice(1).map((ns, k) => Math.round((ns - answeredNs[k]!) / 1e3));
  assertEquals(apart.slice(0, 3), [200, 200, 200]);
  assert(apart[3]! > 200 + 300, `${apart}`);
});

Deno.test("load in an overload has no latency, and says so", async () => {
  const clock = new SimulatedClock();
  const server = new SimulatedServer(clock, (startNs) => startNs + 1e6);
  const params = { bytes: 8, rate: 10_000, connections: 4 };
  const result = await load.drive(
    contextOf(clock, params, SECOND, () => server.connect(8, 8)),
  );
  assertEquals(result.values!.overload, 1);
  assertEquals(result.histograms.exchange, undefined);
  assertAlmostEquals(result.values!.achievedPerSecond!, 1_000, 50);
  assert(result.values!.dropShare! > 0.8);
});

Deno.test("load knows what queueing theory makes of a server of known speed", async () => {
  const clock = new SimulatedClock();
  const server = new SimulatedServer(clock, (startNs) => startNs + 200e3);
  const params = { bytes: 8, rate: 3_500, connections: 4, service: 200, services: "constant" };
  const { values } = await load.drive(
    contextOf(clock, params, SECOND, () => server.connect(8, 8)),
  );
  const waitNs = values!.meanLatency! - values!.meanService!;
  assertAlmostEquals(waitNs, values!.lindleyWait!, 1);
  assert(waitNs > 50e3);
});

Deno.test("load refuses datagrams that cannot carry their number", async () => {
  const params = { bytes: 3, rate: 100, connections: 1 };
  const { error } = await attemptTrial("load", memoryDatagram(), params, 1);
  assertEquals(error?.message, "Cannot load datagrams of less than 4 B: each carries its number");
});

Deno.test("clients ask over datagrams and streams, each counted", async () => {
  for (const transport of [memoryStream(64), memoryDatagram()]) {
    const outcome = await memoryTrial("clients", transport, { bytes: 64, connections: 5 }, 50);
    assert(outcome.operations >= 50);
    assertEquals(outcome.histograms.exchange?.count, outcome.operations);
  }
});
