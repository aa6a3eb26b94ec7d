/** So many of so many: failed trials of those that were tried. */
export interface Count {
  /** How many; a whole number from 0 to `of`. */
  readonly count: number;
  /** Of how many; a whole number of at least 0. */
  readonly of: number;
}

/**
 * The one-sided exact test of two shares (Fisher, "The Logic of Inductive Inference", Journal of the Royal Statistical Society
 * 98(1), 1935, pp. 39–82): were both sides alike, the chance that the events that there are fall on the second side as often as
 * they did, or more often. Sums hypergeometric terms in logarithms, so that no factorial overflows. Failure case: trials that
 * fail together, as those of one process that went wrong, are fewer independent events than they look. Returns 0 to 1; 1 where
 * nothing happened on either side.
 */
export function fisherExact(first: Count, second: Count): number {
  const events = first.count + second.count;
  const all = first.of + second.of;
  const logAll = logChoose(all, events);
  let p = 0;
  for (let k = second.count; k <= Math.min(events, second.of); k++) {
    if (events - k > first.of) continue;
    p += Math.exp(logChoose(second.of, k) + logChoose(first.of, events - k) - logAll);
  }
  return Math.min(1, p);
}

/** The logarithm of the number of ways to choose k of n. */
function logChoose(n: number, k: number): number {
  let log = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) log += Math.log((n - Math.min(k, n - k) + i) / i);
  return log;
}
