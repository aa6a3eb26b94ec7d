// deno-lint-ignore-file no-sync-fn-in-async-fn
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { systemClock } from "../../src/clock.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import { decodeLines } from "../../src/peer/lines.ts";
import { loadCatalog } from "../../src/peer/load_catalog.ts";
import { openPeer } from "../../src/peer/open_peer.ts";
import { PeerError, type PeerLink, type ServeOrder } from "../../src/peer/peer_link.ts";
import type { PeerKind } from "../../src/model/placement.ts";
import { runTrial, type TrialOutcome } from "../../src/run/run_trial.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { removeSocketFile } from "../../src/transport/socket_file.ts";
import type { Params } from "../../src/model/params.ts";
import { someCase } from "../support/small_catalog.ts";

// The libc table lives as long as its thread: opened here, it is no leak of the first test.
openKernel();

const KINDS: readonly PeerKind[] = ["loop", "worker", "process"];
const FAULTY = import.meta.resolve("../support/faulty_module.ts");

interface Bench {
  readonly link: PeerLink;
  readonly directory: string;
  trial(workload: string, transport: string, params?: Params): Promise<TrialOutcome>;
}

async function withPeer(
  kind: PeerKind,
  modules: readonly string[],
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const directory = await createSocketDirectory();
  const catalog = await loadCatalog(modules);
  const link = await openPeer(kind, {
    catalog,
    clock: systemClock,
    modules,
    directory: directory.path,
  });
  try {
    await use({
      link,
      directory: directory.path,
      trial: (workload, transport, params = { bytes: 64 }) =>
        runTrial({
          case: someCase(workload, transport, params, { peer: kind }),
          transport: catalog.transports.get(transport)!,
          workload: catalog.workloads.get(workload)!,
          link,
          clock: systemClock,
          directory: directory.path,
        }),
    });
  } finally {
    await link.close();
    assertEquals([...Deno.readDirSync(directory.path)], [], "a socket file was left behind");
    await directory[Symbol.asyncDispose]();
  }
}

function someOrder(directory: string, transport = "unix"): ServeOrder {
  return {
    transport,
    workload: "ping-pong",
    params: { bytes: 64 },
    budget: { warmupNs: 0, measureNs: 1e6 },
    directory,
  };
}

for (const kind of KINDS) {
  Deno.test(`peer ${kind} serves trial after trial, over streams and datagrams`, async () => {
    await withPeer(kind, [], async ({ link, trial }) => {
      assertEquals(link.kind, kind);
      for (const transport of ["tcp", "unix", "udp", "unixpacket"]) {
        for (let repeat = 0; repeat < 2; repeat++) {
          const outcome = await trial("ping-pong", transport);
          assertEquals(outcome.error, undefined);
          assertEquals(outcome.operations, 20);
          assertEquals(outcome.peer, link.label);
        }
      }
    });
  });

  Deno.test(`peer ${kind} reports what it received and CPU time of both ends`, async () => {
    await withPeer(kind, [], async ({ trial }) => {
      const outcome = await trial("bulk", "unix", { bytes: 65_536, read: 16_384 });
      assertEquals(outcome.error, undefined);
      assert(outcome.cpu !== undefined);
      assertEquals(outcome.cpu!.serveNs !== undefined, kind === "process");
      const packets = await trial("bulk", "unixpacket", { bytes: 512 });
      // Unix datagrams push back instead of dropping.
      assertEquals(packets.tally.lostMessages, 0);
      assertEquals(packets.tally.receivedMessages, packets.tally.sentMessages);
    });
  });

  Deno.test(`peer ${kind} names what its serve half failed of, and closes cleanly`, async () => {
    await withPeer(kind, [FAULTY], async ({ trial }) => {
      const outcome = await trial("peer-throws", "tcp");
      assertStringIncludes(outcome.error!.message, "the serve half broke on purpose");
      assert(outcome.error!.kind !== "peer-died", "a failed serve half is no dead peer");
      assertEquals(outcome.operations, 0);
    });
  });

  Deno.test(`peer ${kind} closes in mid-trial without leaving a socket`, async () => {
    await withPeer(kind, [], async ({ link, directory }) => {
      await link.serve(someOrder(directory));
      await link.close();
      await link.close();
      // A killed process cannot remove its own file, and a worker that is ended may do so only now; the run's directory goes with the run.
      for (const entry of Deno.readDirSync(directory)) {
        removeSocketFile(`${directory}/${entry.name}`);
      }
    });
  });
}

for (const transport of ["tcp", "unix", "udp"]) {
  Deno.test(`a process peer that is killed in mid-trial over ${transport} ends it with an error that names it`, async () => {
    await withPeer("process", [], async ({ link, trial, directory }) => {
      const pid = Number(link.label.split(" ")[1]);
      const running = trial("ping-pong", transport);
      Deno.kill(pid, "SIGKILL");
      const outcome = await running;
      assertEquals(outcome.error?.kind, "peer-died");
      assertEquals(outcome.error?.message, `peer process ${pid} died (SIGKILL)`);
      await assertRejects(() => link.serve(someOrder(directory)), PeerError, "died");
      for (const entry of Deno.readDirSync(directory)) {
        Deno.removeSync(`${directory}/${entry.name}`);
      }
    });
  });
}

Deno.test("a process peer that exits by itself is named with its exit code", async () => {
  await withPeer("process", [FAULTY], async ({ link, trial }) => {
    const outcome = await trial("peer-exits", "udp");
    assertEquals(outcome.error?.message, `peer ${link.label} died (exit code 7)`);
  });
});

Deno.test("a process peer that writes rubbish to its standard output is named, a module that prints is not", async () => {
  await withPeer("process", [FAULTY], async ({ link, trial }) => {
    assertEquals((await trial("peer-prints", "tcp")).error, undefined);
    const outcome = await trial("peer-rubbish", "tcp");
    assertEquals(
      outcome.error?.message,
      `peer ${link.label} wrote something that is no answer: "rubbish"`,
    );
  });
});

for (const kind of ["worker", "process"] as const) {
  Deno.test(`a ${kind} peer whose module cannot be loaded says which`, async () => {
    const error = await assertRejects(
      () =>
        openPeer(kind, {
          catalog: undefined as never,
          clock: systemClock,
          modules: ["file:///nowhere/mine.ts"],
          directory: "/tmp",
        }),
      PeerError,
    );
    assertStringIncludes(error.message, "Cannot load module file:///nowhere/mine.ts");
  });
}

Deno.test("decodeLines() puts lines together that arrive in pieces, and drops one without its end", async () => {
  const bytes = new TextEncoder().encode("one\ntwö\n\nthree");
  for (const step of [1, 2, 3, 100]) {
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (let i = 0; i < bytes.length; i += step) controller.enqueue(bytes.slice(i, i + step));
        controller.close();
      },
    });
    assertEquals(await Array.fromAsync(decodeLines(stream)), ["one", "twö", ""]);
  }
});

Deno.test("loadCatalog() refuses a module that exits while it loads, and the process lives on", async () => {
  const module = "data:application/javascript,Deno.exit(0); export default {}";
  const error = await assertRejects(() => loadCatalog([module]), Error, "Cannot load module");
  assertStringIncludes(error.message, "it calls Deno.exit while it loads");
});

Deno.test("loadCatalog() refuses a module without a default export", async () => {
  const module = "data:application/javascript,export const x = 1";
  await assertRejects(() => loadCatalog([module]), Error, "it must export default");
});
