import { assert, assertEquals } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { getAffinity } from "../../src/kernel/affinity.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import { openPeer } from "../../src/peer/open_peer.ts";
import { findPinning } from "../../src/peer/pin_thread.ts";
import type { PeerKind, Pin } from "../../src/model/placement.ts";
import { choosePlacement } from "../../src/plan/placement.ts";
import { runTrial, type TrialOutcome } from "../../src/run/run_trial.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import type { Params } from "../../src/model/params.ts";
import { someCase } from "../support/small_catalog.ts";
import { LIBC, needs, TWO_CORES } from "../support/needs.ts";

const kernel = openKernel();
const cores = kernel.available ? getAffinity() : [];
const catalog = createCatalog();

interface Wanted {
  readonly workload?: string;
  readonly transport?: string;
  readonly params?: Params;
  readonly pin?: Pin;
  readonly operations?: number;
}

type Trials = (wanted: Wanted) => Promise<TrialOutcome>;

/** Trials over real sockets with one peer, which serves them all. */
async function withTrials(peer: PeerKind, use: (trial: Trials) => Promise<void>): Promise<void> {
  await using directory = await createSocketDirectory();
  const clock = systemClock;
  const common = { clock, directory: directory.path };
  const link = await openPeer(peer, { ...common, catalog, modules: [] });
  try {
    await use(async (wanted) => {
      const { workload = "ping-pong", transport = "tcp", params = { bytes: 64 } } = wanted;
      const { pin = "none", operations = 20 } = wanted;
      const choice = choosePlacement(peer, pin, [], findPinning());
      if (!("placement" in choice)) throw new Error(choice.reason);
      const { placement } = choice;
      const outcome = await runTrial({
        ...common,
        case: {
          ...someCase(workload, transport, params, { operations, peer }),
          placement,
        },
        transport: catalog.transports.get(transport)!,
        workload: catalog.workloads.get(workload)!,
        link,
      });
      assertEquals(outcome.error, undefined);
      return outcome;
    });
  } finally {
    await link.close();
  }
}

for (const peer of ["worker", "process"] as const) {
  Deno.test({
    ...needs(
      `runTrial() keeps both ends with peer ${peer} on one core with pin same, and on one each with cross`,
      TWO_CORES,
    ),
    async fn() {
      await withTrials(peer, async (trial) => {
        const [first, second] = cores.map(String);
        const same = (await trial({ pin: "same" })).settings;
        assertEquals([same.driveCore, same.serveCore], [first, first]);
        assertEquals([same.driveAffinity, same.serveAffinity], [first, first]);
        const cross = (await trial({ pin: "cross" })).settings;
        assertEquals([cross.driveCore, cross.serveCore], [first, second]);
        assertEquals([cross.driveAffinity, cross.serveAffinity], [first, second]);
      });
    },
  });

  Deno.test({
    ...needs(
      `runTrial() gives both ends with peer ${peer} their cores back after a pinned trial`,
      LIBC,
    ),
    async fn() {
      await withTrials(peer, async (trial) => {
        await trial({ pin: "same" });
        assertEquals(getAffinity(), cores);
        const { settings } = await trial({});
        const all = cores.join(",");
        assertEquals([settings.driveAffinity, settings.serveAffinity], [all, all]);
      });
    },
  });
}

Deno.test({
  ...needs(
    "runTrial() pins a peer on the driver's own thread with it, and the thread is free afterwards",
    LIBC,
  ),
  async fn() {
    await withTrials("loop", async (trial) => {
      const { settings, counters } = await trial({ pin: "same" });
      assertEquals([settings.driveCore, settings.serveCore], [String(cores[0]), undefined]);
      assert(Object.keys(counters!).every((name) => !name.startsWith("serve.")));
      assertEquals(getAffinity(), cores);
    });
  },
});

Deno.test({
  ...needs("runTrial() gives the cores back when a trial fails", LIBC),
  async fn() {
    await using directory = await createSocketDirectory();
    const common = { clock: systemClock, directory: directory.path };
    const link = await openPeer("loop", { ...common, catalog, modules: [] });
    const broken = {
      ...catalog.workloads.get("ping-pong")!,
      drive: () => Promise.reject(new Error("on purpose")),
    };
    const outcome = await runTrial({
      ...common,
      case: {
        ...someCase("ping-pong", "tcp", { bytes: 64 }),
        placement: { peer: "loop", pin: "same", cores: { drive: cores[0]!, serve: cores[0]! } },
      },
      transport: catalog.transports.get("tcp")!,
      workload: broken,
      link,
    });
    await link.close();
    assertEquals(outcome.error?.message, "on purpose");
    assertEquals(getAffinity(), cores);
  },
});

Deno.test({
  ...needs(
    "runTrial() fails a trial whose core cannot be had, in one sentence, and changes nothing",
    LIBC,
  ),
  async fn() {
    await using directory = await createSocketDirectory();
    const common = { clock: systemClock, directory: directory.path };
    const link = await openPeer("loop", { ...common, catalog, modules: [] });
    const outcome = await runTrial({
      ...common,
      case: {
        ...someCase("ping-pong", "tcp", { bytes: 64 }),
        placement: { peer: "loop", pin: "same", cores: { drive: 8_000, serve: 8_000 } },
      },
      transport: catalog.transports.get("tcp")!,
      workload: catalog.workloads.get("ping-pong")!,
      link,
    });
    await link.close();
    assertEquals(outcome.error!.kind, "not-pinned");
    assert(outcome.error!.message.startsWith("Cannot pin to core 8000"), outcome.error!.message);
    assertEquals(getAffinity(), cores);
  },
});

Deno.test({
  ...needs("runTrial() reads Nagle back from the kernel at both ends as it was asked for", LIBC),
  async fn() {
    await withTrials("process", async (trial) => {
      for (const nagle of ["on", "off"]) {
        const { settings } = await trial({ params: { bytes: 64, nagle } });
        assertEquals(settings.nagle, nagle);
        // The peer's setting is listed where it differs.
        assertEquals(settings["serve.nagle"], undefined);
        assert(/^\d+ B$/.test(settings.sendBuffer!), settings.sendBuffer);
        assert(settings.congestion !== undefined);
      }
    });
  },
});

Deno.test({
  ...needs("runTrial() counts at least as many UDP datagrams as it sent and received", LIBC),
  async fn() {
    await withTrials("process", async (trial) => {
      const operations = 300;
      const { counters, tally } = await trial({ transport: "udp", operations });
      assertEquals(tally.sentBytes, operations * 64);
      // Each exchange is a request and a reply; others on this machine may talk as well.
      assert(counters!["Udp.OutDatagrams"]! >= 2 * operations, JSON.stringify(counters));
      assert(counters!["Udp.InDatagrams"]! >= 2 * operations, JSON.stringify(counters));
    });
  },
});

Deno.test({
  ...needs("runTrial() counts of its own connection exactly the bytes it sent and received", LIBC),
  async fn() {
    await withTrials("process", async (trial) => {
      const operations = 200;
      const { counters } = await trial({ operations, params: { bytes: 64, nagle: "off" } });
      assertEquals(counters!["socket.bytesSent"], 64 * operations);
      assertEquals(counters!["socket.bytesReceived"], 64 * operations);
      assert(counters!["socket.segsOut"]! >= operations);
      assert(counters!["socket.rttNs"]! > 0);
    });
  },
});

Deno.test({
  ...needs("runTrial() finds no evidence of a connection in a transport that is none", LIBC),
  async fn() {
    await withTrials("loop", async (trial) => {
      for (const transport of ["unix", "udp"]) {
        const { counters, settings } = await trial({ transport });
        assertEquals(Object.keys(counters!).filter((name) => name.startsWith("socket.")), []);
        assertEquals(settings.nagle, undefined);
      }
    });
  },
});
