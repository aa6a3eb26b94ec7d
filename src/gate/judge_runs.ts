// Judging runs against the runs of a baseline: all cells of one run first, then those that look slower by several more.
//
// Nothing is called slower by the first run alone, and what it does not point at is left as it is: giving up a suspicion early can only
// lose alarms, so that the test over all of head's runs, corrected for all cells, keeps the error rate although it is asked after a look.

import { cellKey, type RecordComparison } from "../compare/comparison.ts";
import { concludeGate } from "./gate_outcome.ts";
import type { Policy } from "./gate_policy.ts";
import type { GateResult, Verdict } from "./gate_result.ts";
import { judge } from "./judge.ts";

/** Runs of head in all where a cell is suspected. */
export const HEAD_RUNS = 4;

/** Decides what the first run pointed at by all of head's runs, in the cases that were measured again. */
export function judgeAgain(
  first: GateResult,
  compared: RecordComparison,
  all: RecordComparison,
  policy: Policy,
): GateResult {
  const asked = new Map(
    first.cells.filter(({ flagged }) => flagged).map((cell) => [keyOf(cell), cell]),
  );
  const isAsked = (cell: { readonly case: string; readonly metric: string }) =>
    asked.has(keyOf({ ...cell, rule: "slowdown" }));
  const cases = new Set([...asked.values()].map((cell) => cell.case));
  const isOfCase = (one: { readonly case: string }) => cases.has(one.case);
  const splice = <T extends { readonly case: string; readonly metric: string }>(
    of: (from: RecordComparison) => readonly T[],
  ) => [...of(compared).filter((cell) => !isAsked(cell)), ...of(all).filter(isAsked)];
  const second = judge({
    ...compared,
    // What was not pointed at may be called nothing any more.
    comparisons: splice(({ comparisons }) => comparisons).map((one) =>
      isAsked(one) ? one : { ...one, pValue: 1 }
    ),
    missingCells: splice(({ missingCells }) => missingCells),
    incomparableCells: splice(({ incomparableCells }) => incomparableCells),
    headSummaries: [
      ...compared.headSummaries.filter((one) => !isOfCase(one)),
      ...all.headSummaries.filter(isOfCase),
    ],
    failures: [
      ...compared.failures.filter((one) => !isOfCase(one)),
      ...all.failures.filter(isOfCase),
    ],
    ...(all.waits !== undefined && { waits: new Map([...compared.waits ?? [], ...all.waits]) }),
  }, policy);
  const known = new Map(first.cells.map((cell) => [keyOf(cell), cell]));
  const { exitCode: _code, summary: _summary, judged: _judged, ...open } = second;
  return concludeGate({
    ...open,
    cells: second.cells.map((cell) =>
      asked.has(keyOf(cell)) ? cell : known.get(keyOf(cell)) ?? cell
    ),
  });
}

function keyOf({ case: id, metric, rule }: Pick<Verdict, "case" | "metric" | "rule">): string {
  return `${rule} ${cellKey(id, metric)}`;
}

/** Why a baseline can never let a head pass, by its comparison with itself; `undefined` where it can. */
export function findHopeless(own: RecordComparison, policy: Policy): string | undefined {
  const { exitCode: _code, summary: _summary, judged: _judged, ...open } = judge(
    { ...own, isHeadPartial: false },
    policy,
  );
  const result = concludeGate({
    ...open,
    cells: open.cells.map(likeBase),
  });
  return result.exitCode === 3 ? result.summary.replace(/^Cannot judge: |\.$/g, "") : undefined;
}

/** The best that may be said of a cell: that it is shown to be like base; only a head tells how wide its interval is. */
function likeBase(cell: Verdict): Verdict {
  const { detectable, ratio, starved, ...rest } = cell;
  const isExcused = starved === true && ratio?.runs === undefined;
  if (cell.verdict !== "inconclusive" || (cell.unresolvable && !isExcused)) return cell;
  return {
    ...rest,
    ...(ratio !== undefined && { ratio }),
    ...(ratio?.runs !== undefined && detectable !== undefined && { detectable }),
    verdict: "pass",
    unresolvable: false,
  };
}
