// The statistics of sockbench: pure functions, each of which cites its source and its failure case.
//
// The unit is always the trial (or the pair of trials), never the message: messages of one trial are
// correlated, and a test on them finds differences that are not there.

export * from "./benjamini_hochberg.ts";
export * from "./bootstrap_median.ts";
export * from "./fisher_exact.ts";
export * from "./holm.ts";
export * from "./mann_whitney.ts";
export * from "./median_interval.ts";
export type { Alternative } from "./midranks.ts";
export * from "./minimum_pairs.ts";
export * from "./paired_ratio.ts";
export * from "./prng.ts";
export { median, quantile } from "./quantile.ts";
export * from "./robust_spread.ts";
export * from "./sign_test.ts";
export * from "./bimodality.ts";
export * from "./wilson.ts";
