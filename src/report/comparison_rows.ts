/**
 * Comparison rows: every comparison of a record, whatever its outcome.
 *
 * @module
 */

import type { Contrasted } from "../compare/contrast.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import type { ComparisonRow } from "./document.ts";
import { ownParams, reading } from "./phrases.ts";
import { describeParams, formatParam } from "./describe_case.ts";

/**
 * Every comparison as a row.
 *
 * @param scenarios The scenarios of the record.
 * @param contrasts All comparisons.
 * @returns Rows in the order of the comparisons.
 */
export function buildComparisonRows(
  scenarios: readonly ScenarioSpec[],
  contrasts: readonly Contrasted[],
): readonly ComparisonRow[] {
  const specs = new Map(scenarios.map((spec) => [spec.id, spec]));
  return contrasts.flatMap((item): ComparisonRow[] => {
    const spec = specs.get(item.scenario);
    if (spec === undefined) return [];
    return [{
      scenario: item.scenario,
      factor: item.factor,
      subject: formatParam(spec, item.factor, item.value),
      base: formatParam(spec, item.factor, item.baseValue),
      at: describeParams(spec, ownParams(spec, item)),
      metric: item.metric.title,
      ratio: item.ratio,
      low: item.low,
      high: item.high,
      n: item.n,
      confidence: item.confidence,
      reading: reading(item),
    }];
  });
}
