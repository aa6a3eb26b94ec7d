// The protocol as messages, for carriers that cross a thread or a process. Requests may overlap: each has a number, which its answer repeats.

import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import type { Endpoint } from "../transport/channel.ts";
import {
  type DrivenEnds,
  type PeerEnvironment,
  PeerError,
  type PeerLink,
  type PeerMark,
  type PeerSlot,
  type Served,
  type ServeOrder,
  type ServeReport,
} from "./peer_link.ts";
import { Slots } from "./slots.ts";

/** Raise this whenever a message changes its meaning: a peer of another version is refused. */
export const PEER_PROTOCOL = 4;

/** What the driver asks of a peer; `id` is unlike that of any request before. */
export type PeerRequest =
  & { readonly id: number; readonly slot: number }
  & (
    | { readonly ask: "serve"; readonly order: ServeOrder }
    | { readonly ask: "admit"; readonly client: string }
    | { readonly ask: "settle"; readonly connections: number }
    | { readonly ask: "served" }
    | { readonly ask: "measured" }
    | { readonly ask: "mark" }
    | { readonly ask: "finish"; readonly ends: DrivenEnds }
    | { readonly ask: "abort" }
  );

/** What a peer answers. `ready` and `failed` without `id` come once, unasked: it can take requests, or never will. */
export type PeerAnswer =
  | { readonly answer: "ready"; readonly protocol: number; readonly environment: PeerEnvironment }
  | { readonly answer: "failed"; readonly id?: number; readonly message: string }
  | { readonly answer: "done"; readonly id: number; readonly value?: unknown };

/** The peer's side: carries out requests on a thread of its own. A failure is an answer, so that the peer lives on. */
export function createResponder(
  catalog: Catalog,
  clock: Clock,
  cpuNs: () => number | null | undefined,
  openWorker: () => Promise<PeerLink>,
): (request: PeerRequest) => Promise<PeerAnswer> {
  const slots = new Slots(catalog, clock, cpuNs, openWorker);
  return async (request) => {
    const { id, slot } = request;
    try {
      return { answer: "done", id, value: await carryOut(slots, request) };
    } catch (error) {
      await slots.abort(slot);
      return { answer: "failed", id, message: error instanceof Error ? error.message : `${error}` };
    }
  };
}

function carryOut(slots: Slots, request: PeerRequest): unknown {
  switch (request.ask) {
    case "serve":
      return slots.serve(request.slot, request.order);
    case "admit":
      return slots.half(request.slot).admit(request.client);
    case "settle":
      return slots.half(request.slot).settle(request.connections);
    case "served":
      return slots.half(request.slot).served;
    case "measured":
      return slots.half(request.slot).hasMeasured;
    case "mark":
      return slots.mark(request.slot);
    case "finish":
      return slots.finish(request.slot, request.ends);
    case "abort":
      return slots.abort(request.slot);
  }
}

export interface Carrier {
  send(request: PeerRequest): void | Promise<void>;
  end(): void | Promise<void>;
}

/** The driver's side of a message carrier, before the peer is ready: what the carrier calls when something comes in. */
export interface MessageLink {
  /** Resolves when the peer is ready for its first request. */
  readonly ready: Promise<PeerLink>;
  take(answer: PeerAnswer): void;
  /** Takes the news that the peer is gone or violates the protocol; `reason` follows its label, as in "died (SIGKILL)". */
  fail(reason: string): void;
  close(): Promise<void>;
}

/** Builds the driver's side of a message carrier. */
export function createMessageLink(
  kind: PeerLink["kind"],
  label: string,
  carrier: Carrier,
): MessageLink {
  const ready = Promise.withResolvers<PeerLink>();
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => {});
  ready.promise.catch(() => {});
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let closed = false;
  let requests = 0;

  function fail(reason: string): void {
    if (closed) return;
    const error = new PeerError("peer-died", `peer ${label} ${reason}`);
    died.reject(error);
    ready.reject(error);
  }

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    await carrier.end();
  }

  /** A request to a slot, and what is answered to it. */
  async function ask<T>(slot: number, request: Question): Promise<T> {
    const id = ++requests;
    const answered = Promise.withResolvers<unknown>();
    waiting.set(id, answered);
    try {
      await carrier.send({ ...request, id, slot });
      return await Promise.race([answered.promise, died.promise]) as T;
    } finally {
      waiting.delete(id);
    }
  }

  function linkOf(environment: PeerEnvironment): PeerLink {
    let slots = 0;
    return {
      kind,
      label,
      environment,
      died: died.promise,
      close,
      async serve(order) {
        const slot = ++slots;
        const endpoint = await ask<Endpoint>(slot, { ask: "serve", order });
        return slotOf(endpoint, (question) => ask(slot, question));
      },
    };
  }

  return {
    ready: ready.promise,
    fail,
    close,
    take(answer) {
      if (answer.answer === "ready") {
        if (answer.protocol === PEER_PROTOCOL) ready.resolve(linkOf(answer.environment));
        else fail(`speaks version ${answer.protocol} of the protocol, not ${PEER_PROTOCOL}`);
      } else if (answer.answer === "done") waiting.get(answer.id)?.resolve(answer.value);
      else if (answer.id === undefined) fail(`could not start: ${answer.message}`);
      else {
        const { message } = answer;
        const error = new PeerError("peer-failed", `peer ${label} failed: ${message}`);
        waiting.get(answer.id)?.reject(error);
      }
    },
  };
}

type Question = PeerRequest extends infer R ? R extends PeerRequest ? Omit<R, "id" | "slot"> : never
  : never;

function slotOf(endpoint: Endpoint, ask: <T>(question: Question) => Promise<T>): PeerSlot {
  return {
    endpoint,
    // What a dead or failed peer makes of it shows in the next answer that is waited for.
    admit: (client) => void ask({ ask: "admit", client }).catch(() => {}),
    settle: (connections) => ask<number | null>({ ask: "settle", connections }),
    served: () => ask<Served>({ ask: "served" }),
    hasMeasured: () => ask<boolean>({ ask: "measured" }),
    mark: () => ask<PeerMark>({ ask: "mark" }),
    finish: (ends = {}) => ask<ServeReport>({ ask: "finish", ends }),
    abort: () => ask<void>({ ask: "abort" }),
  };
}

/** How long a peer may take to be ready, in milliseconds: its modules may have to be fetched. */
const START_PATIENCE_MS = 60_000;

/** Waits until a peer is ready, {@link START_PATIENCE_MS} at most; else closes it and throws PeerError. */
export async function whenReady(link: MessageLink): Promise<PeerLink> {
  const timer = setTimeout(
    () => link.fail(`could not start: it was not ready within ${START_PATIENCE_MS / 1e3} s`),
    START_PATIENCE_MS,
  );
  try {
    return await link.ready;
  } catch (error) {
    await link.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
