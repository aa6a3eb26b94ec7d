// Variances of many cells that are each known from few values: each moved towards what the others say.

/** Fewer variances say nothing of how variances differ. */
const MIN_VARIANCES = 3;

/**
 * Empirical Bayes by moments of the logarithms (Smyth, "Linear Models and Empirical Bayes Methods for Assessing Differential Expression in
 * Microarray Experiments", Statistical Applications in Genetics and Molecular Biology 3(1), 2004, section 6.2): the less the variances differ
 * beyond chance, the nearer each comes to their common value. Failure case: a cell that truly varies more than the others is thought quieter than
 * it is. Returns them in input order; those of 0, and fewer than three, as they are. All have so many degrees of freedom.
 */
export function shrinkVariances(variances: readonly number[], degrees: number): number[] {
  const logs = variances.filter((value) => value > 0).map(Math.log);
  if (logs.length < MIN_VARIANCES || degrees < 1) return [...variances];
  const half = degrees / 2;
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const spread = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  const centre = mean - digamma(half) + Math.log(half);
  const beyond = spread - trigamma(half);
  if (beyond <= 0) return variances.map((value) => value > 0 ? Math.exp(centre) : value);
  const halfPrior = inverseTrigamma(beyond);
  const common = Math.exp(centre + digamma(halfPrior) - Math.log(halfPrior));
  return variances.map((value) =>
    value > 0 ? (halfPrior * common + half * value) / (halfPrior + half) : value
  );
}

/** Of x above 0: the recurrence up to 6, then the series of Abramowitz and Stegun, 6.3.18. */
function digamma(x: number): number {
  if (x < 6) return digamma(x + 1) - 1 / x;
  const y = 1 / x ** 2;
  return Math.log(x) - 1 / (2 * x) - y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y / 240)));
}

/** Its derivative: 6.4.12. */
function trigamma(x: number): number {
  if (x < 6) return trigamma(x + 1) + 1 / x ** 2;
  const y = 1 / x ** 2;
  return 1 / x + y / 2 + y / x * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y / 30)));
}

/** Falls from infinity to 0: halved to the last bit but few. */
function inverseTrigamma(value: number): number {
  let [low, high] = [1e-6, 1e6];
  for (let step = 0; step < 100; step++) {
    const middle = Math.sqrt(low * high);
    if (trigamma(middle) > value) low = middle;
    else high = middle;
  }
  return high;
}
