// Student's t distribution with a whole number of degrees of freedom: its upper tail and the inverse of it.

/**
 * The probability that a t value lies above t. The finite series of Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.7.3
 * and 26.7.4. Failure case: below 1e-14 it is rounding, and may be 0. Throws RangeError if t is NaN or the degrees are no whole number from 1.
 */
export function studentTail(t: number, degrees: number): number {
  if (Number.isNaN(t) || !Number.isInteger(degrees) || degrees < 1) {
    throw new RangeError(
      `Cannot take a Student probability as t must be a number and the degrees a whole number from 1: current values are ${t} and ${degrees}`,
    );
  }
  const inside = centralProbability(Math.abs(t), degrees);
  const tail = Math.max(0, (1 - inside) / 2);
  return t >= 0 ? tail : 1 - tail;
}

/** The probability of a value within ±t. */
function centralProbability(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(angle);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= (k - 1) / k * cosine ** 2;
    sum += term;
  }
  const part = Math.sin(angle) * sum;
  return isOdd ? 2 / Math.PI * (angle + part) : part;
}

/** The t value above which lies the probability p, above 0 and at most 0.5; infinite where the tail cannot be told from 0. */
export function studentQuantile(p: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (studentTail(high, degrees) > p) {
    high *= 2;
    if (high > 1e15) return Infinity;
  }
  for (let step = 0; step < 200 && low < high; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentTail(middle, degrees) > p) low = middle;
    else high = middle;
  }
  return high;
}
