import { assert, assertEquals, assertRejects } from "@std/assert";
import { systemClock } from "../../src/clock.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import { loadCatalog } from "../../src/peer/load_catalog.ts";
import { createMessageLink, PEER_PROTOCOL, whenReady } from "../../src/peer/message.ts";
import { openPeer } from "../../src/peer/open_peer.ts";
import { PeerError, type PeerLink, type PeerSlot } from "../../src/peer/peer_link.ts";
import type { PeerKind } from "../../src/model/placement.ts";
import { runTrial, type TrialOutcome } from "../../src/run/run_trial.ts";
import type { Channel, Endpoint } from "../../src/transport/channel.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { LIBC, needs } from "../support/needs.ts";
import { someCase } from "../support/small_catalog.ts";

// The libc table lives as long as its thread: opened here, it is no leak of the first test.
openKernel();

const KINDS: readonly PeerKind[] = ["loop", "worker", "process"];
const catalog = await loadCatalog([]);

async function withPeer(
  kind: PeerKind,
  use: (link: PeerLink, directory: string) => Promise<void>,
): Promise<void> {
  await using directory = await createSocketDirectory();
  const given = { catalog, clock: systemClock, modules: [], directory: directory.path };
  const link = await openPeer(kind, given);
  try {
    await use(link, directory.path);
  } finally {
    await link.close();
  }
}

function order(transport: string, directory: string, workload = "ping-pong") {
  const budget = { warmupNs: 0, measureNs: 1e6 };
  return { transport, workload, params: { bytes: 4 }, budget, directory };
}

async function connect(transport: string, endpoint: Endpoint, directory: string): Promise<Channel> {
  const own = catalog.transports.get(transport)!;
  return own.mode === "stream"
    ? await own.connect(endpoint, { directory })
    : await own.bind({ directory, remote: endpoint });
}

async function exchange(channel: Channel): Promise<void> {
  const sent = new Uint8Array(4);
  const back = new Uint8Array(4);
  if (channel.mode === "stream") {
    await channel.write(sent);
    assertEquals(await channel.read(back), 4);
  } else {
    await channel.send(sent);
    assertEquals(await channel.receive(back), 4);
  }
}

for (const kind of KINDS) {
  Deno.test(`peer ${kind} serves several slots at once, and ends each by itself`, async () => {
    await withPeer(kind, async (link, directory) => {
      const open: { slot: PeerSlot; channel: Channel }[] = [];
      for (const transport of ["tcp", "udp", "tcp"]) {
        const slot = await link.serve(order(transport, directory));
        const channel = await connect(transport, slot.endpoint, directory);
        if (channel.mode === "stream") slot.admit(channel.ends!()!.local);
        open.push({ slot, channel });
      }
      for (let pass = 0; pass < 3; pass++) for (const { channel } of open) await exchange(channel);
      const [first, datagrams, last] = open;
      first!.channel.close();
      await first!.slot.finish();
      await assertRejects(() => first!.slot.finish());
      await exchange(last!.channel);
      await datagrams!.slot.abort();
      await last!.slot.mark();
      await exchange(last!.channel);
      for (const { channel } of open) channel.close();
      assertEquals((await last!.slot.finish()).tally, {});
    });
  });

  Deno.test(`peer ${kind} says where it runs`, async () => {
    await withPeer(kind, (link) => {
      assert(link.environment.runtime.startsWith("Deno/"));
      assertEquals(link.environment.pid === Deno.pid, kind !== "process");
      return Promise.resolve();
    });
  });
}

Deno.test({
  ...needs("a peer refuses slots of two cores at once", LIBC),
  async fn() {
    await withPeer("process", async (link, directory) => {
      const slot = await link.serve({ ...order("tcp", directory), core: 0 });
      await link.serve({ ...order("tcp", directory), core: 0 });
      await assertRejects(() => link.serve(order("tcp", directory)), PeerError, "core 0 already");
      await slot.abort();
    });
  },
});

Deno.test("whenReady() refuses a peer that speaks another version of the protocol", async () => {
  let ended = 0;
  const link = createMessageLink("process", "process 7", { send() {}, end: () => void ended++ });
  const environment = { runtime: "Deno/1", platform: "linux x64", pid: 7 };
  link.take({ answer: "ready", protocol: PEER_PROTOCOL - 1, environment });
  await assertRejects(
    () => whenReady(link),
    PeerError,
    `speaks version ${PEER_PROTOCOL - 1} of the protocol, not ${PEER_PROTOCOL}`,
  );
  assertEquals(ended, 1);
});

Deno.test("an answer that comes late is not taken for that of another request", async () => {
  const asked: number[] = [];
  const link = createMessageLink("process", "process 7", {
    send: ({ id }) => void asked.push(id),
    end() {},
  });
  const environment = { runtime: "Deno/1", platform: "linux x64", pid: 7 };
  link.take({ answer: "ready", protocol: PEER_PROTOCOL, environment });
  const peer = await link.ready;
  const given = [order("tcp", "/a"), order("tcp", "/b")].map((one) => peer.serve(one));
  const [first, second] = asked;
  const endpoint = (name: string) => ({ kind: "memory", name });
  link.take({ answer: "done", id: second!, value: endpoint("b") });
  link.take({ answer: "failed", id: first!, message: "no room" });
  await assertRejects(() => given[0]!, PeerError, "peer process 7 failed: no room");
  assertEquals((await given[1]!).endpoint, { kind: "memory", name: "b" });
  link.take({ answer: "done", id: first!, value: endpoint("a") });
});

/** A process of another that connects to a listener as soon as it is there, and says something. */
async function strangerAt({ endpoint }: PeerSlot): Promise<AsyncDisposable> {
  const address = endpoint.kind === "ip"
    ? { hostname: endpoint.hostname, port: endpoint.port }
    : { transport: "unix", path: (endpoint as { path: string }).path };
  const code = `const c = await Deno.connect(${JSON.stringify(address)});
    await c.write(new Uint8Array(64)); console.log("in"); await c.read(new Uint8Array(1));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", code],
    stdout: "piped",
    stderr: "null",
    cwd: "/",
  }).spawn();
  const reader = child.stdout.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "in\n");
  return {
    async [Symbol.asyncDispose]() {
      await reader.cancel();
      try {
        child.kill();
      } catch { /* it is gone */ }
      await child.status;
    },
  };
}

async function trialWithStranger(
  transport: string,
  workload: string,
): Promise<TrialOutcome> {
  let outcome: TrialOutcome | undefined;
  await withPeer("process", async (link, directory) => {
    await using strangers = new AsyncDisposableStack();
    outcome = await runTrial({
      case: someCase(workload, transport, { bytes: 64 }, { peer: "process" }),
      transport: catalog.transports.get(transport)!,
      workload: catalog.workloads.get(workload)!,
      link: {
        ...link,
        async serve(given) {
          const slot = await link.serve(given);
          strangers.use(await strangerAt(slot));
          return slot;
        },
      },
      clock: systemClock,
      directory,
    });
  });
  return outcome!;
}

for (const transport of ["tcp", "unix", "tcp@libc", "unix@libc"]) {
  Deno.test({
    ...needs(`a stranger that connects over ${transport} first is not taken for the client`, LIBC),
    async fn() {
      const { error, operations } = await trialWithStranger(transport, "ping-pong");
      assertEquals({ error, operations }, { error: undefined, operations: 20 });
    },
  });
}

Deno.test("a trial of many connections in which a stranger was served has failed, and says so", async () => {
  const { error } = await trialWithStranger("tcp", "connect-ping");
  assertEquals(error, {
    kind: "foreign-connections",
    message: "1 connection was not opened by the trial itself",
  });
});
