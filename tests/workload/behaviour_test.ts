/** Workloads that answer how sockets behave: each against a transport in memory whose behaviour is known. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Transport } from "../../src/transport/transport.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { memoryTrial as trial, valueOf } from "../support/memory_trial.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";

Deno.test("burst finds that a stream joins messages, and that a datagram is one receive", async () => {
  // The pipe holds 12 bytes of 3 each: what the reader meets is never more, and the whole reads never more than the reads.
  const stream = await trial("burst", memoryStream(12), { bytes: 3, gap: 0 }, 200);
  assertEquals(stream.tally.receivedMessages, 200);
  const perRead = valueOf(stream, "messagesPerRead")!;
  assert(perRead >= 1 && perRead <= 4, String(perRead));
  const datagrams = await trial("burst", memoryDatagram(), { bytes: 3, gap: 0 }, 200);
  assertEquals(valueOf(datagrams, "messagesPerRead"), 1);
  assertEquals(valueOf(datagrams, "wholeReadShare"), 1);
  assertEquals(valueOf(datagrams, "loss"), 0);
});

Deno.test("burst counts a message that is cut in two as no whole read", async () => {
  // Two bytes at most lie in the pipe, so that no read returns a message of three.
  const outcome = await trial("burst", memoryStream(2), { bytes: 3, gap: 0 }, 50);
  assertEquals(valueOf(outcome, "wholeReadShare"), 0);
  assert(valueOf(outcome, "messagesPerRead")! < 1);
});

Deno.test("backpressure finds the room of a pipe to the byte, and a wait as long as the peer's pause", async () => {
  for (const [capacity, bytes] of [[4_096, 1_024], [4_096, 4_096], [100, 30]] as const) {
    const params = { bytes, pause: 50 };
    const outcome = await trial(
      "backpressure",
      memoryStream(capacity),
      params,
      1,
      new ScriptedClock(100),
    );
    assertEquals(valueOf(outcome, "acceptedBytes"), capacity);
    assertEquals(valueOf(outcome, "shortWriteShare")! > 0, capacity % bytes !== 0);
    const pauseNs = valueOf(outcome, "peerPause")!;
    assert(pauseNs >= 50e6);
    // The write began after the connect, so that it waited no longer than from there to the end of the pause.
    assert(valueOf(outcome, "writeWaitP50")! <= valueOf(outcome, "unblockedP50")!);
    assert(valueOf(outcome, "unblockedP50")! > 49e6);
  }
});

Deno.test("closing delivers what was written before a close, and what comes after a half-close", async () => {
  for (const close of ["unsent", "half"]) {
    const params = { close, bytes: 5_000 };
    const outcome = await trial("closing", memoryStream(64 * 1_024), params, 5);
    assertEquals(valueOf(outcome, "deliveredShare"), 1, close);
    assertEquals(valueOf(outcome, "resetShare"), 0, close);
  }
});

Deno.test("largestDatagram finds the limit of a transport to the byte", async () => {
  const outcome = await trial("largest-datagram", memoryDatagram(), {}, 1);
  assertEquals(valueOf(outcome, "largestMessageBytes"), 32_768);
});

Deno.test("clients exchange in turn, one at a time, over streams and datagrams", async () => {
  for (const transport of [memoryStream(), memoryDatagram()]) {
    const params = { bytes: 16, clients: 7, asking: "in-turn" };
    const outcome = await trial("clients", transport, params, 21);
    assertEquals(valueOf(outcome, "slowestShare"), 1);
    assertEquals(valueOf(outcome, "fastestShare"), 1);
    assertEquals(outcome.operations, 21);
    assertEquals(outcome.histograms.exchange?.count, 21);
    assertEquals(outcome.tally.receivedBytes, 21 * 16);
  }
});

Deno.test("clients that ask once make the last of k clients wait k service times at an iterative server, by the clock's own time", async () => {
  const crowd = { bytes: 1, asking: "once", work: "waiting" };
  const params = { ...crowd, server: "iterative", clients: 4, service: 2_000 };
  const outcome = await trial("clients", memoryStream(), params, 3, new ScriptedClock(10));
  // The scripted clock moves by 10 ns a reading, and by the service time where the server waits.
  const last = valueOf(outcome, "lastWaitP50")!;
  assert(last >= 4 * 2e6 * 0.99 && last < 4.1 * 2e6, String(last));
  const first = valueOf(outcome, "firstWaitP50")!;
  assert(first >= 2e6 * 0.99 && first < 2.1e6, String(first));
});

Deno.test("writeReturn measures the write within the exchange", async () => {
  const outcome = await trial("write-return", memoryStream(), { bytes: 64 }, 20);
  assertEquals(outcome.histograms.return?.count, 20);
  assert(valueOf(outcome, "writeReturnP50")! <= valueOf(outcome, "p50")!);
});

Deno.test("request keeps one connection or opens one for each request", async () => {
  for (const connection of ["fresh", "kept"]) {
    const outcome = await trial("request", memoryStream(), { connection, bytes: 16 }, 12);
    assertEquals(outcome.histograms.exchange?.count, 12);
  }
});

Deno.test("flow keeps the offered rate by the intended times, and counts loss, order and copies as injected", async () => {
  const faults = memoryDatagram((index) =>
    index % 10 === 3 ? "drop" : index % 20 === 5 ? "twice" : "deliver"
  );
  const clock = new ScriptedClock(1_000);
  const outcome = await trial("flow", faults, { bytes: 8, rate: 10_000 }, 1_000, clock);
  assertEquals(outcome.tally.sentMessages, 1_000);
  assertEquals(
    valueOf(outcome, "duplicated"),
    outcome.tally.duplicatedMessages! / outcome.tally.receivedMessages!,
  );
  assertEquals(outcome.tally.duplicatedMessages, 50);
  assertEquals(outcome.tally.reorderedMessages, 0);
  // The last message is due 999 gaps after the first: 100 µs each, to which one reading of the clock may add 1 µs at either end.
  assertAlmostEquals(valueOf(outcome, "offeredPerSecond")!, 10_000, 1);
});

Deno.test("checkedBulk finds every block whole, whatever pieces it comes in", async () => {
  for (const capacity of [1_000, 65_536, 1_000_000]) {
    const outcome = await trial("checked-bulk", memoryStream(capacity), { mib: 1 }, 1);
    assertEquals(outcome.tally.receivedMessages, 16);
    assertEquals(valueOf(outcome, "corruptBlocks"), 0);
    assertEquals(valueOf(outcome, "loss"), 0);
    assertEquals(valueOf(outcome, "reordered"), 0);
  }
});

Deno.test("checkedBulk notices a single damaged bit, and a block that is missing", async () => {
  const damaged = await trial("checked-bulk", tamperedStream(flipBit), { mib: 1 }, 1);
  assertEquals(valueOf(damaged, "corruptBlocks"), 1);
  const short = await trial("checked-bulk", tamperedStream(dropBlock), { mib: 1 }, 1);
  assertEquals(short.tally.lostMessages, 1);
  assertEquals(valueOf(short, "corruptBlocks"), 0);
});

type Tamper = (data: Uint8Array, index: number) => Uint8Array | null;
const flipBit: Tamper = (data, index) => {
  if (index !== 5) return data;
  const copy = data.slice();
  copy[40_000]! ^= 1;
  return copy;
};
const dropBlock: Tamper = (data, index) => index === 5 ? null : data;

/** A stream whose writes are whole blocks, so that the client's can be damaged or dropped one by one. */
function tamperedStream(tamper: Tamper): Transport {
  const inner = memoryStream(4 * 2 ** 20);
  return {
    ...inner,
    async connect(endpoint, options) {
      const channel = await inner.connect(endpoint, options);
      let index = 0;
      return {
        mode: "stream",
        read: (buffer) => channel.read(buffer),
        async write(data) {
          const kept = tamper(data, index++);
          return kept === null ? data.length : await channel.write(kept);
        },
        closeWrite: () => channel.closeWrite(),
        close: () => channel.close(),
      };
    },
  };
}
