// One-way transfers over TCP in an A/B job: with a congestion control that does not draw a speed for each connection.
//
// BBR paces by its own estimate of the path (Cardwell et al., "BBR: Congestion-Based Congestion Control", ACM Queue 14(5), 2016). On loopback
// one connection comes out at 1.5 GB/s and the next at 4.5 (64 KiB, 44 pairs of unchanged code): the ratio of two trials has a standard
// deviation of 0.5 on the log scale, and a default job could have seen no less than 42 to 54 %. With Reno, which knows windows alone, 3.6 % in a quiet job, 20 % beside other work.

import type { Environment } from "../model/environment.ts";
import { factOf } from "../model/environment.ts";
import type { Case } from "../model/case.ts";
import type { IgnoreRule } from "../gate/gate_policy.ts";
import { hasCongestionControl } from "../plan/unfit.ts";

/** The congestion control that transfers have instead: built into every kernel, and allowed to everybody (tcp(7)). */
export const STEADY = "reno";

/** A congestion control that paces draws the speed of a connection. */
const PACING = /^bbr/;

/** Whether transfers of a machine are to have another congestion control; false where it is not known. */
export function isPaced(environment: Environment): boolean {
  const own = factOf(environment, "net.ipv4.tcp_congestion_control");
  return typeof own === "string" && PACING.test(own);
}

function isTransfer({ workload, transport, params }: Case): boolean {
  return workload === "bulk" && hasCongestionControl(transport) && params.congestion === undefined;
}

/** A plan's cases, one-way transfers over TCP with {@linkcode STEADY}. */
export function steadyCases<Part extends { readonly cases: readonly Case[] }>(part: Part): Part {
  const cases = part.cases.map((c) =>
    isTransfer(c) ? { ...c, fixed: { ...c.fixed, congestion: STEADY } } : c
  );
  return { ...part, cases };
}

/** Their headlines set aside, where it cannot be had. */
export function unsteadyCells(cases: readonly Case[]): readonly IgnoreRule[] {
  return cases.filter(isTransfer).map(({ id }) => ({
    case: id,
    metric: "bytesPerSecond",
    reason:
      "this kernel's BBR congestion control draws a speed for each connection, and reno cannot be asked for (it takes Deno with FFI on both sides); " +
      "name the case with --case to have it judged all the same",
  }));
}
