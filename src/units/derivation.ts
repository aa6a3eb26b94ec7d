// Derivations: how a metric's value follows from what a trial counted and timed, as data where it can be.

/** What of a trial a metric may be computed from; a Trial is one. */
export interface TrialCounts {
  readonly operations: number;
  readonly elapsedNs: number;
  readonly tally: {
    readonly sentMessages?: number;
    readonly receivedMessages?: number;
    readonly lostMessages?: number;
    readonly reorderedMessages?: number;
    readonly duplicatedMessages?: number;
    readonly sentBytes?: number;
    readonly writes?: number;
  };
  /** What the receiving end of bulk data saw. */
  readonly window?: {
    readonly bytes: number;
    readonly messages?: number;
    readonly reads: number;
    readonly elapsedNs: number;
  };
  /** Operations within which `cpu` was read; absent: all. */
  readonly evidenceOperations?: number;
  /** CPU time of the measured interval. */
  readonly cpu?: { readonly totalNs: number };
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * A percentile of a distribution (0 its minimum, 100 its maximum), the share of a distribution above a limit, a quotient of
 * counts, or `given`: what only the workload can know.
 */
export type Derivation =
  | { readonly of: string; readonly percentile: number }
  | { readonly of: string; readonly shareAboveNs: number }
  | ((counts: TrialCounts) => number | undefined)
  | "given";

const MIB = 2 ** 20;

export function perSecond(
  count: number | undefined,
  elapsedNs: number | undefined,
): number | undefined {
  return quotient(count, elapsedNs === undefined ? undefined : elapsedNs / 1e9);
}

export function perMiB(count: number | undefined, bytes: number | undefined): number | undefined {
  return quotient(count, bytes === undefined ? undefined : bytes / MIB);
}

/** A quotient; nothing where a part is missing, or the divisor is 0. */
export function quotient(
  dividend: number | undefined,
  divisor: number | undefined,
): number | undefined {
  return dividend === undefined || divisor === undefined || divisor === 0
    ? undefined
    : dividend / divisor;
}

export function operationsPerSecond({ operations, elapsedNs }: TrialCounts): number | undefined {
  return perSecond(operations, elapsedNs);
}

/** The share of the messages sent that never arrived. */
export function lossShare({ tally }: Pick<TrialCounts, "tally">): number | undefined {
  return quotient(tally.lostMessages, tally.sentMessages);
}

/**
 * The bytes of the measured interval that arrived: those sent, less the share of messages lost. Not `window.bytes`: the window
 * opens later than the interval in which CPU time is read.
 */
export function arrivedBytes({ tally }: TrialCounts): number | undefined {
  return tally.sentBytes === undefined
    ? undefined
    : tally.sentBytes * (1 - (lossShare({ tally }) ?? 0));
}
