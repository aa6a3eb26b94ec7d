// The slots of a peer: the serve halves that run on one thread at once, and the core that it is tied to meanwhile.

import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import type { Endpoint } from "../transport/channel.ts";
import { readHealthMark } from "./health_mark.ts";
import type { DrivenEnds, PeerMark, ServeOrder, ServeReport } from "./peer_link.ts";
import { pinThread } from "./pin_thread.ts";
import { ServeHalf } from "./serve_half.ts";
import { readThreadMark } from "./thread_mark.ts";

export class Slots {
  readonly #halves = new Map<number, ServeHalf>();
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  readonly #cpuNs: () => number | null | undefined;
  #pinned: { readonly core: number | undefined; readonly thread: Disposable } | undefined;
  #live = 0;

  constructor(catalog: Catalog, clock: Clock, cpuNs: () => number | null | undefined) {
    this.#catalog = catalog;
    this.#clock = clock;
    this.#cpuNs = cpuNs;
  }

  async serve(slot: number, order: ServeOrder): Promise<Endpoint> {
    this.#pin(order.core);
    try {
      const half = await ServeHalf.start(order, this.#catalog, this.#clock);
      this.#halves.set(slot, half);
      return half.endpoint;
    } catch (error) {
      this.#unpin();
      throw error;
    }
  }

  half(slot: number): ServeHalf {
    const half = this.#halves.get(slot);
    if (half === undefined) throw new Error("no serve half is running");
    return half;
  }

  /** Counts a mark, and reads the thread. */
  mark(slot: number): PeerMark {
    this.#halves.get(slot)?.mark();
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

  async abortAll(): Promise<void> {
    await Promise.all([...this.#halves.keys()].map((slot) => this.abort(slot)));
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
