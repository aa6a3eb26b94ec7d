// Main module of the `worker` peer. Started by {@link openWorkerLink}; the first message names the modules to load.

import { systemClock } from "../clock.ts";
import { describeHost } from "./host.ts";
import { loadCatalog } from "./load_catalog.ts";
import { createResponder, PEER_PROTOCOL, type PeerAnswer, type PeerRequest } from "./message.ts";
import { openWorkerLink } from "./worker_link.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  postMessage(answer: PeerAnswer, transfer?: readonly MessagePort[]): void;
};

scope.onmessage = async (event) => {
  try {
    const modules = event.data as readonly string[];
    const catalog = await loadCatalog(modules);
    // CPU time is the process's and the driver reads it there: a worker is a thread of it.
    const respond = createResponder(
      catalog,
      systemClock,
      () => null,
      () => openWorkerLink(modules),
    );
    scope.onmessage = async (event) => {
      const answer = await respond(event.data as PeerRequest);
      scope.postMessage(answer, portsOf(answer));
    };
    scope.postMessage({ answer: "ready", protocol: PEER_PROTOCOL, environment: describeHost() });
  } catch (error) {
    scope.postMessage({ answer: "failed", message: (error as Error).message });
  }
};

/** The port of an endpoint, which changes hands. */
function portsOf(answer: PeerAnswer): readonly MessagePort[] {
  const { port } = ("value" in answer ? answer.value : undefined) as { port?: unknown } ?? {};
  return port instanceof MessagePort ? [port] : [];
}
