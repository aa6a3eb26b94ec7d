// Servers on threads of their own that listen on one port (SO_REUSEPORT): the serving end of a trial with parameter `workers`.

import type { Clock } from "../clock.ts";
import type { Tally } from "../model/tally.ts";
import type { Endpoint } from "../transport/channel.ts";
import type {
  DrivenEnds,
  PeerLink,
  PeerSlot,
  Served,
  ServeOrder,
  ServeReport,
} from "./peer_link.ts";
import { ANYONE, foreignOf } from "./serve_half.ts";

/** Between two looks at what all have served, in nanoseconds. */
const LOOK_NS = 1e6;

/** WorkerServers are a ServeHalf in each of several workers: the kernel decides which of them gets a connection. */
export class WorkerServers {
  readonly hasMeasured = false;
  #isOver = false;

  private constructor(
    readonly endpoint: Endpoint,
    readonly clock: Clock,
    readonly links: readonly PeerLink[],
    readonly slots: readonly PeerSlot[],
    readonly idle: PeerLink[],
  ) {}

  /** Takes workers from `idle`, to where they go back, and starts what is missing. */
  static async start(
    { params: { workers, ...params }, ...order }: ServeOrder,
    clock: Clock,
    openWorker: () => Promise<PeerLink>,
    idle: PeerLink[],
  ): Promise<WorkerServers> {
    const links = idle.splice(0, Number(workers));
    const slots: PeerSlot[] = [];
    try {
      while (links.length < Number(workers)) links.push(await openWorker());
      let sharedPort = 0;
      for (const link of links) {
        const slot = await link.serve({ ...order, params, sharedPort });
        slots.push(slot);
        if (slot.endpoint.kind === "ip") sharedPort = slot.endpoint.port;
      }
    } catch (error) {
      await Promise.all(links.map((link) => link.close()));
      throw error;
    }
    return new WorkerServers(slots[0]!.endpoint, clock, links, slots, idle);
  }

  /** Each takes whoever comes: which of them the driver's first connection goes to is not known. How many came in all is. */
  admit(_client: string): void {
    for (const slot of this.slots) slot.admit(ANYONE);
  }

  /** As {@linkcode PeerSlot.settle}, of all together. */
  async settle(connections: number): Promise<number | null> {
    for (;;) {
      const served = await Promise.all(this.slots.map((slot) => slot.served()));
      const all = sumOf(served);
      if (all.connections >= connections || this.#isOver) return all.atNs;
      await this.clock.sleepUntilNs(this.clock.nowNs() + LOOK_NS);
    }
  }

  get served(): Promise<Served> {
    return Promise.all(this.slots.map((slot) => slot.served())).then(sumOf);
  }

  async mark(): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.mark()));
  }

  async finish({ opened }: DrivenEnds = {}): Promise<ServeReport> {
    const reports = await Promise.all(this.slots.map((slot) => slot.finish()));
    this.#isOver = true;
    this.idle.push(...this.links);
    const accepted = reports.map(({ accepted = 0 }) => accepted);
    const all = accepted.reduce((sum, count) => sum + count, 0);
    const foreignConnections = foreignOf(all, opened);
    return {
      tally: sumOfTallies(reports),
      settings: reports.find(({ accepted = 0 }) => accepted > 0)?.settings ?? {},
      values: { ...largestValues(reports), ...spreadOf(accepted) },
      accepted: all,
      ...(foreignConnections > 0 && { foreignConnections }),
    };
  }

  /** Workers that were left in the middle of something serve no other trial. */
  async abort(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.links.map((link) => link.close()));
  }
}

function sumOf(served: readonly Served[]): Served {
  const times = served.flatMap(({ atNs }) => atNs ?? []);
  return {
    connections: served.reduce((sum, { connections }) => sum + connections, 0),
    atNs: times.length === 0 ? null : Math.max(...times),
  };
}

/** What each has of a fair share of the connections, at least and at most. */
function spreadOf(accepted: readonly number[]): Record<string, number> {
  const fair = accepted.reduce((sum, count) => sum + count, 0) / accepted.length;
  return fair === 0
    ? {}
    : { leastAccepts: Math.min(...accepted) / fair, mostAccepts: Math.max(...accepted) / fair };
}

/** Of each value the largest: times of the slowest worker, and memory, which each reads of the whole process. */
function largestValues(reports: readonly ServeReport[]): Record<string, number> {
  const largest: Record<string, number> = {};
  for (const [name, value] of reports.flatMap(({ values }) => Object.entries(values ?? {}))) {
    largest[name] = Math.max(largest[name] ?? value, value);
  }
  return largest;
}

function sumOfTallies(reports: readonly ServeReport[]): Tally {
  const sum: Record<string, number> = {};
  const errors: Record<string, number> = {};
  for (const { tally: { errors: failed, ...counts } } of reports) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
    for (const [kind, count] of Object.entries(failed ?? {})) {
      errors[kind] = (errors[kind] ?? 0) + count;
    }
  }
  return { ...sum, ...(Object.keys(errors).length > 0 && { errors }) };
}
