/** Where channels have the value when the call returns, the measured loops take it and never wait: a blocking driver is measured alone. */

import { assert, assertEquals } from "@std/assert";
import { workloads } from "../../src/workload/registry.ts";
import type { Channel } from "../../src/transport/channel.ts";
import type { DriveContext } from "../../src/workload/workload.ts";
import type { Params } from "../../src/model/params.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";

const OPERATIONS = 20;

/** Channels that answer at once, out of nowhere. */
const channels = {
  stream: {
    mode: "stream",
    read: (buffer) => buffer.length,
    write: (data) => data.length,
    closeWrite() {},
    close() {},
  },
  datagram: {
    mode: "datagram",
    endpoint: { kind: "memory", name: "nowhere" },
    send: (data) => data.length,
    // A reply is as long as the request; the buffer has room for one byte more.
    receive: (buffer) => buffer.length - 1,
    reply: (data) => data.length,
    close() {},
  },
} as const satisfies Record<Channel["mode"], Channel>;

const cases: readonly (readonly [workload: string, mode: Channel["mode"], params: Params])[] = [
  ["ping-pong", "stream", { bytes: 64 }],
  ["ping-pong", "datagram", { bytes: 64 }],
  ["split-request", "stream", { pattern: "write-write-read", header: 8, body: 8 }],
  ["bulk", "stream", { bytes: 64, read: 64 }],
  ["bulk", "datagram", { bytes: 64 }],
  ["connect", "stream", {}],
  ["connect-ping", "stream", { bytes: 64 }],
];

for (const [name, mode, params] of cases) {
  Deno.test(`${name} over a ${mode} that returns values makes its measured operations within one turn`, async () => {
    const workload = workloads.find((workload) => workload.name === name)!;
    let microtasksAtFirst: number | undefined;
    let microtasks = 0;
    let isMeasuring = false;
    let operations = 0;
    const count = () => {
      if (!isMeasuring) return;
      operations++;
      // Each call of a measured operation sees as many microtasks as the first one did: none ran in between.
      microtasksAtFirst ??= microtasks;
      assertEquals(microtasks, microtasksAtFirst, "the loop waited");
      queueMicrotask(() => microtasks++);
    };
    const channel = { ...channels[mode] } as Channel;
    if (channel.mode === "stream") {
      const { write } = channel;
      channel.write = (data) => (count(), write(data));
    } else {
      const { send } = channel;
      channel.send = (data) => (count(), send(data));
    }
    const context: DriveContext = {
      clock: new ScriptedClock(1_000),
      params,
      budget: { warmupNs: 0, measureNs: 1e9, maxOperations: OPERATIONS },
      open: () => {
        if (name === "connect") count();
        return channel;
      },
      begin: () => {
        isMeasuring = true;
        return Promise.resolve();
      },
      settle: () => Promise.resolve(0),
      hasMeasured: () => Promise.resolve(true),
      end: () => {
        isMeasuring = false;
        return Promise.resolve();
      },
    };
    const result = await workload.drive(context);
    assertEquals(result.operations, OPERATIONS);
    assert(operations >= OPERATIONS && microtasks === operations, `${operations}, ${microtasks}`);
  });
}
