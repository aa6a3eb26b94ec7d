import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { openPacer } from "../../src/clock.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { Arrivals } from "../../src/workload/arrivals.ts";
import { Lane } from "../../src/workload/lane.ts";
import type { StreamChannel } from "../../src/transport/channel.ts";
import { OpenLoop } from "../../src/workload/open_loop.ts";
import { ServiceTimes } from "../../src/workload/service_times.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { SimulatedClock, SimulatedServer } from "../support/simulated_server.ts";

const SIZES = { requestBytes: 8, replyBytes: 8 };
const SECOND = 1e9;

interface Trial {
  readonly rate: number;
  readonly seconds: number;
  readonly connections?: number;
  readonly arrivals?: "poisson" | "constant";
  readonly seed?: number;
  readonly timeoutNs?: number;
  serve(startNs: number): number;
}

async function measure(trial: Trial): Promise<OpenLoop> {
  const { rate, seconds, connections = 1, arrivals = "poisson", seed = 1, serve } = trial;
  const clock = new SimulatedClock();
  const server = new SimulatedServer(clock, serve);
  const loop = new OpenLoop({
    clock,
    pacer: await openPacer(clock),
    lanes: Array.from({ length: connections }, () => new Lane(server.connect(8, 8), SIZES)),
    sizes: SIZES,
    arrivals: () => new Arrivals(rate, arrivals, seed),
    expected: rate * seconds,
    durationNs: seconds * SECOND,
    timeoutNs: trial.timeoutNs ?? SECOND,
  });
  await loop.run();
  return loop;
}

const constant = (serviceNs: number) => (startNs: number) => startNs + serviceNs;

/** Mean wait by Lindley's recursion: the same arrivals and services, without sockets. */
function lindley(arrivals: Arrivals, next: () => number, count: number): number {
  let [freeNs, sumNs] = [0, 0];
  for (let k = 0; k < count; k++) {
    const atNs = arrivals.take();
    sumNs += Math.max(0, freeNs - atNs);
    freeNs = Math.max(freeNs, atNs) + next();
  }
  return sumNs / count;
}

Deno.test("an open loop waits as Lindley's recursion says, over one connection and over sixteen", async () => {
  for (const connections of [1, 16]) {
    for (const load of [0.3, 0.7, 0.9]) {
      const rate = load / 200e-6;
      const random = createPrng(7);
      const times = () => -Math.log(1 - random.nextFloat()) * 200e3;
      const drawn = createPrng(7);
      const again = () => -Math.log(1 - drawn.nextFloat()) * 200e3;
      let servedNs = 0;
      const serve = (startNs: number) => {
        const takesNs = times();
        servedNs += takesNs;
        return startNs + takesNs;
      };
      const loop = await measure({ rate, seconds: 0.5, connections, serve });
      assertEquals(loop.done, loop.arrived);
      const waitNs = (loop.latencySumNs - servedNs) / loop.arrived;
      const expectedNs = lindley(new Arrivals(rate, "poisson", 1), again, loop.arrived);
      assertAlmostEquals(waitNs, expectedNs, expectedNs * 1e-6);
    }
  }
});

Deno.test("an open loop waits as the formulas of M/D/1 and M/M/1 say", async () => {
  // ρS/(2(1 − ρ)) and ρS/(1 − ρ), over 600,000 requests: within 2 % at half load.
  const [load, serviceNs] = [0.5, 200e3];
  const rate = load / serviceNs * SECOND;
  const fixed = await measure({ rate, seconds: 240, serve: constant(serviceNs) });
  const waitNs = fixed.latencySumNs / fixed.arrived - serviceNs;
  const expectedNs = load * serviceNs / (2 * (1 - load));
  assertAlmostEquals(waitNs, expectedNs, 0.02 * expectedNs);
  const random = createPrng(3);
  let servedNs = 0;
  const varied = await measure({
    rate,
    seconds: 240,
    serve: (startNs) => {
      const takesNs = -Math.log(1 - random.nextFloat()) * serviceNs;
      servedNs += takesNs;
      return startNs + takesNs;
    },
  });
  const variedNs = (varied.latencySumNs - servedNs) / varied.arrived;
  assertAlmostEquals(variedNs, 2 * expectedNs, 0.02 * 2 * expectedNs);
});

Deno.test("constant arrivals below capacity never wait", async () => {
  const loop = await measure({
    rate: 4_000,
    seconds: 1,
    arrivals: "constant",
    serve: constant(200e3),
  });
  assertEquals(loop.arrived, 4_000);
  assertEquals([loop.latency.min, loop.latency.max], [200e3, 200e3]);
  assertEquals(loop.lateness.max, 0);
  assertEquals(loop.maxInFlight, 1);
});

/** A server that works on nothing in the first 100 ms of each second, and otherwise for `costNs`. */
const stalling = (costNs: number, stallNs = 100e6) => (startNs: number) => {
  const within = startNs % SECOND;
  return (within < stallNs ? startNs - within + stallNs : startNs) + costNs;
};

Deno.test("a server that stalls for 100 ms each second shows in mean, p99 and requests in flight", async () => {
  const [rate, costNs, stallNs] = [2_000, 10e3, 100e6];
  const loop = await measure({
    rate,
    seconds: 20,
    connections: 20,
    arrivals: "constant",
    serve: stalling(costNs),
  });
  const busy = rate * costNs / SECOND;
  const meanNs = stallNs ** 2 / (2 * SECOND * (1 - busy));
  assertAlmostEquals(loop.latencySumNs / loop.arrived, meanNs, 0.05 * meanNs);
  const p99 = stallNs * (1 - 0.01 * SECOND * (1 - busy) / stallNs);
  assertAlmostEquals(loop.latency.percentile(99)!, p99, 0.02 * p99);
  const most = rate * stallNs / SECOND * (1 + busy / (1 - busy));
  assert(loop.maxInFlight >= 200 && loop.maxInFlight <= Math.ceil(most) + 1, `${loop.maxInFlight}`);
  // Who counts from the send misses it: 20 of 2,000 wait for the server, the others in line for a connection.
  assert(loop.latency.percentile(99)! >= 20 * loop.sinceSend.percentile(99)!);
  assertEquals(loop.isOverload, false);
});

Deno.test("a rate above capacity is an overload, whose achieved rate is the capacity", async () => {
  for (const [rate, connections] of [[50_000, 10], [50_000, 1], [5_500, 4]] as const) {
    const loop = await measure({ rate, seconds: 1, connections, serve: constant(200e3) });
    assertEquals(loop.isOverload, true);
    assertAlmostEquals(loop.doneInTime, 5_000, 0.05 * 5_000);
    assert(loop.sent < loop.arrived);
  }
});

Deno.test("what is not answered counts as the timeout at least, and is not missing", async () => {
  let count = 0;
  const loop = await measure({
    rate: 1_000,
    seconds: 1,
    connections: 10,
    arrivals: "constant",
    timeoutNs: 300e6,
    serve: (startNs) => ++count > 995 ? Infinity : startNs + 1e3,
  });
  assertEquals(loop.arrived, 1_000);
  assertEquals(loop.done, 995);
  assertEquals(loop.latency.count, 1_000);
  assertEquals(loop.timeouts, 5);
  assert(loop.latency.max! >= 300e6);
});

Deno.test("the same seed gives the same intended times, and their hash; another gives others", async () => {
  const hashes = await Promise.all(
    [1, 1, 2].map(async (seed) =>
      (await measure({ rate: 1_000, seconds: 0.2, seed, serve: constant(1e3) })).hash
    ),
  );
  assertEquals(hashes[0], hashes[1]);
  assert(hashes[0] !== hashes[2]);
});

Deno.test("datagrams that are lost, doubled or late are counted as such, and a lost one as the timeout", async () => {
  const clock = new SimulatedClock();
  const server = new SimulatedServer(clock, constant(1e3));
  const fate = (number: number) => ({
    copies: number % 100 === 7 ? 0 : number % 100 === 9 ? 2 : 1,
    laterNs: number % 100 === 50 ? 1.5e6 : 0,
  });
  const loop = new OpenLoop({
    clock,
    pacer: await openPacer(clock),
    lanes: [new Lane(server.bind(8, fate), SIZES)],
    sizes: SIZES,
    arrivals: () => new Arrivals(1_000, "constant", 1),
    expected: 1_000,
    durationNs: SECOND,
    timeoutNs: 200e6,
  });
  await loop.run();
  assertEquals(loop.sent, 1_000);
  assertEquals(loop.done, 990);
  assertEquals(loop.duplicated, 10);
  assertEquals(loop.reordered, 10);
  assertEquals(loop.timeouts, 10);
  assertEquals(loop.latency.count, 1_000);
});

Deno.test("a connection that breaks ends the loop with what was in flight", async () => {
  const clock = new SimulatedClock();
  const server = new SimulatedServer(clock, () => Infinity);
  const broken = { ...server.connect(8, 8) };
  const pending = Promise.withResolvers<number | null>();
  broken.read = () => pending.promise;
  const loop = new OpenLoop({
    clock,
    pacer: await openPacer(clock),
    lanes: [new Lane(broken, SIZES)],
    sizes: SIZES,
    arrivals: () => new Arrivals(1_000, "constant", 1),
    expected: 1_000,
    durationNs: SECOND,
    timeoutNs: SECOND,
  });
  clock.at(99.5e6, () => pending.resolve(null));
  await assertRejects(() => loop.run(), Error, "closed the connection");
  assertEquals(loop.inFlight, 100);
});

Deno.test("service times are the same for the same seed, and have the mean they were asked for", () => {
  const params = { service: 200, services: "exponential" };
  const [one, other] = [ServiceTimes.of(params, 5)!, ServiceTimes.of(params, 5)!];
  let sum = 0;
  for (let k = 0; k < 100_000; k++) {
    const next = one.next();
    sum += next;
    assertEquals(other.next(), next);
  }
  assertAlmostEquals(sum / 100_000, 200e3, 2e3);
  assertEquals(ServiceTimes.of({}, 1), undefined);
});

Deno.test("a generator that needs longer for its sends than it has reaches the rate of the time that passed, not the one asked for", async () => {
  const clock = new ScriptedClock();
  // Each send takes 20 µs of the sender's own, twice the gap; replies are there at once.
  const channel: StreamChannel = {
    mode: "stream",
    read: () => Promise.resolve(8),
    tryRead: () => 8,
    write(data) {
      clock.advance(20e3);
      return data.length;
    },
    closeWrite() {},
    close() {},
  };
  const [rate, seconds] = [100_000, 0.02];
  const loop = new OpenLoop({
    clock,
    pacer: { spinUntilNs: () => Promise.resolve(clock.advance(1e3)), close() {} },
    lanes: [new Lane(channel, SIZES)],
    sizes: SIZES,
    arrivals: () => new Arrivals(rate, "constant", 1),
    expected: rate * seconds,
    durationNs: seconds * SECOND,
    timeoutNs: SECOND,
  });
  await loop.run();
  assertEquals(loop.intendedNs, seconds * SECOND);
  assertAlmostEquals(loop.doneInTime / loop.elapsedNs * SECOND, rate / 2, 0.03 * rate);
});
