/** Transports within one process: over a worker, where the contract (which has one thread) does not go. */

import { assertEquals, assertRejects } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import type { Params } from "../../src/model/params.ts";
import type { PeerKind } from "../../src/model/placement.ts";
import { openPeer } from "../../src/peer/open_peer.ts";
import { runTrial } from "../../src/run/run_trial.ts";
import type { StreamChannel } from "../../src/transport/channel.ts";
import { messagePort } from "../../src/transport/message_port.ts";
import { sharedMemory } from "../../src/transport/shared_memory.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";
import { someCase } from "../support/small_catalog.ts";

const IN_PROCESS = [messagePort, sharedMemory] as const;
const options = { directory: "" };

async function trials(
  transport: StreamTransport,
  peer: PeerKind,
  asked: readonly (readonly [workload: string, params: Params, operations?: number])[],
) {
  const catalog = createCatalog();
  const link = await openPeer(peer, { catalog, clock: systemClock, modules: [], directory: "" });
  const outcomes = [];
  for (const [workload, params, operations] of asked) {
    outcomes.push(
      await runTrial({
        case: someCase(workload, transport.name, params, { peer, operations: operations ?? 20 }),
        transport,
        workload: catalog.workloads.get(workload)!,
        link,
        clock: systemClock,
        directory: "",
      }),
    );
  }
  await link.close();
  transport.rest?.();
  return outcomes;
}

for (const transport of IN_PROCESS) {
  const { name } = transport;

  Deno.test(`${name} reaches a worker: round trips, many connections, and a connection each`, async () => {
    const outcomes = await trials(transport, "worker", [
      ["ping-pong", { bytes: 64 }, 100],
      ["ping-pong", { bytes: 65_536 }, 10],
      ["ping-pong", { bytes: 64, wait: "spin" }, 100],
      ["connect-ping", { bytes: 64 }, 50],
      ["connect", {}, 50],
    ]);
    assertEquals(outcomes.map(({ error }) => error), outcomes.map(() => undefined));
    assertEquals(outcomes.map(({ operations }) => operations), [100, 10, 100, 50, 50]);
    assertEquals(outcomes[0]!.tally.receivedBytes, 6_400);
  });

  Deno.test(`${name} holds a writer back until the other end has read`, async () => {
    const ends = await open(transport);
    const data = new Uint8Array(1_024 * 1_024);
    let written = 0;
    let waits: unknown;
    while (!(waits instanceof Promise) && written < 64 * data.length) {
      waits = ends.client.write(data);
      written += data.length;
    }
    assertEquals(waits instanceof Promise, true);
    const reading = readToEnd(ends.server, data.length);
    await waits;
    await ends.client.closeWrite();
    await reading;
    ends.close();
  });

  Deno.test(`${name} refuses to write when the other end has closed`, async () => {
    const ends = await open(transport);
    ends.server.close();
    assertEquals(await ends.client.read(new Uint8Array(1)), null);
    await assertRejects(async () => await ends.client.write(new Uint8Array(1)), Error, "closed");
    ends.close();
  });

  Deno.test(`${name} cannot be connected to from another process, which an endpoint reaches without its port`, async () => {
    const listener = await transport.listen(options);
    const elsewhere = JSON.parse(JSON.stringify(listener.endpoint));
    await assertRejects(
      async () => await transport.connect(elsewhere, options),
      Error,
      "in another process",
    );
    await assertRejects(
      async () => await transport.connect({ kind: "unix", path: "/x" }, options),
      TypeError,
      `Cannot connect ${name} to a unix endpoint`,
    );
    listener.close();
  });
}

Deno.test("message-port carries whole messages to ends that pause, and that close at once", async () => {
  const bytes = 1_024 * 1_024;
  const outcomes = await trials(messagePort, "loop", [
    ["backpressure", { bytes, pause: 1 }, 1],
    ["closing", { bytes, close: "unsent" }, 1],
    ["ping-pong", { bytes: 64 }, 100],
  ]);
  assertEquals(outcomes.map(({ error }) => error), [undefined, undefined, undefined]);
});

async function readToEnd(channel: StreamChannel, largest: number): Promise<void> {
  const buffer = new Uint8Array(largest);
  while (await channel.read(buffer) !== null);
}

async function open(transport: StreamTransport) {
  const listener = await transport.listen(options);
  const client: StreamChannel = await transport.connect(listener.endpoint, options);
  const server = await listener.accept();
  return {
    client,
    server,
    close: () => [client, server, listener].forEach((end) => end.close()),
  };
}
