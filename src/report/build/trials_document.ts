// buildTrialsDocument: every value of every trial, one row each, for R, pandas and spreadsheets.

import { metricsOf } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import { metricValue } from "../../model/metric_value.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { Trial } from "../../model/trial.ts";
import type { Document } from "../document/document.ts";
import { text } from "../document/inline.ts";
import { evaluate } from "./evaluation.ts";

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

/** One tidy table: a row per case, metric and trial, values raw, a column per parameter; a failed trial has an `error` and no metric. */
export function buildTrialsDocument(record: RunRecord): Document {
  const names = parameterNames(record);
  return {
    kind: "trials",
    title: [text("Trials measured by sockbench")],
    facts: [],
    blocks: [{
      kind: "data",
      columns: [...LEADING, ...names.map((name) => `param_${name}`), ...TRAILING],
      rows: () => trialRows(record, names),
    }],
  };
}

function* trialRows(record: RunRecord, names: readonly string[]) {
  const { values } = evaluate(record);
  for (const spec of record.scenarios) {
    const metrics = metricsOf(record, spec);
    for (const one of record.cases) {
      if (one.scenario !== spec.id) continue;
      const head = describeCase(one, names);
      for (const { id, unit, better } of metrics) {
        for (const trial of values.succeeded(one.id)) {
          const value = metricValue(trial, id);
          if (value === undefined || !Number.isFinite(value)) continue;
          yield [...head, ...describeTrial(trial), id, unit, better, value, ""];
        }
      }
      for (const trial of values.failed(one.id)) {
        const { kind = "", message = "" } = trial.error ?? {};
        yield [...head, ...describeTrial(trial), "", "", "", "", `${kind}: ${message}`];
      }
    }
  }
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
