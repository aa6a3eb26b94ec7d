import { assert, assertEquals, assertThrows } from "@std/assert";
import { systemClock } from "../../src/clock.ts";
import { openLoopLink } from "../../src/peer/loop_link.ts";
import { runTrial, type TrialOutcome } from "../../src/run/run_trial.ts";
import { numberParam } from "../../src/workload/exchange_loop.ts";
import { workloads } from "../../src/workload/registry.ts";
import type { Transport } from "../../src/transport/transport.ts";
import type { Params } from "../../src/model/params.ts";
import type { StreamChannel } from "../../src/transport/channel.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { valueOf } from "../support/memory_trial.ts";
import { catalogWith, someCase } from "../support/small_catalog.ts";

async function trial(
  workload: string,
  transport: Transport,
  params: Params,
  operations = 20,
  clock = systemClock,
): Promise<TrialOutcome> {
  const catalog = catalogWith({ transports: [transport] });
  const link = openLoopLink(catalog, clock);
  const outcome = await runTrial({
    case: someCase(workload, transport.name, params, { operations }),
    transport,
    workload: catalog.workloads.get(workload)!,
    link,
    clock,
    directory: "",
  });
  await link.close();
  return outcome;
}

Deno.test("every workload has a name of its own and at least one mode", () => {
  assertEquals(new Set(workloads.map((w) => w.name)).size, workloads.length);
  for (const workload of workloads) assert(workload.modes.length > 0);
});

Deno.test("pingPong counts every exchange and each byte both ways, over partial reads and writes", async () => {
  for (const capacity of [1, 7, 64, 8_192]) {
    const outcome = await trial("ping-pong", memoryStream(capacity), { bytes: 64 }, 25);
    assertEquals(outcome.error, undefined);
    assertEquals(outcome.operations, 25);
    assertEquals(outcome.histograms.exchange?.count, 25);
    assertEquals(outcome.tally.sentBytes, 25 * 64);
    assertEquals(outcome.tally.receivedBytes, 25 * 64);
  }
});

Deno.test("pingPong records the time between two readings of the clock, no more", async () => {
  // Every reading moves the clock by 1 µs, so an exchange bounded by two adjacent readings lasts exactly that.
  const outcome = await trial(
    "ping-pong",
    memoryStream(),
    { bytes: 8 },
    10,
    new ScriptedClock(1_000),
  );
  assertEquals(outcome.histograms.exchange?.min, 1_000);
  assertEquals(outcome.histograms.exchange?.max, 1_000);
  assertEquals(outcome.operations, 10);
});

Deno.test("pingPong stops by time when the count is not reached", async () => {
  const catalog = catalogWith();
  const clock = new ScriptedClock(1_000);
  const transport = memoryStream();
  const link = openLoopLink(catalogWith({ transports: [transport] }), clock);
  const c = someCase("ping-pong", "memory", { bytes: 8 });
  const outcome = await runTrial({
    case: { ...c, budget: { warmupNs: 0, measureNs: 20_000 } },
    transport,
    workload: catalog.workloads.get("ping-pong")!,
    link,
    clock,
    directory: "",
  });
  // Start at 0; exchange k ends at 2k µs; the tenth reaches 20 µs.
  assertEquals(outcome.operations, 10);
  assertEquals(outcome.elapsedNs, 20_000);
});

Deno.test("pingPong works over datagrams", async () => {
  const outcome = await trial("ping-pong", memoryDatagram(), { bytes: 64 }, 25);
  assertEquals(outcome.error, undefined);
  assertEquals(outcome.operations, 25);
  assertEquals(outcome.histograms.exchange?.count, 25);
});

Deno.test("pingPong asks and is answered in sizes of their own, with several requests in flight and time to think", async () => {
  for (const transport of [memoryStream(7), memoryStream(8_192), memoryDatagram()]) {
    for (const more of [{}, { pipeline: 5 }, { think: 1 }, { pipeline: 3, think: 1 }]) {
      const outcome = await trial("ping-pong", transport, { request: 30, reply: 200, ...more }, 25);
      assertEquals(outcome.error, undefined);
      assertEquals(outcome.operations, 25);
      assertEquals(outcome.histograms.exchange?.count, 25);
      assertEquals(outcome.tally.sentBytes, 25 * 30);
      assertEquals(outcome.tally.receivedBytes, 25 * 200);
    }
  }
});

Deno.test("connectPing asks and is answered in sizes of their own", async () => {
  const outcome = await trial("connect-ping", memoryStream(64), { request: 30, reply: 200 }, 5);
  assertEquals(outcome.error, undefined);
  assertEquals(outcome.operations, 5);
});

Deno.test("splitRequest sends one or two writes per request and keeps the first exchange apart", async () => {
  const writes = { "write-read": 1, "write-write-read": 2, "joined-write-read": 1 };
  const bytes = { "write-read": 16, "write-write-read": 48, "joined-write-read": 48 };
  for (const pattern of ["write-read", "write-write-read", "joined-write-read"] as const) {
    const params = { pattern, header: 16, body: 32 };
    const outcome = await trial("split-request", memoryStream(), params, 12);
    assertEquals(outcome.error, undefined);
    assertEquals(outcome.operations, 12);
    assertEquals(outcome.histograms.first?.count, 1);
    assertEquals(outcome.histograms.exchange?.count, 12);
    assertEquals(outcome.tally.writes, 12 * writes[pattern]);
    assertEquals(outcome.tally.sentBytes, 12 * bytes[pattern]);
  }
});

Deno.test("bulk counts bytes where they arrive, without those that opened the window", async () => {
  const outcome = await trial(
    "bulk",
    memoryStream(4_096),
    { bytes: 1_000, read: 500 },
    40,
    new ScriptedClock(10),
  );
  assertEquals(outcome.error, undefined);
  assertEquals(outcome.operations, 40);
  // 40 calls of write, each of which the pipe may take in part.
  assert(outcome.tally.sentBytes! > 0 && outcome.tally.sentBytes! <= 40_000);
  const window = outcome.window!;
  assert(window.bytes > 0 && window.bytes <= 41_000, `${window.bytes}`);
  assert(window.reads >= window.bytes / 500);
  assert(window.elapsedNs > 0);
});

Deno.test("bulk over several connections at once counts all of them in one window", async () => {
  const opened: number[] = [];
  const inner = memoryStream(4_096);
  const transport: typeof inner = {
    ...inner,
    async connect(endpoint, options) {
      const channel = await inner.connect(endpoint, options);
      const at = opened.push(0) - 1;
      return {
        ...channel,
        async write(data) {
          const written = await channel.write(data);
          opened[at]! += written;
          return written;
        },
      };
    },
  };
  const params = { bytes: 1_000, read: 500, streams: 4 };
  const outcome = await trial("bulk", transport, params, 400, new ScriptedClock(10));
  assertEquals(outcome.error, undefined);
  assertEquals(outcome.operations, 400);
  assertEquals(opened.length, 4);
  for (const bytes of opened) assert(bytes > 0);
  const sent = opened.reduce((a, b) => a + b);
  assertEquals(outcome.tally.sentBytes, sent);
  // All but the two reads that open the window, of whichever connection.
  const { bytes, reads } = outcome.window!;
  assert(bytes >= sent - 1_000 && bytes < sent, `${bytes} of ${sent}`);
  assert(reads >= bytes / 500);
});

/** A memory transport that counts what was written by the driving end, and by the serving one. */
function counted(): { transport: ReturnType<typeof memoryStream>; up: number[]; down: number[] } {
  const inner = memoryStream(4_096);
  const up: number[] = [];
  const down: number[] = [];
  const counting = (channel: StreamChannel, counts: number[]): StreamChannel => {
    const at = counts.push(0) - 1;
    return {
      ...channel,
      async write(data) {
        const written = await channel.write(data);
        counts[at]! += written;
        return written;
      },
    };
  };
  const transport: typeof inner = {
    ...inner,
    connect: async (endpoint, options) => counting(await inner.connect(endpoint, options), up),
    async listen(options) {
      const listener = await inner.listen(options);
      return { ...listener, accept: async () => counting(await listener.accept(), down) };
    },
  };
  return { transport, up, down };
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

Deno.test("bulk from the peer to the driver counts the bytes at the driver, over one connection and over several", async () => {
  for (const streams of [1, 3]) {
    const { transport, up, down } = counted();
    const params = { bytes: 1_000, read: 500, streams, direction: "down" };
    const outcome = await trial("bulk", transport, params, 300, new ScriptedClock(10));
    assertEquals(outcome.error, undefined);
    // A byte for each connection, by which the peer begins.
    assertEquals(up, Array(streams).fill(1));
    assertEquals(down.length, streams);
    for (const bytes of down) assert(bytes > 0);
    assertEquals(outcome.tally.sentBytes, total(down));
    assertEquals(outcome.operations, Math.floor(total(down) / 1_000));
    const { bytes, reads } = outcome.window!;
    assert(bytes >= total(down) - 1_000 && bytes < total(down), `${bytes} of ${total(down)}`);
    assert(reads >= bytes / 500);
    const rate = valueOf(outcome, "bytesPerSecond");
    assertEquals(rate, bytes / (outcome.window!.elapsedNs / 1e9));
    assertEquals(valueOf(outcome, "downBytesPerSecond"), undefined);
  }
});

Deno.test("bulk both ways has a figure for each direction, and their sum", async () => {
  for (const streams of [1, 3]) {
    const { transport, up, down } = counted();
    const params = { bytes: 1_000, read: 500, streams, direction: "both" };
    const outcome = await trial("bulk", transport, params, 300, new ScriptedClock(10));
    assertEquals(outcome.error, undefined);
    for (const bytes of [...up, ...down]) assert(bytes > 1);
    assertEquals(outcome.tally.sentBytes, total(up) + total(down));
    const [sum, there, back] = ["bytesPerSecond", "upBytesPerSecond", "downBytesPerSecond"]
      .map((metric) => valueOf(outcome, metric)!);
    const { window } = outcome;
    assertEquals(there, window!.bytes / (window!.elapsedNs / 1e9));
    assert(window!.bytes < total(up) && window!.bytes >= total(up) - 1_500 * streams);
    assert(back! > 0);
    assertEquals(sum, there! + back!);
  }
});

Deno.test("bulk over datagrams finds exactly the loss and the duplicates that were injected", async () => {
  const dropped = await trial(
    "bulk",
    memoryDatagram((index) => index % 10 === 3 ? "drop" : "deliver"),
    { bytes: 64 },
    1_000,
  );
  assertEquals(dropped.error, undefined);
  const { sentMessages, lostMessages, receivedMessages } = dropped.tally;
  assertEquals(lostMessages, Math.floor((sentMessages! + 6) / 10));
  assertEquals(receivedMessages, sentMessages! - lostMessages!);
  assertEquals(dropped.tally.reorderedMessages, 0);

  const doubled = await trial(
    "bulk",
    memoryDatagram((index) => index % 10 === 3 ? "drop" : index % 20 === 5 ? "twice" : "deliver"),
    { bytes: 64 },
    1_000,
  );
  const sent = doubled.tally.sentMessages!;
  // What came twice does not make up for what never came.
  assertEquals(doubled.tally.lostMessages, Math.floor((sent + 6) / 10));
  assertEquals(doubled.tally.duplicatedMessages, Math.floor((sent + 14) / 20));
  assertEquals(doubled.tally.reorderedMessages, 0);

  const whole = await trial("bulk", memoryDatagram(), { bytes: 64 }, 1_000);
  assertEquals(whole.tally.lostMessages, 0);
  assertEquals(whole.tally.duplicatedMessages, 0);

  // Too small for a sequence number: order and copies are not known, and not said.
  const tiny = await trial("bulk", memoryDatagram(), { bytes: 2 }, 100);
  assertEquals(tiny.error, undefined);
  assertEquals("reorderedMessages" in tiny.tally || "duplicatedMessages" in tiny.tally, false);
  assertEquals(whole.window?.bytes, whole.window!.messages! * 64);
});

Deno.test("connect and connect-ping open one connection per operation", async () => {
  for (
    const [workload, params, histogram] of [
      ["connect", {}, "connect"],
      ["connect-ping", { bytes: 8 }, "exchange"],
    ] as const
  ) {
    const transport = memoryStream();
    let connects = 0;
    const counting: Transport = {
      ...transport,
      connect(endpoint, options) {
        connects++;
        return transport.connect(endpoint, options);
      },
    };
    const outcome = await trial(workload, counting, params, 15);
    assertEquals(outcome.error, undefined);
    assertEquals(outcome.operations, 15);
    assertEquals(outcome.histograms[histogram]?.count, 15);
    // One more in a warm-up of no length.
    assertEquals(connects, 16);
  }
});

Deno.test("a reply of the wrong size is an error of the trial, not a figure", async () => {
  const transport = memoryDatagram();
  const cutting: Transport = {
    ...transport,
    async bind(options) {
      const channel = await transport.bind(options);
      return { ...channel, reply: (data) => channel.reply(data.subarray(1)) };
    },
  };
  const outcome = await trial("ping-pong", cutting, { bytes: 64 });
  assertEquals(outcome.error?.message, "the reply has 63 bytes instead of 64");
  assertEquals(outcome.operations, 0);
});

Deno.test("numberParam() names the parameter that is missing", () => {
  assertThrows(() => numberParam({}, "bytes"), TypeError, '"bytes" must be a number');
});
