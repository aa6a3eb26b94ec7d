// The table of what the kernel counted while the cases of a scenario were measured.

import type { TrialValues } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import type { Block } from "../document/document.ts";
import { sentence } from "../document/inline.ts";
import {
  canHave,
  countedTrials,
  expandCounters,
  isNamespaceWide,
  nameCounter,
  operationsOf,
  totalOf,
} from "./counters.ts";
import { shortId } from "./keys.ts";

/**
 * The counters that a scenario names, summed over each case's trials. A table, or one sentence where nothing moved; `undefined`
 * where the scenario names no counter or no trial has any.
 */
export function buildEvidence(
  spec: ScenarioSpec,
  cases: readonly Case[],
  values: TrialValues,
): Block | undefined {
  const counters = expandCounters(spec.evidence ?? [], cases, values);
  if (counters.length === 0) return undefined;
  // Where a whole family of counters is asked for, only some cases have any of them.
  const isFamily = spec.evidence?.every((counter) => counter.endsWith("*")) ?? false;
  const rows = cases.flatMap((one) => {
    const trials = countedTrials(one, values);
    if (trials.length === 0) return [];
    const totals = counters.map((counter) => totalOf(counter, spec, one, trials));
    if (isFamily && totals.every((total) => total === 0)) return [];
    return [{ one, trials: trials.length, operations: operationsOf(trials), totals }];
  });
  const able = rows.map(({ one }) => counters.map((counter) => canHave(counter, one)));
  if (able.flat().every((can) => !can)) return undefined;
  const isPolluted = rows.some(({ totals }, row) =>
    totals.some((total, index) => total === null && able[row]?.[index] === true)
  );
  const titles = counters.map((counter) => nameCounter(counter, 0));
  const caveat = counters.some(isNamespaceWide)
    ? " They count for the whole network namespace: other programs' traffic is in them."
    : "";
  if (!isPolluted && rows.every(({ totals }) => totals.every((total) => (total ?? 0) === 0))) {
    const nothing = `The kernel counted no ${titles.join(", ")} in any measured interval.`;
    return { kind: "paragraph", role: "evidence", text: [sentence(nothing + caveat)] };
  }
  const omitted = isPolluted ? " Counts that the operations cannot have caused are left out." : "";
  const said = "What the kernel counted in the measured intervals of all trials together.";
  return {
    kind: "table",
    role: "evidence",
    caption: [sentence(said + caveat + omitted)],
    noun: "case",
    fold: "What the kernel counted",
    intervals: "on demand",
    common: [],
    keys: [],
    names: "case",
    columns: [
      { id: "trials", title: "trials", align: "number" },
      { id: "operations", title: `${spec.operation}s`, align: "number" },
      ...counters.map((counter, index) => ({
        id: counter,
        title: titles[index] ?? counter,
        align: "number" as const,
      })),
    ],
    rows: rows.map(({ one, trials, operations, totals }) => ({
      keys: [],
      name: shortId(spec.id, one.id),
      cells: [trials, operations, ...totals].map((value) =>
        value === null ? null : { kind: "count" as const, value }
      ),
    })),
  };
}
