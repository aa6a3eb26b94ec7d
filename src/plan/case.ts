/**
 * Cases: the cells of a plan.
 *
 * @module
 */

import type { Budget, Params } from "../workload/workload.ts";

/** Who runs the serve half, and where. */
export type PeerKind = "loop" | "worker" | "process";

/** Where the two ends of a case run. Cases of different placement are never compared silently. */
export interface Placement {
  /** `loop`: same event loop; `worker`: own thread; `process`: own process. */
  readonly peer: PeerKind;
  /** CPU pinning of the two ends: `none` (the scheduler decides) until the kernel room can pin. */
  readonly pin: "none" | "same" | "cross";
}

/** A Case is one cell: scenario, transport, driver and parameters. */
export interface Case {
  /** Stable and readable: `round-trip/tcp/bytes=64`. */
  readonly id: string;
  /** The scenario's id. */
  readonly scenario: string;
  /** The transport's id: `tcp`, or `tcp@libc` for a driver other than deno. */
  readonly transport: string;
  /** The parameters of the id. */
  readonly params: Params;
  /** Further parameters, the same in all cases of the scenario. */
  readonly fixed: Params;
  /** The workload's name. */
  readonly workload: string;
  /** How long one trial warms up and measures. */
  readonly budget: Budget;
  /** Expected wall time of one trial in nanoseconds, opening and closing included. */
  readonly expectedNs: number;
  /** Where the two ends run. */
  readonly placement: Placement;
}

/** Something planned that cannot be measured here, with the reason in one sentence. */
export interface Skip {
  /** What is left out: a case id, a transport, a feature. */
  readonly what: string;
  /** Why, and what would change it. */
  readonly reason: string;
}

/** The id of a case: scenario, transport and parameters in grid order. */
export function caseId(scenario: string, transport: string, params: Params): string {
  const values = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return values.length === 0
    ? `${scenario}/${transport}`
    : `${scenario}/${transport}/${values.join(",")}`;
}
