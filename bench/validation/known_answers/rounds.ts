/**
 * Rounds of trials over a few cases, as a run makes them: interleaved, in an order shuffled anew for each round.
 *
 * @module
 */

import { systemClock } from "../../../src/clock.ts";
import type { PeerLink } from "../../../src/peer/peer_link.ts";
import type { Case } from "../../../src/model/case.ts";
import { runTrial, type TrialOutcome } from "../../../src/run/run_trial.ts";
import { createPrng } from "../../../src/stats/mod.ts";
import type { Transport } from "../../../src/transport/transport.ts";
import type { Budget } from "../../../src/model/budget.ts";
import type { Params } from "../../../src/model/params.ts";
import type { Workload } from "../../../src/workload/workload.ts";

/** A case with all that is needed to run it. */
export interface KnownCase {
  /** Names what the peer serves. */
  readonly case: Case;
  /** What the driving end opens: the peer's own transport, or a wrapper of it that the peer need not know of. */
  readonly transport: Transport;
  /** Its workload. */
  readonly workload: Workload;
}

/** What {@linkcode runRounds} needs. */
export interface RoundsSetup<C extends KnownCase> {
  /** At least one. */
  readonly cases: readonly C[];
  /** The peer that serves. */
  readonly link: PeerLink;
  /** The run's private directory. */
  readonly directory: string;
  /** Rounds that are kept; one more before them is thrown away, so that the first meets compiled code. */
  readonly rounds: number;
  /** Ends the measuring, with an error. */
  readonly signal: AbortSignal;
}

/**
 * Runs every case once a round.
 *
 * @param take is handed each trial of the rounds from 1 on, and those of the discarded round as round 0, right after it, while what its
 * transports reported still stands
 * @throws {Error} when a trial fails, or when the signal is aborted
 */
export async function runRounds<C extends KnownCase>(
  { cases, link, directory, rounds, signal }: RoundsSetup<C>,
  take: (round: number, c: C, outcome: TrialOutcome) => void | Promise<void>,
): Promise<void> {
  const prng = createPrng("known answers");
  for (let round = 0; round <= rounds; round++) {
    for (const one of prng.shuffle(cases)) {
      signal.throwIfAborted();
      const outcome = await runTrial({ ...one, link, clock: systemClock, directory, signal });
      signal.throwIfAborted();
      if (outcome.error !== undefined) throw new Error(`${one.case.id}: ${outcome.error.message}`);
      await take(round, one, outcome);
    }
  }
}

/** A case over one of this folder's transports. */
export function knownCase(
  { transport, workload, params, budget, expectedNs }: {
    readonly transport: string;
    readonly workload: Workload;
    readonly params: Params;
    readonly budget: Budget;
    /** Expected wall time of a trial; absent: its warm-up and measured interval. */
    readonly expectedNs?: number;
  },
  link: Pick<PeerLink, "kind">,
): Case {
  return {
    id: `known-answer/${transport}`,
    scenario: "known-answer",
    transport,
    params,
    fixed: {},
    workload: workload.name,
    budget,
    expectedNs: expectedNs ?? budget.warmupNs + budget.measureNs,
    placement: { peer: link.kind, pin: "none" },
  };
}
