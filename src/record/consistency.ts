/**
 * Consistency: what must hold between the fields of a record. The schema says what each field is; this says whether they
 * tell one story.
 *
 * @module
 */

import type { Case } from "../plan/case.ts";
import { describe, formatPath } from "./record_error.ts";
import { findSparseFault } from "./sparse_histogram.ts";
import type { RunRecord, Trial } from "./trial.ts";

/**
 * Finds the first contradiction within a record.
 *
 * @param record A record of the right shape.
 * @returns One clause that says what is wrong, as in `trials[3].case is not among the cases: it is "x"`; `undefined` when
 * the record is sound.
 */
export function findInconsistency(record: RunRecord): string | undefined {
  return findDuplicateIds(record) ?? findUnknownMetrics(record) ?? findOrphanCases(record) ??
    findTrialFaults(record);
}

/** Every list that others refer to by id. */
function findDuplicateIds(record: RunRecord): string | undefined {
  for (const list of ["metrics", "scenarios", "cases"] as const) {
    const seen = new Map<string, number>();
    for (const [index, { id }] of record[list].entries()) {
      const before = seen.get(id);
      if (before !== undefined) {
        return `${list}[${index}].id must be unique: ${describe(id)} is ${list}[${before}] already`;
      }
      seen.set(id, index);
    }
  }
  return undefined;
}

function findUnknownMetrics({ metrics, scenarios }: RunRecord): string | undefined {
  const known = new Set(metrics.map(({ id }) => id));
  for (const [index, scenario] of scenarios.entries()) {
    for (const [place, id] of scenario.metrics.entries()) {
      if (!known.has(id)) {
        return unknown(["scenarios", index, "metrics", place], "metrics", id);
      }
    }
    for (const [place, { metric }] of scenario.contrasts.entries()) {
      if (!known.has(metric)) {
        return unknown(["scenarios", index, "contrasts", place, "metric"], "metrics", metric);
      }
    }
  }
  return undefined;
}

function findOrphanCases({ scenarios, cases }: RunRecord): string | undefined {
  const known = new Set(scenarios.map(({ id }) => id));
  const index = cases.findIndex(({ scenario }) => !known.has(scenario));
  if (index < 0) return undefined;
  return unknown(["cases", index, "scenario"], "scenarios", cases[index]!.scenario);
}

function findTrialFaults({ cases, trials, settings }: RunRecord): string | undefined {
  const seen = new Map(cases.map(({ id }: Case) => [id, noTrialsYet()]));
  for (const [index, trial] of trials.entries()) {
    const before = seen.get(trial.case);
    if (before === undefined) return unknown(["trials", index, "case"], "cases", trial.case);
    if (trial.round > settings.rounds) {
      return `trials[${index}].round must be at most settings.rounds, ${settings.rounds}: it is ${trial.round}`;
    }
    const sameRound = before.rounds.get(trial.round);
    if (sameRound !== undefined) {
      return `trials[${index}] must be the only trial of ${describe(trial.case)} in round ` +
        `${trial.round}: trials[${sameRound}] is one too`;
    }
    // Trials follow one another: what started at the same time is one trial, counted twice.
    const sameStart = before.starts.get(trial.startedNs);
    if (sameStart !== undefined) {
      return `trials[${index}] must be the only trial of ${describe(trial.case)} that started at ` +
        `${trial.startedNs} ns: trials[${sameStart}] did too`;
    }
    before.rounds.set(trial.round, index);
    before.starts.set(trial.startedNs, index);
    const fault = findHistogramFault(trial, ["trials", index]);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The trials of a case by what no two of them share: index by round, and by start. */
function noTrialsYet(): { rounds: Map<number, number>; starts: Map<number, number> } {
  return { rounds: new Map(), starts: new Map() };
}

/**
 * Finds the first histogram of a trial that contradicts itself.
 *
 * @param trial A trial of the right shape.
 * @param at The path of the trial.
 * @returns One clause that says what is wrong; `undefined` when all are sound.
 */
export function findHistogramFault(
  trial: Trial,
  at: readonly PropertyKey[],
): string | undefined {
  for (const [name, histogram] of Object.entries(trial.histograms)) {
    const fault = findSparseFault(histogram);
    if (fault !== undefined) {
      return `${formatPath([...at, "histograms", name, fault.field])} ${fault.problem}`;
    }
  }
  return undefined;
}

function unknown(path: readonly PropertyKey[], list: string, id: string): string {
  return `${formatPath(path)} must be among the ${list} of the record: it is ${describe(id)}`;
}
