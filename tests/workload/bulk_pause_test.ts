import { assert, assertEquals } from "@std/assert";
import type { StreamChannel } from "../../src/transport/channel.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";
import { memoryStream } from "../support/memory_transport.ts";
import { memoryTrial, valueOf } from "../support/memory_trial.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";

const PAUSE_NS = 300e6;

/** Streams that bring nothing for 300 ms before one of the reads at an end. */
function pausing(clock: ScriptedClock, end: "driver" | "peer", pausesAt: number): StreamTransport {
  const inner = memoryStream(4_096) as StreamTransport;
  let reads = 0;
  const watched = (channel: StreamChannel): StreamChannel => ({
    ...channel,
    async read(buffer) {
      const read = await channel.read(buffer);
      if (++reads === pausesAt) clock.advance(PAUSE_NS);
      return read;
    },
  });
  return {
    ...inner,
    async listen(options) {
      const listener = await inner.listen(options);
      const accept = async () => await listener.accept();
      return end === "driver"
        ? listener
        : { ...listener, accept: async () => watched(await accept()) };
    },
    async connect(endpoint, options) {
      const channel = await inner.connect(endpoint, options);
      return end === "driver" ? watched(channel) : channel;
    },
  };
}

Deno.test("bulk reports the longest pause between reads, wherever it is received, over one stream and over several", async () => {
  for (const [end, direction] of [["peer", "up"], ["driver", "down"], ["peer", "both"]] as const) {
    for (const streams of [1, 3]) {
      for (const pausesAt of [100, Infinity]) {
        const clock = new ScriptedClock(1_000);
        const params = { bytes: 512, read: 512, direction, streams };
        const transport = pausing(clock, end, pausesAt);
        const outcome = await memoryTrial("bulk", transport, params, 400, clock);
        const pauseNs = valueOf(outcome, "longestPause")!;
        const isLong = pauseNs >= PAUSE_NS;
        assertEquals(isLong, pausesAt === 100, `${direction}, ${streams} streams: ${pauseNs} ns`);
        assert(pauseNs < PAUSE_NS + 5e6, `${pauseNs} ns`);
      }
    }
  }
});

Deno.test("latency under bulk reports the longest pause of its bulk, and none where there is none", async () => {
  for (const bulk of ["none", "up", "both"]) {
    const clock = new ScriptedClock(1_000);
    const params = { bytes: 64, write: 1_000, read: 500, bulk };
    const transport = pausing(clock, "peer", 400);
    const outcome = await memoryTrial("latency-under-bulk", transport, params, 300, clock);
    const pauseNs = valueOf(outcome, "longestPause");
    if (bulk === "none") assertEquals(pauseNs, undefined);
    else assert(pauseNs! >= PAUSE_NS, `${bulk}: ${pauseNs} ns`);
  }
});
