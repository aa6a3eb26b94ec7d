import { checkSample } from "./check_sample.ts";
import { type Alternative, doubledMidranks, pValueOf, type Tails } from "./midranks.ts";
import { normalCdf } from "./normal.ts";

/** What {@linkcode signedRank} may be told. */
export interface SignedRankOptions {
  /**
   * `greater`: the differences lie above 0; `less`: below; `two-sided`: either.
   *
   * @default {"two-sided"}
   */
  readonly alternative?: Alternative;
}

/** A SignedRank is the result of Wilcoxon's signed-rank test. */
export interface SignedRank {
  /** The probability, if the differences were symmetric about 0, of a result this far out, 0 to 1. */
  readonly pValue: number;
  /** The sum of the ranks of the positive differences; whole or half. */
  readonly statistic: number;
  /** How many differences are not 0. */
  readonly n: number;
  /** How many differences are 0. */
  readonly zeros: number;
  /** `exact`: every one of the 2^n signs counted; `normal`: more than {@linkcode EXACT_SIGNED_RANKS}. */
  readonly method: "exact" | "normal";
  /** The smallest p-value that n differences can give: 2^−n, doubled when two-sided. */
  readonly leastPValue: number;
  /** One sentence when nothing could be tested; absent otherwise. */
  readonly warning?: string;
}

/** Up to this many differences that are not 0 the test is exact, with ties too. */
export const EXACT_SIGNED_RANKS = 200;

/**
 * Wilcoxon's signed-rank test: do paired differences lie to one side of 0?
 *
 * Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1(6), 1945, pp. 80–83.
 * Exact by counting, for every sum, the choices of signs that give it (a recurrence over the ranks:
 * Lehmann, Nonparametrics, 1975, section 3.2 and appendix), with midranks for ties on doubled ranks.
 * Zeros by Pratt, "Remarks on zeros and ties in the Wilcoxon signed rank procedures", JASA 54, 1959,
 * pp. 655–667: they are ranked, then dropped, so that a further zero never makes a result look
 * stronger. Beyond {@linkcode EXACT_SIGNED_RANKS} the normal approximation with continuity correction
 * and the variance of the ranks as they are (Σr²/4, which is the correction for ties and zeros).
 *
 * Failure case: it tests symmetry about 0, so differences of logarithms (see `logRatios`), not of
 * times, belong here; and pairs must be independent. With n differences no p-value is below 2^−n.
 *
 * @param differences One difference a pair, in any unit; not changed.
 * @param options The alternative.
 * @returns The p-value and what it rests on; 1 with a warning when every difference is 0.
 * @throws {RangeError} If there is no difference, one is not finite, or the alternative is unknown.
 */
export function signedRank(
  differences: readonly number[],
  options: SignedRankOptions = {},
): SignedRank {
  const { alternative = "two-sided" } = options;
  checkSample("rank differences", differences);
  const allRanks = doubledMidranks(differences.map(Math.abs));
  const ranks = allRanks.filter((_, index) => differences[index] !== 0);
  let positive = 0;
  for (const [index, rank] of allRanks.entries()) {
    if ((differences[index] as number) > 0) positive += rank;
  }
  const n = ranks.length;
  const exact = n <= EXACT_SIGNED_RANKS;
  const tails = exact ? countTails(ranks, positive) : approximateTails(ranks, positive);
  return {
    pValue: pValueOf(tails, alternative),
    statistic: positive / 2,
    n,
    zeros: differences.length - n,
    method: exact ? "exact" : "normal",
    leastPValue: Math.min(1, 2 ** (alternative === "two-sided" ? 1 - n : -n)),
    ...(n === 0 ? { warning: "every difference is 0, so there is nothing to test" } : {}),
  };
}

/**
 * The exact tails. Each step halves what is there and adds it shifted by one rank, so the entries are
 * probabilities from the start: no count overflows, and up to 53 ranks no step rounds.
 */
function countTails(ranks: readonly number[], found: number): Tails {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const chance = new Float64Array(total + 1);
  chance[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--) {
      const without = chance[sum] as number;
      const withRank = sum >= rank ? chance[sum - rank] as number : 0;
      chance[sum] = (without + withRank) / 2;
    }
  }
  return sumTails(chance, found);
}

/** Each tail is summed from its thin end, so that small probabilities are not lost in large ones. */
function sumTails(chance: Float64Array, found: number): Tails {
  let atMost = 0;
  for (let sum = 0; sum <= found; sum++) atMost += chance[sum] as number;
  let atLeast = 0;
  for (let sum = chance.length - 1; sum >= found; sum--) atLeast += chance[sum] as number;
  return { atLeast, atMost };
}

function approximateTails(doubledRanks: readonly number[], found: number): Tails {
  const mean = doubledRanks.reduce((sum, rank) => sum + rank, 0) / 2;
  const spread = Math.sqrt(doubledRanks.reduce((sum, rank) => sum + rank * rank, 0)) / 2;
  // Half a rank of continuity is 1 on the doubled scale.
  return {
    atLeast: normalCdf(-(found - mean - 1) / spread),
    atMost: normalCdf((found - mean + 1) / spread),
  };
}
