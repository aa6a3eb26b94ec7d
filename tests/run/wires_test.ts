import { assertEquals } from "@std/assert";
import { watchWire, withWire } from "../../src/run/wires.ts";
import type { ForeignSocket } from "../../src/kernel/foreign_sockets.ts";
import type { Trial } from "../../src/model/trial.ts";

const at = (port: number) => ({ kind: "ip", hostname: "127.0.0.1", port }) as const;

function socketOf(rest: Partial<ForeignSocket>): ForeignSocket {
  return {
    fd: 9,
    type: "stream",
    local: at(1000),
    remote: undefined,
    listening: false,
    cookie: 1n,
    settings: {},
    ...rest,
  };
}

const TCP: readonly ForeignSocket[] = [
  socketOf({ listening: true, backlog: 511 }),
  socketOf({ remote: at(2000), settings: { nagle: "off", sendBuffer: "16384 B" } }),
  socketOf({ local: at(2000), remote: at(1000), settings: { nagle: "on", sendBuffer: "16384 B" } }),
];

/** A trial that ends once its sockets were looked at so often. */
function trialOf(looks: number) {
  const over = Promise.withResolvers<void>();
  return { measure: () => over.promise, look: () => --looks === 0 && over.resolve() };
}

Deno.test("watchWire() looks until both ends of a connection are there, and has the serving end's where they differ", async () => {
  const trial = trialOf(3);
  const seen = [[], TCP.slice(0, 2), TCP];
  const wire = await watchWire(4711, "tcp@node", trial.measure, (pid) => {
    assertEquals(pid, 4711);
    trial.look();
    return seen.shift()!;
  });
  assertEquals(wire, { nagle: "on", sendBuffer: "16384 B", "serve.nagle": "off", backlog: "511" });
});

Deno.test("watchWire() finds no wire where the trial ends first, and the reason where nobody may look", async () => {
  const trial = trialOf(2);
  const looked = () => {
    trial.look();
    return [];
  };
  assertEquals(await watchWire(1, "tcp@node", trial.measure, looked), undefined);
  const refused = trialOf(1);
  assertEquals(
    await watchWire(1, "tcp@node", refused.measure, () => {
      refused.look();
      throw new Error("Cannot read the sockets of process 1: Operation not permitted (EPERM)");
    }),
    { reason: "Cannot read the sockets of process 1: Operation not permitted (EPERM)" },
  );
});

Deno.test("watchWire() takes a pair of datagram sockets as the ends", async () => {
  const trial = trialOf(1);
  const pair = [
    socketOf({ type: "datagram", settings: { receiveBuffer: "1 B" } }),
    socketOf({ type: "datagram", local: at(7), settings: { receiveBuffer: "2 B" } }),
  ];
  const wire = await watchWire(1, "udp@node", trial.measure, () => {
    trial.look();
    return pair;
  });
  assertEquals(wire, { receiveBuffer: "2 B", "serve.receiveBuffer": "1 B" });
});

const settled = (settings: Trial["settings"]) => ({ settings }) as Trial;

Deno.test("withWire() replaces what was only asked for, and adds the backlog to what a runtime read back itself", () => {
  const wire = { nagle: "off", sendBuffer: "16384 B", backlog: "511" };
  assertEquals(
    withWire(settled({ nagle: "on (not read back: there is no FFI)" }), wire).settings,
    wire,
  );
  const own = { nagle: "on", sendBuffer: "4194304 B" };
  assertEquals(withWire(settled(own), wire).settings, { ...own, backlog: "511" });
  assertEquals(withWire(settled(own), undefined).settings, own);
  assertEquals(
    withWire(settled({ nagle: "on (not read back: there is no FFI)" }), { reason: "EPERM" })
      .settings,
    { nagle: "on (not read back: EPERM)" },
  );
});
