// Stalls: trials in which an operation took many times as long as the longest of a usual trial. No median shows them.

import type { TrialValues } from "../../compare/trial_values.ts";
import { metricValue } from "../../model/metric_value.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { Trial } from "../../model/trial.ts";
import { median } from "../../stats/quantile.ts";
import type { ListItem } from "../document/document.ts";
import { amount, name, text } from "../document/inline.ts";

/** A trial stalled where its longest operation took as many times the median of the trials' longest, or more. */
const STALL_FACTOR = 10;
/** Fewer trials have no usual maximum. */
const MIN_TRIALS = 6;
/** Cases that are named. */
const MAX_CASES = 3;

/**
 * Warns of trials that stalled, case by case, the longest stall first. One item a case, and one that counts those beyond the
 * first; none where nothing stalled.
 */
export function stallWarnings({ cases }: RunRecord, values: TrialValues): readonly ListItem[] {
  const stalled = cases.flatMap(({ id }) => {
    const longest = values.succeeded(id).flatMap((trial) => longestNs(trial) ?? []);
    if (longest.length < MIN_TRIALS) return [];
    const usual = median(longest);
    const stalls = longest.filter((ns) => usual > 0 && ns >= STALL_FACTOR * usual);
    if (stalls.length === 0) return [];
    return [{ id, usual, stalls: stalls.length, trials: longest.length, ns: Math.max(...stalls) }];
  }).sort((a, b) => b.ns - a.ns);
  const rest = stalled.slice(MAX_CASES);
  return [
    ...stalled.slice(0, MAX_CASES).map(({ id, usual, stalls, trials, ns }): ListItem => ({
      text: [
        text(`${stalls} of ${trials} trials stalled: an operation took up to `),
        amount(ns, "ns"),
        text(", where the longest of a usual trial takes "),
        amount(usual, "ns"),
        text(": "),
        name(id),
        text("."),
      ],
      cases: [id],
    })),
    ...(rest.length === 0 ? [] : [{
      text: [
        text("Trials of further cases stalled: "),
        { kind: "names" as const, names: rest.map(({ id }) => id) },
        text("."),
      ],
      cases: rest.map(({ id }) => id),
    }]),
  ];
}

/** The longest operation of a trial, whatever its operations are. */
function longestNs(trial: Trial): number | undefined {
  const maxima = Object.values(trial.histograms).flatMap(({ max }) => max ?? []);
  return maxima.length > 0 ? Math.max(...maxima) : metricValue(trial, "max");
}
