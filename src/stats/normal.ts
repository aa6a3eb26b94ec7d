// The standard normal distribution: its distribution function and the inverse of it.

import { checkOpenProbability } from "./check_sample.ts";

/**
 * The probability that a standard normal value lies at or below z. Hart's double-precision rational approximation (Hart et al.,
 * Computer Approximations, 1968, no. 5666) as given by West, "Better approximations to cumulative normal functions", Wilmott,
 * May 2005, pp. 70–76: error below 1e-14. Failure case: below z = −37 the result is 0. Returns a probability, 0 to 1. Throws
 * RangeError if z is NaN.
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) {
    throw new RangeError(
      "Cannot take a normal probability as z must be a number: current value is NaN",
    );
  }
  const x = Math.abs(z);
  const tail = x > 37 ? 0 : upperTail(x);
  return z > 0 ? 1 - tail : tail;
}

function upperTail(x: number): number {
  const density = Math.exp(-x * x / 2);
  if (x < 7.07106781186547) {
    return density * horner(x, HART_TOP) / horner(x, HART_BOTTOM);
  }
  // The continued fraction of Mills' ratio, cut at a depth that is enough out here.
  let fraction = x + 0.65;
  for (const k of [4, 3, 2, 1]) fraction = x + k / fraction;
  return density / fraction / 2.506628274631;
}

/**
 * The value that a standard normal lies below with probability p. Wichura, "Algorithm AS 241: the percentage points of the
 * normal distribution", Applied Statistics 37(3), 1988, pp. 477–484, routine PPND16: relative error about 1e-16. Returns how
 * many standard deviations from the mean. Throws RangeError if p is outside (0, 1).
 */
export function normalQuantile(p: number): number {
  checkOpenProbability("take a normal quantile", "p", p);
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180625 - centred * centred;
    return centred * horner(r, CENTRE_TOP) / horner(r, CENTRE_BOTTOM);
  }
  const r = Math.sqrt(-Math.log(Math.min(p, 1 - p)));
  const size = r <= 5
    ? horner(r - 1.6, MIDDLE_TOP) / horner(r - 1.6, MIDDLE_BOTTOM)
    : horner(r - 5, TAIL_TOP) / horner(r - 5, TAIL_BOTTOM);
  return centred < 0 ? -size : size;
}

/** A polynomial at x; coefficients from the constant term upward. */
function horner(x: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + (coefficients[k] as number);
  return sum;
}

// deno-fmt-ignore
const HART_TOP = [
  220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165,
  0.700383064443688, 0.0352624965998911,
];
// deno-fmt-ignore
const HART_BOTTOM = [
  440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461,
  16.064177579207, 1.75566716318264, 0.0883883476483184,
];
// deno-fmt-ignore
const CENTRE_TOP = [
  3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
  45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
];
// deno-fmt-ignore
const CENTRE_BOTTOM = [
  1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867,
  39307.895800092710610, 28729.085735721942674, 5226.4952788528545610,
];
// deno-fmt-ignore
const MIDDLE_TOP = [
  1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
  1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833,
  0.000774545014278341407640,
];
// deno-fmt-ignore
const MIDDLE_BOTTOM = [
  1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
  0.148103976427480074590, 0.0151986665636164571966, 0.000547593808499534494600,
  1.05075007164441684324e-9,
];
// deno-fmt-ignore
const TAIL_TOP = [
  6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
  0.0265321895265761230930, 0.00124266094738807843860, 0.0000271155556874348757815,
  2.01033439929228813265e-7,
];
// deno-fmt-ignore
const TAIL_BOTTOM = [
  1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
  0.000786869131145613259100, 0.0000184631831751005468180, 1.42151175831644588870e-7,
  2.04426310338993978564e-15,
];
