// Budgets: how long a trial warms up and measures.

/** How long a trial warms up and measures. */
export interface Budget {
  /** Discarded at the start of every trial, in nanoseconds. */
  readonly warmupNs: number;
  /** What the sockets need to settle, in nanoseconds: no warm-up is shorter, however short the trial; absent: nothing. */
  readonly settleNs?: number;
  /** The measured interval, in nanoseconds; the loop ends with the first operation that finishes beyond it. */
  readonly measureNs: number;
  /** Upper bound of measured operations; absent: time alone decides. */
  readonly maxOperations?: number;
  /** Lower bound of measured operations, kept even beyond `measureNs`; absent: 1. */
  readonly minOperations?: number;
}
