// Placements: where the two ends of a case run.

/** Who runs the serve half: `loop`: same event loop; `worker`: own thread; `process`: own process. */
export type PeerKind = "loop" | "worker" | "process";

/** What is true of a kind of peer. `sharesLoop`: it runs on the driver's own event loop, thread and catalog: nothing has to be started, loaded or replaced; `sharesProcess`: memory of the driver reaches it. */
export type Peer = Readonly<{ words: string; sharesLoop?: true; sharesProcess?: true }>;

/** Each kind of peer, from the nearest to the driver to the most independent. */
export const PEERS: Readonly<Record<PeerKind, Peer>> = {
  loop: { words: "both ends in one event loop", sharesLoop: true, sharesProcess: true },
  worker: { words: "the serving end in its own thread", sharesProcess: true },
  process: { words: "the serving end in its own process" },
};
export const PEER_KINDS: readonly PeerKind[] = Object.freeze(Object.keys(PEERS) as PeerKind[]);

/** CPU pinning of the two ends: `none`: the scheduler decides; `same`: one core for both; `cross`: one each. */
export type Pin = "none" | "same" | "cross";

/** Where the two ends of a case run. Cases of different placement are never compared silently. */
export interface Placement {
  /** Who runs the serve half. */
  readonly peer: PeerKind;
  /** How the two ends are pinned. */
  readonly pin: Pin;
  /** The cores, as the kernel numbers them; absent where nothing is pinned. */
  readonly cores?: {
    /** Of the driver's thread. */
    readonly drive: number;
    /** Of the thread that runs the serve half. */
    readonly serve: number;
  };
}

/** Cores in words. As in `core 0`, `cores 0 and 1`, `cores 0 to 7`. */
export function nameCores(cores: readonly number[]): string {
  const [first, last] = [cores[0], cores.at(-1)];
  if (first === undefined || last === undefined) return "no core";
  if (cores.length === 1) return `core ${first}`;
  if (cores.length > 2 && last - first === cores.length - 1) return `cores ${first} to ${last}`;
  return `cores ${cores.slice(0, -1).join(", ")} and ${last}`;
}

/** Whether threads can be tied to cores here. */
export type Pinning =
  | {
    /** They can. */
    readonly available: true;
    /** The cores that this process may use, as the kernel numbers them, ascending; at least one. */
    readonly cores: readonly number[];
  }
  | {
    /** They cannot. */
    readonly available: false;
    /** One clause for the report: "it needs --allow-ffi". */
    readonly reason: string;
  };

/** What stands for all cases of one pinning in a list of what was skipped. As in `pin cross`. */
export function pinName(pin: Pin): string {
  return `pin ${pin}`;
}
