// Starts a peer in a worker: a thread with its own event loop and heap in the process that starts it.

import { mainUrl } from "../mains.ts";
import { createMessageLink, type PeerAnswer, whenReady } from "./message.ts";
import type { PeerLink } from "./peer_link.ts";

let started = 0;

/** Resolves when the worker is ready for its first order. `modules`: to load there. */
export async function openWorkerLink(modules: readonly string[]): Promise<PeerLink> {
  const worker = new Worker(mainUrl("worker"), { type: "module" });
  const link = createMessageLink("worker", `worker ${++started}`, {
    send: (request) => worker.postMessage(request),
    end: () => worker.terminate(),
  });
  worker.onmessage = (event: MessageEvent<PeerAnswer>) => link.take(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    link.fail(`died (${event.message})`);
  };
  worker.postMessage(modules);
  return await whenReady(link);
}
