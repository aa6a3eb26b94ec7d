import { checkSample } from "./check_sample.ts";
import { type Alternative, doubledMidranks, pValueOf, type Tails } from "./midranks.ts";
import { normalCdf } from "./normal.ts";

export interface MannWhitneyOptions {
  /**
   * `greater`: the first sample lies above the second; `less`: below; `two-sided`: either.
   * @default {"two-sided"}
   */
  readonly alternative?: Alternative;
}

/** A MannWhitney is the result of the Mann–Whitney (Wilcoxon rank-sum) test. */
export interface MannWhitney {
  /** The probability, if both came from one distribution, of a result this far out, 0 to 1. */
  readonly pValue: number;
  /** U of the first sample: pairs in which it is above, equal ones counted half; 0 to n₁ n₂. */
  readonly statistic: number;
  /** U / (n₁ n₂): the chance that a value of the first is above one of the second, 0 to 1. */
  readonly superiority: number;
  readonly n: readonly [number, number];
  /** `exact`: every split counted; `normal`: more than {@linkcode EXACT_MANN_WHITNEY} values. */
  readonly method: "exact" | "normal";
  /** One sentence when nothing could be tested; absent otherwise. */
  readonly warning?: string;
}

/** Up to this many values in both samples together the test is exact, with ties too. */
export const EXACT_MANN_WHITNEY = 100;

/**
 * The Mann–Whitney test: do values of one sample lie above those of another, unpaired one? Mann and Whitney, "On a test of
 * whether one of two random variables is stochastically larger than the other", Annals of Mathematical Statistics 18(1), 1947,
 * pp. 50–60. Exact by their recurrence in the form that allows ties: the ways to choose n₁ of the pooled midranks that have a
 * given sum (Streitberg and Röhmel, "Exact distributions for permutation and rank tests", Statistical Software Newsletter 12,
 * 1986, pp. 10–17). Beyond {@linkcode EXACT_MANN_WHITNEY} values the normal approximation with continuity correction and the
 * variance corrected for ties (Lehmann, Nonparametrics, 1975, section 1.4). Failure case: values within a sample must be
 * independent; blocks of trials, one program after the other, compare two moments of the machine. Paired rounds belong to
 * `signTest`. Returns the p-value and what it rests on; 1 with a warning when all values are equal. Throws RangeError if a
 * sample is empty, a value is not finite, or the alternative is unknown.
 */
export function mannWhitney(
  first: readonly number[],
  second: readonly number[],
  options: MannWhitneyOptions = {},
): MannWhitney {
  const { alternative = "two-sided" } = options;
  checkSample("rank the first sample", first);
  checkSample("rank the second sample", second);
  const ranks = doubledMidranks([...first, ...second]);
  const rankSum = ranks.slice(0, first.length).reduce((sum, rank) => sum + rank, 0);
  const statistic = (rankSum - first.length * (first.length + 1)) / 2;
  const exact = ranks.length <= EXACT_MANN_WHITNEY;
  const equal = ranks.every((rank) => rank === ranks[0]);
  let tails: Tails = { atLeast: 1, atMost: 1 };
  if (!equal) {
    tails = exact
      ? countTails(ranks, first.length, rankSum)
      : approximateTails(ranks, first.length, rankSum);
  }
  return {
    pValue: pValueOf(tails, alternative),
    statistic,
    superiority: statistic / (first.length * second.length),
    n: [first.length, second.length],
    method: exact ? "exact" : "normal",
    ...(equal ? { warning: "all values are equal, so there is nothing to test" } : {}),
  };
}

/** The exact tails. The smaller sample is the one counted, its tails being the other's mirrored. */
function countTails(ranks: readonly number[], firstSize: number, rankSum: number): Tails {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const mirrored = firstSize > ranks.length - firstSize;
  const size = mirrored ? ranks.length - firstSize : firstSize;
  const found = mirrored ? total - rankSum : rankSum;
  const row = waysToReach(ranks.toSorted((a, b) => a - b), size);
  const width = row.length;
  let below = 0;
  for (let sum = 0; sum < found; sum++) below += row[sum] as number;
  let above = 0;
  for (let sum = width - 1; sum > found; sum--) above += row[sum] as number;
  const here = row[found] as number;
  const all = below + here + above;
  const atLeast = (above + here) / all;
  const atMost = (below + here) / all;
  return mirrored ? { atLeast: atMost, atMost: atLeast } : { atLeast, atMost };
}

/** Counts of samples without ties, by the number of values and the size of the smaller sample: every cell of a job asks for the same. */
const KNOWN_WAYS = new Map<string, Float64Array>();

/** The ways to choose `size` of the ranks, by their sum: row k of the table holds those to choose k of the ranks seen so far. */
function waysToReach(ranks: readonly number[], size: number): Float64Array {
  const key = `${size} of ${ranks.length}`;
  const isUntied = new Set(ranks).size === ranks.length;
  const known = isUntied ? KNOWN_WAYS.get(key) : undefined;
  if (known !== undefined) return known;
  const width = ranks.slice(ranks.length - size).reduce((sum, rank) => sum + rank, 0) + 1;
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(width));
  (ways[0] as Float64Array)[0] = 1;
  for (const [seen, rank] of ranks.entries()) {
    for (let k = Math.min(size, seen + 1); k >= 1; k--) {
      const row = ways[k] as Float64Array;
      const fewer = ways[k - 1] as Float64Array;
      for (let sum = rank; sum < width; sum++) {
        row[sum] = (row[sum] as number) + (fewer[sum - rank] as number);
      }
    }
  }
  const row = ways[size] as Float64Array;
  if (isUntied) KNOWN_WAYS.set(key, row);
  return row;
}

function approximateTails(ranks: readonly number[], firstSize: number, rankSum: number): Tails {
  const n = ranks.length;
  const meanRank = n + 1;
  const mean = firstSize * meanRank;
  // Variance of a sum drawn without replacement; with midranks it carries the correction for ties.
  const scatter = ranks.reduce((sum, rank) => sum + (rank - meanRank) ** 2, 0);
  const spread = Math.sqrt(firstSize * (n - firstSize) / (n * (n - 1)) * scatter);
  // Half a rank of continuity is 1 on the doubled scale.
  return {
    atLeast: normalCdf(-(rankSum - mean - 1) / spread),
    atMost: normalCdf((rankSum - mean + 1) / spread),
  };
}
