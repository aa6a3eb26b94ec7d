// The slots of a peer: the serve halves that run on one thread at once, and the core that it is tied to meanwhile.

import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import type { Endpoint } from "../transport/channel.ts";
import { readHealthMark } from "./health_mark.ts";
import type { DrivenEnds, PeerLink, PeerMark, ServeOrder, ServeReport } from "./peer_link.ts";
import { pinThread } from "./pin_thread.ts";
import { ServeHalf } from "./serve_half.ts";
import { readThreadMark } from "./thread_mark.ts";
import { WorkerServers } from "./worker_servers.ts";

export class Slots {
  readonly #halves = new Map<number, ServeHalf | WorkerServers>();
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  readonly #cpuNs: () => number | null | undefined;
  #pinned: { readonly core: number | undefined; readonly thread: Disposable } | undefined;
  #live = 0;
  readonly #openWorker: () => Promise<PeerLink>;
  /** Worker threads that wait for their next trial. */
  readonly #idle: PeerLink[] = [];

  /** `openWorker`: starts a thread with a peer of its own. */
  constructor(
    catalog: Catalog,
    clock: Clock,
    cpuNs: () => number | null | undefined,
    openWorker: () => Promise<PeerLink>,
  ) {
    this.#catalog = catalog;
    this.#clock = clock;
    this.#cpuNs = cpuNs;
    this.#openWorker = openWorker;
  }

  async serve(slot: number, order: ServeOrder): Promise<Endpoint> {
    this.#pin(order.core);
    try {
      const half = order.params.workers === undefined
        ? await ServeHalf.start(order, this.#catalog, this.#clock)
        : await WorkerServers.start(order, this.#clock, this.#openWorker, this.#idle);
      this.#halves.set(slot, half);
      return half.endpoint;
    } catch (error) {
      this.#unpin();
      throw error;
    }
  }

  half(slot: number): ServeHalf | WorkerServers {
    const half = this.#halves.get(slot);
    if (half === undefined) throw new Error("no serve half is running");
    return half;
  }

  /** Counts a mark, and reads the thread, where it is the one that serves. */
  async mark(slot: number): Promise<PeerMark> {
    const half = this.#halves.get(slot);
    if (half instanceof WorkerServers) {
      await half.mark();
      return { cpuNs: this.#cpuNs() };
    }
    half?.mark();
    const thread = readThreadMark();
    const health = readHealthMark();
    return {
      cpuNs: this.#cpuNs(),
      ...(thread !== undefined && { thread }),
      ...(health !== undefined && { health }),
    };
  }

  async finish(slot: number, ends: DrivenEnds): Promise<ServeReport> {
    const report = await this.half(slot).finish(ends);
    this.#forget(slot);
    return report;
  }

  async abort(slot: number): Promise<void> {
    const half = this.#halves.get(slot);
    if (half === undefined) return;
    this.#forget(slot);
    await half.abort();
  }

  #forget(slot: number): void {
    if (this.#halves.delete(slot)) this.#unpin();
  }

  #pin(core: number | undefined): void {
    if (this.#live > 0 && this.#pinned?.core !== core) {
      throw new Error(`the thread serves on core ${this.#pinned?.core ?? "any"} already`);
    }
    if (this.#live === 0) this.#pinned = { core, thread: pinThread(core) };
    this.#live++;
  }

  #unpin(): void {
    if (--this.#live > 0) return;
    this.#pinned?.thread[Symbol.dispose]();
    this.#pinned = undefined;
  }
}
