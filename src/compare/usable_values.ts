// Usable values: which trials of a cell can be compared; beyond a tenth left out there is no verdict, as survivors would be judged.

import { pairByRound } from "./contrast.ts";
import { isPossible, type MetricDefinition } from "../units/metric.ts";
import { UNITS } from "../units/unit.ts";
import type { ValuePair } from "./effect.ts";
import { OWN_TOOL, type RunRecord, toolOf } from "../model/run_record.ts";
import type { RoundValue, TrialValues } from "./trial_values.ts";

/** One side of a cell. `fault`: why it cannot be compared at all. */
export type UsableSide = Readonly<
  { rounds: ReadonlySet<number>; usable: readonly RoundValue[]; fault?: string }
>;

/** The pairs of a cell. By round, at least one, and what was left out. */
export type MatchedPairs = Readonly<{ pairs: readonly ValuePair[]; warnings: readonly string[] }>;

/** The first value that cannot have been measured: negative, or beyond what any socket will yield. */
export function findImpossible(
  values: readonly RoundValue[],
  metric: MetricDefinition,
): RoundValue | undefined {
  return values.find(({ value }) => !isPossible(value, metric));
}

/** The values of one side that can be compared, with a fault when too many of its trials are unusable. */
export function selectSide(
  name: "base" | "head",
  { values, record }: { readonly values: TrialValues; readonly record: RunRecord },
  cell: { readonly case: string; readonly metric: string },
  metric: MetricDefinition,
): UsableSide {
  const trials = [...values.succeeded(cell.case), ...values.failed(cell.case)];
  const rounds = new Set(trials.map(({ round }) => round));
  // A run that came to its end tried each case in each whole round: trials that are not there were taken out. Other tools have no rounds.
  const isWhole = !record.partial && toolOf(record) === OWN_TOOL;
  const { rounds: all, wholeRounds = all } = record.settings;
  const done = isWhole ? Math.max(wholeRounds, rounds.size) : rounds.size;
  if (done - rounds.size > mostLeftOut(done)) {
    const fault =
      `${name} has trials of ${rounds.size} of its ${done} rounds only, so that they may not stand for all`;
    return { rounds, usable: [], fault };
  }
  const own = values.of(cell.case, cell.metric);
  const usable = UNITS[metric.unit].effect === "ratio" ? own.filter(({ value }) => value > 0) : own;
  const fault = findTooFew(name, sum(usable), rounds.size);
  return { rounds, usable, ...(fault === undefined ? {} : { fault }) };
}

/** Pairs by round, or why there are none worth comparing. */
export function matchPairs(base: UsableSide, head: UsableSide): MatchedPairs | string {
  const known = new Map(head.usable.map((one) => [one.round, one]));
  const pairs = pairByRound(head.usable, base.usable).map(([value, against, round]): ValuePair => {
    const { generation, rounds: trials } = known.get(round)!;
    return {
      base: against,
      head: value,
      ...(generation !== undefined && { generation }),
      ...(trials !== undefined && { rounds: trials }),
    };
  });
  const rounds = new Set([...base.rounds, ...head.rounds]).size;
  if (pairs.length === 0) return "no round has a usable trial on both sides";
  const left = rounds - sum(pairs);
  if (left > mostLeftOut(rounds)) {
    return `${left} of ${rounds} rounds lack a usable trial on one side or both, so that the rest may not stand for all`;
  }
  const warnings = left === 0 ? [] : [`${left} of ${rounds} rounds could not be paired`];
  return { pairs, warnings };
}

/** The rounds that values stand for. */
function sum(values: readonly { readonly rounds?: number }[]): number {
  return values.reduce((all, { rounds = 1 }) => all + rounds, 0);
}

/** How many trials may be left out: a tenth, and one in any case: a single hiccup does not end a short run. */
export function mostLeftOut(rounds: number): number {
  return Math.max(1, Math.floor(rounds / 10));
}

function findTooFew(name: string, usable: number, rounds: number): string | undefined {
  const left = rounds - usable;
  if (usable > 0 && left <= mostLeftOut(rounds)) return undefined;
  return `${left} of ${rounds} trials of ${name} failed or yield no value above 0, so that the rest may not stand for all`;
}
