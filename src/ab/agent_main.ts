/**
 * Main module of an agent: measures the trials it is asked for, with its own peer, until its standard input ends.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import type { Catalog } from "../catalog.ts";
import { systemClock } from "../clock.ts";
import { decodeLines } from "../peer/lines.ts";
import { loadCatalog } from "../peer/load_catalog.ts";
import { openPeer } from "../peer/open_peer.ts";
import type { PeerLink } from "../peer/peer_link.ts";
import { runTrial, type TrialOutcome } from "../run/run_trial.ts";
import type { Case } from "../plan/case.ts";
import {
  type AgentAnswer,
  type AgentOrder,
  type AgentRequest,
  PROTOCOL,
} from "./agent_protocol.ts";
import { slowedTransport } from "./slowed_transport.ts";

// Standard output belongs to the protocol; what a user's module prints goes to standard error.
// deno-lint-ignore no-console
console.log = console.info = console.debug = console.error;
// Ctrl-C reaches the whole process group; the driver decides what it means.
Deno.addSignalListener("SIGINT", () => {});

const encoder = new TextEncoder();

async function answer(message: AgentAnswer): Promise<void> {
  const bytes = encoder.encode(JSON.stringify(message) + "\n");
  for (let sent = 0; sent < bytes.length;) sent += await Deno.stdout.write(bytes.subarray(sent));
}

async function openCatalog({ modules, slowdown }: AgentOrder): Promise<Catalog> {
  const catalog = await loadCatalog(modules);
  if (slowdown === undefined) return catalog;
  const transports = [...catalog.transports].map(([id, transport]) =>
    [id, slowedTransport(transport, slowdown, systemClock)] as const
  );
  return { ...catalog, transports: new Map(transports) };
}

async function serve(order: AgentOrder): Promise<void> {
  const catalog = await openCatalog(order);
  const { directory, modules, peer } = order;
  let link: PeerLink | undefined;
  async function trial(c: Case): Promise<TrialOutcome> {
    const transport = catalog.transports.get(c.transport);
    const workload = catalog.workloads.get(c.workload);
    if (transport === undefined || workload === undefined) {
      throw new Error(
        `this subject has no ${transport ? `workload ${c.workload}` : `transport ${c.transport}`}`,
      );
    }
    link ??= await openPeer(peer, { catalog, clock: systemClock, modules, directory });
    const outcome = await runTrial({
      case: c,
      transport,
      workload,
      link,
      clock: systemClock,
      directory,
    });
    if (outcome.error !== undefined) {
      await link.close();
      link = undefined;
    }
    return outcome;
  }
  await answer({
    answer: "ready",
    protocol: PROTOCOL,
    versions: { ...Deno.version, sockbench: config.version },
  });
  for await (const line of decodeLines(Deno.stdin.readable)) {
    const request = JSON.parse(line) as AgentRequest;
    try {
      await answer({ answer: "trial", outcome: await trial(request.case) });
    } catch (error) {
      await answer({ answer: "failed", message: (error as Error).message });
    }
  }
  await link?.close();
}

try {
  await serve(JSON.parse(Deno.args[0]!) as AgentOrder);
} catch (error) {
  await answer({ answer: "failed", message: (error as Error).message });
}
Deno.exit(0);
