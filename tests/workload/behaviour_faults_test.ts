/** Workloads that answer how sockets behave, where an end is slow, resets, or the machine is busy: the figures must stand. */

import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { StreamChannel } from "../../src/transport/channel.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { attemptTrial, memoryTrial, valueOf } from "../support/memory_trial.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";

/** A turn of the event loop. */
const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** The same transport with what it accepts changed, the first connection being number 0. */
function accepting(
  inner: StreamTransport,
  change: (channel: StreamChannel, index: number) => StreamChannel | Promise<StreamChannel>,
): StreamTransport {
  let accepted = 0;
  return {
    ...inner,
    async listen(options) {
      const listener = await inner.listen(options);
      return {
        endpoint: listener.endpoint,
        accept: async () => await change(await listener.accept(), accepted++),
        close: () => listener.close(),
      };
    },
  };
}

class ConnectionReset extends Error {
  override readonly name = "ConnectionReset";
}

/** Resets once `bytes` have been read. */
function resetAfter(channel: StreamChannel, bytes: number): StreamChannel {
  let left = bytes;
  return {
    mode: "stream",
    async read(buffer) {
      if (left === 0) throw new ConnectionReset("Connection reset by peer");
      const read = await channel.read(buffer.subarray(0, left));
      left -= read ?? 0;
      return read;
    },
    write: (data) => channel.write(data),
    closeWrite: () => channel.closeWrite(),
    close: () => channel.close(),
  };
}

Deno.test("closing counts every connection, however slowly the peer accepts them", async () => {
  let accepted = 0;
  const slow = accepting(memoryStream(8_192), async (channel) => {
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    accepted++;
    return channel;
  });
  const outcome = await memoryTrial("closing", slow, { close: "unsent", bytes: 500 }, 6);
  // The six, and the one that waits for them.
  assertEquals(accepted, 7);
  assertEquals(valueOf(outcome, "deliveredShare"), 1);
});

Deno.test("closing counts what was read before a reset, of connections that are read side by side", async () => {
  const resetting = accepting(
    memoryStream(8_192),
    (channel, index) => index % 2 === 0 && index < 6 ? resetAfter(channel, 300) : channel,
  );
  const outcome = await memoryTrial("closing", resetting, { close: "unsent", bytes: 1_000 }, 6);
  assertEquals(valueOf(outcome, "deliveredShare"), (3 * 300 + 3 * 1_000) / 6_000);
  assertEquals(valueOf(outcome, "resetShare"), 0.5);
});

Deno.test("burst counts messages per second from the first to the last that came, not the silence after them", async () => {
  // The peer listens for 3 ms and more after the last datagram, by this clock.
  const params = { bytes: 8, gap: 100 };
  const outcome = await memoryTrial(
    "burst",
    memoryDatagram(),
    params,
    200,
    new ScriptedClock(1_000),
  );
  assertEquals(outcome.window?.messages, 199);
  assertAlmostEquals(valueOf(outcome, "messagesPerSecond")!, 10_000, 250);
  assertEquals(valueOf(outcome, "bytesPerRead"), 8);
});

for (const workload of ["backpressure", "socket-buffer"]) {
  Deno.test(`${workload} takes no slow write for one that waits while the peer's pause has not ended`, async () => {
    const clock = new ScriptedClock(100);
    const inner = memoryStream(4_096);
    const busy: StreamTransport = {
      ...inner,
      async connect(endpoint, options) {
        const channel = await inner.connect(endpoint, options);
        let writes = 0;
        return {
          ...channel,
          write: (data) => {
            // The machine does something else for 10 ms.
            if (writes++ === 1) clock.advance(10e6);
            return channel.write(data);
          },
        };
      },
    };
    const params = { bytes: 1_024, pause: 50, read: 4_096 };
    const outcome = await memoryTrial(workload, busy, params, 1, clock);
    assertEquals(valueOf(outcome, "acceptedBytes"), 4_096);
  });
}

Deno.test("clients in turn fail with what the first connection failed of at the peer, and nothing else of the process does", async () => {
  const inner = memoryStream();
  const failing = accepting(inner, (channel, index) =>
    index > 0 ? channel : {
      ...channel,
      async read(buffer) {
        await channel.read(buffer);
        throw new Error("the first connection broke");
      },
    });
  // The driver learns of it some turns later: until then nobody waits for the peer.
  const late: StreamTransport = {
    ...failing,
    async connect(endpoint, options) {
      const channel = await inner.connect(endpoint, options);
      return {
        ...channel,
        async read(buffer) {
          const read = await channel.read(buffer);
          for (let turn = 0; turn < 3; turn++) await nextTurn();
          return read;
        },
      };
    },
  };
  const outcome = await attemptTrial(
    "clients",
    late,
    { bytes: 16, clients: 3, asking: "in-turn" },
    9,
  );
  assertEquals(outcome.error?.message, "the first connection broke");
});
