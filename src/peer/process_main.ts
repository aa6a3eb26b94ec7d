// Main module of the `process` peer; its arguments are the modules to load.

import { systemClock } from "../clock.ts";
import { processCpuNs } from "./cpu_time.ts";
import { describeHost, hostArgs, serveLines } from "./host.ts";
import { loadCatalog } from "./load_catalog.ts";
import { createResponder, PEER_PROTOCOL, type PeerAnswer, type PeerRequest } from "./message.ts";
import { openWorkerLink } from "./worker_link.ts";

await serveLines<PeerRequest, PeerAnswer>(async () => ({
  respond: createResponder(
    await loadCatalog(hostArgs()),
    systemClock,
    processCpuNs,
    () => openWorkerLink(hostArgs()),
  ),
  ready: { answer: "ready", protocol: PEER_PROTOCOL, environment: describeHost() },
  // What it holds ends with the process.
  [Symbol.asyncDispose]: () => Promise.resolve(),
}), (message) => ({ answer: "failed", message }));
