// The best of several subjects, cell by cell. Against base the verdicts decide, so that a best never contradicts them; between two heads the
// same sign test and the same threshold. Multiple comparisons with the best (Hsu, Multiple Comparisons: Theory and Methods, 1996, chapter 4)
// by Bonferroni's inequality: a cell has as many comparisons with its best as there are heads, over which its family's share of alpha is spread.

import { type Cell, cellKey, type RecordComparison } from "../compare/comparison.ts";
import { isBeyondBetter } from "../compare/effect.ts";
import { COUNTED_METRIC } from "../compare/pooled_values.ts";
import { adjustByFamily } from "./families.ts";
import type { GateResult, Verdict } from "./gate_result.ts";

/** The best subject of a cell. */
export interface BestSubject<S extends string> extends Cell {
  /** Shown to be better than each of the others, beyond the threshold; absent: none is. */
  readonly best?: S;
  /** Those that may be the best: the one with the best ratio, then those not shown to be worse, in the order given. */
  readonly candidates: readonly S[];
}

interface Rival<S> {
  readonly side: S;
  /** Against base; absent: base itself. */
  readonly cell?: Verdict;
}

/** The best of base and its heads in each cell that some head was compared in; `compare` sets a head against another. */
export function findBestSubjects<S extends string>(
  base: S,
  results: ReadonlyMap<S, GateResult>,
  compare: (base: S, head: S) => RecordComparison,
): readonly BestSubject<S>[] {
  const compared = [...results].flatMap(([side, { cells }]) =>
    cells.filter((cell) => cell.ratio !== undefined && cell.verdict !== "incomparable")
      .map((cell) => ({ side, cell }))
  );
  const estimated = compared.filter(({ cell }) => cell.metric !== COUNTED_METRIC);
  const corrections = new Map(
    adjustByFamily(estimated.map(({ cell }) => cell), estimated.map(() => 1))
      .map((correction, place) => [estimated[place], correction]),
  );
  const alpha = [...results.values()][0]?.policy.alpha ?? 0;
  const groups = Map.groupBy(compared.keys(), (index) => {
    const { cell } = compared[index]!;
    return cellKey(cell.case, cell.metric);
  });
  const isBetter = betterHead(compare);
  return [...groups.values()].map((indices): BestSubject<S> => {
    const rivals = [{ side: base }, ...indices.map((index) => compared[index]!)];
    const { comparisons, share } = corrections.get(compared[indices[0]!]) ??
      { comparisons: 1, share: 1 };
    const { case: id, metric, headline } = compared[indices[0]!]!.cell;
    const [first, ...others] = rivals.toSorted((a, b) => ratioOf(b) - ratioOf(a));
    const open = rivals.filter((rival) =>
      others.includes(rival) && !isBetter(first!, rival, alpha * share / comparisons)
    );
    return {
      case: id,
      metric,
      headline,
      ...(open.length === 0 && { best: first!.side }),
      candidates: [first!.side, ...open.map(({ side }) => side)],
    };
  });
}

/** Against base, above 1 better; of the fresh pairs where there are any. */
function ratioOf<S>({ cell }: Rival<S>): number {
  return (cell?.confirmation ?? cell)?.ratio?.estimate ?? 1;
}

/** Whether one subject of a cell is shown to be better than another, at an error rate. */
function betterHead<S extends string>(compare: (base: S, head: S) => RecordComparison) {
  const known = new Map<string, ReturnType<typeof index>>();
  const index = ({ comparisons, environmentObstacles }: RecordComparison) =>
    new Map(
      environmentObstacles.length > 0
        ? []
        : comparisons.map((one) => [cellKey(one.case, one.metric), one]),
    );
  return (one: Rival<S>, other: Rival<S>, alpha: number): boolean => {
    if (one.cell === undefined) return other.cell?.verdict === "regressed";
    if (other.cell === undefined) return one.cell.verdict === "improved";
    const key = JSON.stringify([other.side, one.side]);
    let cells = known.get(key);
    if (cells === undefined) known.set(key, cells = index(compare(other.side, one.side)));
    const found = cells.get(cellKey(one.cell.case, one.cell.metric));
    const { threshold = 0 } = one.cell;
    return found !== undefined && found.pValueBetter <= alpha &&
      isBeyondBetter(found.ratio.estimate, threshold, found.kind);
  };
}
