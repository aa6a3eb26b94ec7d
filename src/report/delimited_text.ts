/**
 * Delimited text: every value of every trial, one row each. CSV and TSV are its two dialects.
 *
 * @module
 */

import { metricsOf, trialValues } from "../compare/trial_values.ts";
import type { Case } from "../model/case.ts";
import { metricValue } from "../model/metric_value.ts";
import { delimitedField } from "../text/delimited_field.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";

const LEADING = ["scenario", "case", "transport", "peer", "pin"] as const;
const TRAILING = [
  "round",
  "order",
  "started_ns",
  "elapsed_ns",
  "operations",
  "metric",
  "unit",
  "better",
  "value",
  "error",
] as const;

/** A Dialect is how fields stand beside each other. */
export interface Dialect {
  /** Between fields. */
  readonly separator: "," | "\t";
  /** Whether tabs and line breaks inside fields become spaces, so that every line is a row. */
  readonly flat: boolean;
  /** After each row. */
  readonly lineEnd: "\r\n" | "\n";
}

/**
 * Renders a record as a tidy table: a header, then one row per case, metric and trial.
 *
 * Values are raw: never scaled, in the unit of the `unit` column, with a point and without thousands marks. Parameters have
 * a column each, `param_…`, empty where a case lacks one. A failed trial is one row with an `error` and no metric. Empty
 * fields read as missing values in R and pandas.
 *
 * @param record The record; the order of its trials does not matter.
 * @param dialect How fields stand beside each other.
 * @returns Lines, sorted by case, metric, round.
 */
export function renderDelimited(record: RunRecord, dialect: Dialect): string {
  const { separator, flat, lineEnd } = dialect;
  const line = (fields: readonly (string | number)[]) =>
    fields.map((field) => typeof field === "number" ? String(field) : delimitedField(field, flat))
      .join(separator);
  const values = trialValues(record);
  const names = parameterNames(record);
  const lines = [line([...LEADING, ...names.map((name) => `param_${name}`), ...TRAILING])];
  for (const spec of record.scenarios) {
    const metrics = metricsOf(record, spec);
    for (const one of record.cases) {
      if (one.scenario !== spec.id) continue;
      // The same in all rows of the case, so quoted once.
      const head = line(describeCase(one, names));
      const succeeded = values.succeeded(one.id);
      for (const { id, unit, better } of metrics) {
        const metric = line([id, unit, better]);
        for (const trial of succeeded) {
          const value = metricValue(trial, id);
          if (value === undefined || !Number.isFinite(value)) continue;
          lines.push([head, ...describeTrial(trial), metric, value, ""].join(separator));
        }
      }
      for (const trial of values.failed(one.id)) {
        const { kind = "", message = "" } = trial.error ?? {};
        const error = line(["", "", "", "", `${kind}: ${message}`]);
        lines.push([head, ...describeTrial(trial), error].join(separator));
      }
    }
  }
  return lines.join(lineEnd) + lineEnd;
}

/** Parameters of the scenarios in their order, then the fixed ones that no grid spans. */
function parameterNames(record: RunRecord): readonly string[] {
  const names = new Set<string>();
  for (const spec of record.scenarios) for (const { name } of spec.parameters) names.add(name);
  for (const { params } of record.cases) for (const name of Object.keys(params)) names.add(name);
  for (const { fixed } of record.cases) for (const name of Object.keys(fixed)) names.add(name);
  return [...names];
}

function describeCase(one: Case, names: readonly string[]): readonly (string | number)[] {
  const params = new Map([...Object.entries(one.fixed), ...Object.entries(one.params)]);
  return [
    one.scenario,
    one.id,
    one.transport,
    one.placement.peer,
    one.placement.pin,
    ...names.map((name) => params.get(name) ?? ""),
  ];
}

function describeTrial(trial: Trial): readonly number[] {
  const { round, order, startedNs, elapsedNs, operations } = trial;
  return [round, order, startedNs, elapsedNs, operations];
}
