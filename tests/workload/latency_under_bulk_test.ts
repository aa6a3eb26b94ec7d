import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/clock.ts";
import type { StreamChannel } from "../../src/transport/channel.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";
import { memoryStream } from "../support/memory_transport.ts";
import { memoryTrial, valueOf } from "../support/memory_trial.ts";

const FIXED = { bytes: 64, write: 1_000, read: 500 };

/** Counts what is written by the driving end, connection by connection. */
function watched(inner: StreamTransport): { transport: StreamTransport; written: number[] } {
  const written: number[] = [];
  const watching = (channel: StreamChannel): StreamChannel => {
    const at = written.push(0) - 1;
    return {
      ...channel,
      async write(data) {
        const taken = await channel.write(data);
        written[at]! += taken;
        return taken;
      },
    };
  };
  const transport: StreamTransport = {
    ...inner,
    connect: async (endpoint, options) => watching(await inner.connect(endpoint, options)),
  };
  return { transport, written };
}

Deno.test("latency under bulk without any is the round trip alone, over one connection", async () => {
  const { transport, written } = watched(memoryStream());
  const outcome = await memoryTrial(
    "latency-under-bulk",
    transport,
    { ...FIXED, bulk: "none" },
    50,
  );
  assertEquals(outcome.operations, 50);
  assertEquals(outcome.histograms.exchange?.count, 50);
  assertEquals(written.length, 1);
  assertEquals(valueOf(outcome, "bytesPerSecond"), undefined);
});

Deno.test("latency under bulk measures every round trip, and the bulk's throughput where it arrives", async () => {
  for (const bulk of ["up", "both"]) {
    const { transport, written } = watched(memoryStream(4_096));
    const outcome = await memoryTrial("latency-under-bulk", transport, { ...FIXED, bulk }, 200);
    assertEquals(outcome.operations, 200);
    assertEquals(outcome.histograms.exchange?.count, 200);
    assertEquals(written.length, 2);
    const [sum, up, down] = ["bytesPerSecond", "upBytesPerSecond", "downBytesPerSecond"]
      .map((metric) => valueOf(outcome, metric));
    assert(sum! > 0);
    // Nothing delivered can exceed what was sent.
    assert(outcome.window!.bytes <= written[1]!, `${outcome.window!.bytes} of ${written[1]}`);
    assertEquals([up !== undefined, down !== undefined], Array(2).fill(bulk === "both"));
    if (bulk === "both") assertEquals(sum, up! + down!);
  }
});

Deno.test("bulk that never leaves the microtask queue cannot keep a trial from measuring", async () => {
  // A second connection whose writes are always taken at once, and a first whose replies come by way of the event loop.
  const inner = memoryStream();
  let opened = 0;
  const transport: StreamTransport = {
    ...inner,
    async connect(endpoint, options) {
      const channel = await inner.connect(endpoint, options);
      return opened++ === 0
        ? {
          ...channel,
          async read(buffer) {
            await systemClock.sleepUntilNs(systemClock.nowNs() + 1);
            return await channel.read(buffer);
          },
        }
        : { ...channel, write: (data) => data.length };
    },
  };
  const outcome = await memoryTrial(
    "latency-under-bulk",
    transport,
    { ...FIXED, bulk: "up" },
    3,
  );
  assertEquals(outcome.operations, 3);
  // The last of the connections is not read, so that nothing of the bulk arrives: that is 0, not unknown.
  assertEquals(valueOf(outcome, "bytesPerSecond"), 0);
});
