// compareRuns: several runs a side, the run being the unit.

import type { RunRecord } from "../model/run_record.ts";
import { compareRecords } from "./compare_records.ts";
import { shrinkVariances } from "../stats/shrink_variances.ts";
import type { Comparison, RecordComparison } from "./comparison.ts";

/** Compares runs, of which each side has at least one; `deciding`: runs of head once what is suspected was measured again. */
export function compareRuns(
  base: readonly RunRecord[],
  head: readonly RunRecord[],
  deciding: number = head.length,
): RecordComparison {
  const [ours, theirs] = [mergeRuns(base), mergeRuns(head)];
  const isOwn = base === head;
  const runs = { runOf: { base: ours.runOf, head: theirs.runOf }, deciding, isOwn };
  const compared = compareRecords(ours.record, theirs.record, { paired: false, runs });
  return { ...compared, comparisons: shrinkSpreads(compared.comparisons, isOwn) };
}

/** Of five runs a cell's own spread is known to a third: what it could have shown is told by that of the other cells too. The test is not. */
function shrinkSpreads(
  comparisons: readonly Comparison[],
  isOwn: boolean,
): readonly Comparison[] {
  const groups = Map.groupBy(
    comparisons,
    ({ metric, kind, ratio: { runs } }) => JSON.stringify([metric, kind, runs]),
  );
  const shrunk = new Map([...groups.values()].flatMap((own) => {
    const { base = 0, head = 0 } = own[0]!.ratio.runs ?? {};
    const variances = own.map(({ spread = 0 }) => spread ** 2);
    return shrinkVariances(variances, isOwn ? base - 1 : base + head - 2)
      .map((variance, index) => [own[index]!, Math.sqrt(variance)] as const);
  }));
  return comparisons.map((one) => ({ ...one, spread: shrunk.get(one)! }));
}

/** `record`: all trials, rounds one after another; `runOf`: the run of a round, from 0. */
type OneOfRuns = Readonly<{ record: RunRecord; runOf: (round: number) => number }>;

function mergeRuns(runs: readonly RunRecord[]): OneOfRuns {
  const first = runs[0]!;
  if (runs.length === 1) return { record: first, runOf: () => 0 };
  const trials: RunRecord["trials"][number][] = [];
  const starts: number[] = [];
  let [rounds, wholeRounds, startNs] = [0, 0, 0];
  for (const run of runs) {
    starts.push(rounds);
    for (const trial of run.trials) {
      const { round, startedNs } = trial;
      trials.push({ ...trial, round: rounds + round, startedNs: startNs + startedNs });
    }
    wholeRounds += run.settings.wholeRounds ?? run.settings.rounds;
    rounds += run.trials.reduce((most, { round }) => Math.max(most, round), run.settings.rounds);
    startNs += run.trials.reduce((last, { startedNs }) => Math.max(last, startedNs), 0) + 1;
  }
  const skipped = new Map(runs.flatMap((run) => run.skipped).map((skip) => [skip.what, skip]));
  const record: RunRecord = {
    ...first,
    partial: runs.some(({ partial }) => partial),
    settings: { ...first.settings, rounds, wholeRounds },
    skipped: [...skipped.values()],
    trials,
  };
  return { record, runOf: (round) => starts.findLastIndex((start) => round > start) };
}
