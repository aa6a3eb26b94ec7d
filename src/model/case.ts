// Cases: the cells of a plan.

import type { Pin, Placement } from "./placement.ts";
import type { Budget } from "./budget.ts";
import type { Params } from "./params.ts";

/** A Case is one cell: scenario, transport, driver and parameters. */
export interface Case {
  /** Stable and readable: `round-trip/tcp/bytes=64`, or `round-trip/tcp/bytes=64,pin=same` where the ends are pinned. */
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

/** The id of a case: scenario, transport, parameters in grid order, and last how the ends are pinned, if they are. */
export function caseId(
  scenario: string,
  transport: string,
  params: Params,
  pin: Pin = "none",
): string {
  const values = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  if (pin !== "none") values.push(`pin=${pin}`);
  return values.length === 0
    ? `${scenario}/${transport}`
    : `${scenario}/${transport}/${values.join(",")}`;
}
