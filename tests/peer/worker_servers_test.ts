import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { systemClock } from "../../src/clock.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import type { Params } from "../../src/model/params.ts";
import type { PeerKind } from "../../src/model/placement.ts";
import { loadCatalog } from "../../src/peer/load_catalog.ts";
import { openPeer } from "../../src/peer/open_peer.ts";
import type { PeerLink } from "../../src/peer/peer_link.ts";
import { runTrial } from "../../src/run/run_trial.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { someCase } from "../support/small_catalog.ts";

openKernel();
const catalog = await loadCatalog([]);

async function withPeer(
  peer: PeerKind,
  use: (link: PeerLink, directory: string) => Promise<void>,
): Promise<void> {
  await using directory = await createSocketDirectory();
  const given = { catalog, clock: systemClock, modules: [], directory: directory.path };
  const link = await openPeer(peer, given);
  try {
    await use(link, directory.path);
  } finally {
    await link.close();
  }
}

function trial(
  link: PeerLink,
  directory: string,
  [workload, transport]: readonly [string, string],
  params: Params,
  operations: number,
) {
  return runTrial({
    case: someCase(workload, transport, params, { peer: link.kind, operations }),
    transport: catalog.transports.get(transport)!,
    workload: catalog.workloads.get(workload)!,
    link,
    clock: systemClock,
    directory,
  });
}

Deno.test("workers share a port: each connection is served by one of them, and what each got adds up to the mean", async () => {
  for (const [peer, transport] of [["process", "tcp"], ["worker", "websocket"]] as const) {
    await withPeer(peer, async (link, directory) => {
      for (const workers of [1, 3]) {
        const params = { bytes: 16, connections: 24, workers };
        const outcome = await trial(link, directory, ["clients", transport], params, 240);
        assertEquals(outcome.error, undefined);
        assert(outcome.operations >= 240);
        const { leastAccepts, mostAccepts } = outcome.values!;
        if (workers === 1) assertEquals([leastAccepts, mostAccepts], [1, 1]);
        else {
          assert(leastAccepts! <= 1 && mostAccepts! >= 1);
          // 24 connections on three workers: eighths of what is fair.
          for (const share of [leastAccepts!, mostAccepts!]) assertEquals(share * 8 % 1, 0);
        }
      }
    });
  }
});

Deno.test("workers serve and close every connection of connect before the trial is over, and serve again after one that failed", async () => {
  await withPeer("process", async (link, directory) => {
    const first = await trial(link, directory, ["connect", "tcp"], { workers: 2 }, 30);
    assertEquals([first.error, first.operations], [undefined, 30]);
    const lonely = await trial(link, directory, ["connect", "unix"], { workers: 2 }, 30);
    assertStringIncludes(lonely.error!.message, "shares no port");
    const after = await trial(link, directory, ["connect", "tcp"], { workers: 2 }, 30);
    assertEquals([after.error, after.operations], [undefined, 30]);
  });
});
