// Record sides: one of the two records of a comparison, indexed for it.

import { type MetricDefinition, ownDefinition } from "../units/metric.ts";
import type { Case } from "../model/case.ts";
import type { RunRecord } from "../model/run_record.ts";
import { cellKey } from "./comparison.ts";
import { summarize, type Summary } from "./summarize.ts";
import { withGenerationMetrics } from "./pooled_values.ts";
import { findMetric, metricsOf, type TrialValues, trialValues } from "./trial_values.ts";
import { findImpossible } from "./usable_values.ts";

export interface RecordSide {
  readonly record: RunRecord;
  readonly values: TrialValues;
  readonly cases: ReadonlyMap<string, Case>;
  /** Its summaries by {@linkcode cellKey}; a cell that holds an impossible value has none. */
  readonly summaries: ReadonlyMap<string, Summary>;
  judged(one: Case): readonly MetricDefinition[];
}

/** Indexes a record. Throws RangeError where a case has two trials in one round, or of one moment: one would count twice. */
export function openSide(record: RunRecord, byGeneration = false): RecordSide {
  refuseDuplicates(record);
  const values = trialValues(record, byGeneration);
  const usable = withoutImpossible(record, values);
  const summaries = byGeneration
    ? summarize(record, usable, withGenerationMetrics)
    : summarize(record, usable);
  return {
    judged: (one) => {
      const own = judgedMetrics(record, one);
      return byGeneration ? withGenerationMetrics(own) : own;
    },
    record,
    values,
    cases: new Map(record.cases.map((one) => [one.id, one])),
    summaries: new Map(
      summaries.map((summary) => [cellKey(summary.case, summary.metric), summary]),
    ),
  };
}

/** The metrics of a case that have a better direction, the headline first. */
export function judgedMetrics(record: RunRecord, one: Case): readonly MetricDefinition[] {
  const spec = record.scenarios.find(({ id }) => id === one.scenario);
  return spec === undefined
    ? []
    // Of the suite's own metrics the suite knows: a record that calls a latency neither better nor worse must not keep it from being judged.
    : metricsOf(record, spec).filter((metric) =>
      (ownDefinition(metric.id) ?? metric).better !== "neither"
    );
}

/** Medians and reciprocals of absurd numbers overflow, and say nothing in any case. */
function withoutImpossible(record: RunRecord, values: TrialValues): TrialValues {
  return {
    ...values,
    of(caseId, metricId) {
      const all = values.of(caseId, metricId);
      const metric = findMetric(record, metricId);
      return metric === undefined || findImpossible(all, metric) === undefined ? all : [];
    },
  };
}

function refuseDuplicates({ trials }: RunRecord): void {
  const seen = new Set<string>();
  for (const { case: id, round, block, startedNs } of trials) {
    const name = JSON.stringify(id);
    const faults = {
      // What others are compared with is in several blocks of a round.
      [`round ${round} ${block} ${id}`]:
        `each case must have one trial a round: ${name} has two in round ${round}`,
      [`start ${startedNs} ${id}`]:
        `trials follow one another: ${name} has two that started at ${startedNs} ns`,
    };
    for (const [key, fault] of Object.entries(faults)) {
      if (seen.has(key)) throw new RangeError(`Cannot compare records as ${fault}`);
      seen.add(key);
    }
  }
}
