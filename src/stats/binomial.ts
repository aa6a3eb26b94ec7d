/**
 * The probabilities of 0 to n successes in n independent draws.
 * Ratios of neighbouring terms (Knuth, The Art of Computer Programming 1, 1.2.6), walked outward
 * from the mode and then normalised: no factorial overflows, and no first term underflows at large
 * n. Failure case: terms below 1e-308 of the mode become 0, far below any tail of interest.
 * @param n How many draws; a whole number of at least 0.
 * @param p The chance of success of one draw, strictly between 0 and 1.
 * @returns n + 1 probabilities, indexed by the number of successes.
 */
export function binomialProbabilities(n: number, p: number): Float64Array {
  const terms = new Float64Array(n + 1);
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  terms[mode] = 1;
  for (let k = mode + 1; k <= n; k++) {
    terms[k] = (terms[k - 1] as number) * ((n - k + 1) / k) * odds;
  }
  for (let k = mode - 1; k >= 0; k--) {
    terms[k] = (terms[k + 1] as number) * ((k + 1) / (n - k)) / odds;
  }
  const total = terms.reduce((sum, term) => sum + term, 0);
  return terms.map((term) => term / total);
}
