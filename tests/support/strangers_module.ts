/**
 * A user's module in whose trials a stranger sends datagrams: to the serving end before its client does, or after, or to the driving end.
 *
 * @module
 */

import type { SockbenchModule } from "../../src/catalog.ts";
import { fanIn as fanInScenario } from "../../src/scenario/fan_in.ts";
import { roundTrip } from "../../src/scenario/round_trip.ts";
import type { DatagramChannel } from "../../src/transport/channel.ts";
import { clients } from "../../src/workload/clients.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";
import type { DriveContext, ServeContext, Workload } from "../../src/workload/workload.ts";

/** Of the size that the trials exchange: nothing else gives them away. */
const MESSAGE = new Uint8Array(64);

/** Sends some datagrams to a channel's socket from one of its own, which is there for replies until it is disposed of. */
async function intrude(channel: DatagramChannel | undefined, count = 3): Promise<AsyncDisposable> {
  const { endpoint } = channel ?? {};
  if (endpoint?.kind === "ip") {
    const { hostname, port } = endpoint;
    const conn = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
    for (let i = 0; i < count; i++) await conn.send(MESSAGE, { transport: "udp", hostname, port });
    return { [Symbol.asyncDispose]: () => Promise.resolve(conn.close()) };
  }
  if (endpoint?.kind !== "unix") return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const path = `${endpoint.path}-stranger`;
  const conn = Deno.listenDatagram({ transport: "unixpacket", path });
  for (let i = 0; i < count; i++) {
    // The kernel keeps strangers from a connected socket, and says so to them.
    await conn.send(MESSAGE, { transport: "unixpacket", path: endpoint.path }).catch(() => {});
  }
  return {
    async [Symbol.asyncDispose]() {
      conn.close();
      await Deno.remove(path);
    },
  };
}

/** An object as it is, but for some of its methods. */
function withOther<T extends object>(object: T, others: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const value = Reflect.get(name in others ? others : target, name);
      return typeof value === "function" ? value.bind(name in others ? others : target) : value;
    },
  });
}

/** Does what the workload does, after a stranger has sent its messages to the serving socket. */
function atServeFirst(workload: Workload, name: string): Workload {
  return {
    ...workload,
    name,
    async serve(context) {
      const channel = await context.accept();
      await using _stranger = await intrude(channel?.mode === "datagram" ? channel : undefined);
      return await workload.serve(context);
    },
  };
}

/** The same, after the client's first message. */
function atServeLater(workload: Workload, name: string): Workload {
  return {
    ...workload,
    name,
    async serve(context) {
      const channel = await context.accept();
      if (channel?.mode !== "datagram") return;
      await using strangers = new AsyncDisposableStack();
      let seen = 0;
      const watched = withOther<DatagramChannel>(channel, {
        async receive(buffer) {
          const bytes = await channel.receive(buffer);
          if (++seen === 2) strangers.use(await intrude(channel));
          return bytes;
        },
      });
      const inner = withOther<ServeContext>(context, {
        accept: () => Promise.resolve(watched),
      });
      return await workload.serve(inner);
    },
  };
}

/** Does what the workload does, after a stranger has sent its messages to the driving socket. */
function atDrive(
  { pausable: _pausable, open: _open, ...workload }: Workload,
  name: string,
): Workload {
  // In one piece: a block that takes turns would open its cases without `drive`.
  return {
    ...workload,
    name,
    async drive(context: DriveContext) {
      await using strangers = new AsyncDisposableStack();
      const open = async () => {
        const channel = await context.open();
        if (channel.mode === "datagram") strangers.use(await intrude(channel));
        return channel;
      };
      return await workload.drive(withOther<DriveContext>(context, { open }));
    },
  };
}

const workloads = [
  atServeFirst(pingPong, "stranger-first"),
  atServeLater(pingPong, "stranger-later"),
  atDrive(pingPong, "stranger-at-drive"),
  atServeFirst(clients, "stranger-among-many"),
];

const module: SockbenchModule = {
  workloads,
  scenarios: workloads.map(({ name }) => ({
    ...name === "stranger-among-many" ? fanInScenario : roundTrip,
    id: name,
    workload: name,
    onDemand: true,
  })),
};

export default module;
