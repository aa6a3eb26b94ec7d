// PeerLink as messages, for carriers that cross a thread or a process. One request at a time, each with one answer.

import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import type { Endpoint } from "../transport/channel.ts";
import {
  PeerError,
  type PeerLink,
  type PeerMark,
  type ServeOrder,
  type ServeReport,
} from "./peer_link.ts";
import { readHealthMark } from "./health_mark.ts";
import { pinThread } from "./pin_thread.ts";
import { ServeHalf } from "./serve_half.ts";
import { readThreadMark } from "./thread_mark.ts";

/** What the driver asks of a peer. */
export type PeerRequest =
  | { readonly ask: "serve"; readonly order: ServeOrder }
  | { readonly ask: "settle"; readonly connections: number }
  | { readonly ask: "measured" }
  | { readonly ask: "mark" }
  | { readonly ask: "finish"; readonly senders?: readonly Endpoint[] };

/** What a peer answers. `ready` comes once, unasked, when it can take requests. */
export type PeerAnswer =
  | { readonly answer: "ready" }
  | { readonly answer: "serve"; readonly endpoint: Endpoint }
  | { readonly answer: "settle" }
  | { readonly answer: "measured"; readonly hasMeasured: boolean }
  | { readonly answer: "mark"; readonly mark: PeerMark }
  | { readonly answer: "finish"; readonly report: ServeReport }
  | { readonly answer: "failed"; readonly message: string };

/** The peer's side: carries out requests on a thread of its own. A failure is an answer, so that the peer lives on. */
export function createResponder(
  catalog: Catalog,
  clock: Clock,
  cpuNs: () => number | null | undefined,
): (request: PeerRequest) => Promise<PeerAnswer> {
  let half: ServeHalf | undefined;
  let pinned: Disposable | undefined;
  const end = () => {
    half = undefined;
    pinned?.[Symbol.dispose]();
    pinned = undefined;
  };
  return async (request) => {
    try {
      switch (request.ask) {
        case "serve":
          await half?.abort();
          end();
          pinned = pinThread(request.order.core);
          half = await ServeHalf.start(request.order, catalog, clock);
          return { answer: "serve", endpoint: half.endpoint };
        case "settle":
          await half?.settle(request.connections);
          return { answer: "settle" };
        case "measured":
          return { answer: "measured", hasMeasured: half?.hasMeasured ?? true };
        case "mark": {
          half?.mark();
          const thread = readThreadMark();
          const health = readHealthMark();
          const mark: PeerMark = {
            cpuNs: cpuNs(),
            ...(thread !== undefined && { thread }),
            ...(health !== undefined && { health }),
          };
          return { answer: "mark", mark };
        }
        case "finish": {
          if (half === undefined) throw new Error("no serve half is running");
          const report = await half.finish(request.senders);
          end();
          return { answer: "finish", report };
        }
      }
    } catch (error) {
      await half?.abort();
      end();
      return { answer: "failed", message: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** How a message carrier is reached. */
export interface Carrier {
  /** Hands a request over. */
  send(request: PeerRequest): void | Promise<void>;
  /** Ends the peer at once. */
  end(): void | Promise<void>;
}

/** The driver's side of a message carrier: a PeerLink, plus what the carrier calls when something comes in. */
export interface MessageLink extends PeerLink {
  /** Resolves when the peer is ready for its first request. */
  readonly ready: Promise<void>;
  /** Takes an answer from the carrier. */
  take(answer: PeerAnswer): void;
  /** Takes the news that the peer is gone or violates the protocol; `reason` follows its label, as in "died (SIGKILL)". */
  fail(reason: string): void;
}

/** Builds the driver's side of a message carrier. */
export function createMessageLink(
  kind: PeerLink["kind"],
  label: string,
  carrier: Carrier,
): MessageLink {
  const ready = Promise.withResolvers<void>();
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => {});
  ready.promise.catch(() => {});
  let waiting: PromiseWithResolvers<PeerAnswer> | undefined;
  let closed = false;
  let isReady = false;

  function fail(reason: string): void {
    if (closed) return;
    const error = new PeerError("peer-died", `peer ${label} ${reason}`);
    died.reject(error);
    ready.reject(error);
  }

  async function ask<K extends PeerAnswer["answer"]>(
    request: PeerRequest,
    expected: K,
  ): Promise<Extract<PeerAnswer, { answer: K }>> {
    waiting = Promise.withResolvers<PeerAnswer>();
    const { promise } = waiting;
    await carrier.send(request);
    const answer = await Promise.race([promise, died.promise]);
    if (answer.answer === "failed") {
      throw new PeerError("peer-failed", `peer ${label} failed: ${answer.message}`);
    }
    if (answer.answer !== expected) {
      throw new PeerError(
        "peer-failed",
        `peer ${label} answered "${answer.answer}" to "${request.ask}"`,
      );
    }
    return answer as Extract<PeerAnswer, { answer: K }>;
  }

  return {
    kind,
    label,
    died: died.promise,
    ready: ready.promise,
    take(answer) {
      if (answer.answer === "ready") {
        isReady = true;
        ready.resolve();
      } else if (answer.answer === "failed" && !isReady) fail(`could not start: ${answer.message}`);
      else waiting?.resolve(answer);
    },
    fail,
    serve: async (order) => (await ask({ ask: "serve", order }, "serve")).endpoint,
    settle: async (connections) => void await ask({ ask: "settle", connections }, "settle"),
    hasMeasured: async () => (await ask({ ask: "measured" }, "measured")).hasMeasured,
    mark: async () => (await ask({ ask: "mark" }, "mark")).mark,
    finish: async (senders) =>
      (await ask({ ask: "finish", ...(senders !== undefined && { senders }) }, "finish")).report,
    async close() {
      if (closed) return;
      closed = true;
      await carrier.end();
    },
  };
}

/** How long a peer may take to be ready, in milliseconds: its modules may have to be fetched. */
const START_PATIENCE_MS = 60_000;

/**
 * Waits until a peer is ready.
 *
 * @throws {PeerError} when it cannot start, or is not ready within {@link START_PATIENCE_MS}; it is closed then.
 */
export async function whenReady(link: MessageLink): Promise<MessageLink> {
  const timer = setTimeout(
    () => link.fail(`could not start: it was not ready within ${START_PATIENCE_MS / 1e3} s`),
    START_PATIENCE_MS,
  );
  try {
    await link.ready;
    return link;
  } catch (error) {
    await link.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
