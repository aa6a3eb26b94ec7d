// Evidence: what the kernel counted, in sentences and as a table beside what was measured.

import type { Contrasted } from "../../compare/contrast.ts";
import type { TrialValues } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { plural } from "../../text/plural.ts";
import { formatCount } from "../../units/format_quantity.ts";
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
import { column, table } from "./blocks.ts";

/** What happened in a smaller share of the operations than this on both sides explains no difference between them. */
const NOTABLE_SHARE = 0.001;

/** What the counters say of comparisons of one factor's two values: see {@linkcode evidenceOf}. */
export type EvidenceOf = (
  spec: ScenarioSpec,
  items: readonly [Contrasted, ...Contrasted[]],
) => readonly string[];

/** "397 delayed ACKs in 400 exchanges with nagle on; 0 in 3210 with nagle off": one sentence per counter that moved notably. */
export function evidenceOf(cases: readonly Case[], values: TrialValues): EvidenceOf {
  const byId = new Map(cases.map((one) => [one.id, one]));
  return (spec, items) => formatEvidence(spec, items, byId, values);
}

function formatEvidence(
  spec: ScenarioSpec,
  items: readonly [Contrasted, ...Contrasted[]],
  cases: ReadonlyMap<string, Case>,
  values: TrialValues,
): readonly string[] {
  const counters = (spec.evidence ?? []).filter((counter) => !counter.endsWith("*"));
  const [item] = items;
  const sideOf = (ids: readonly string[], value: number | string): Side => ({
    name: ["transport", "scenario"].includes(item.factor)
      ? String(value)
      : `${item.factor} ${value}`,
    cases: [...new Set(ids)].flatMap((id) => cases.get(id) ?? []),
  });
  const own = sideOf(items.map((one) => one.case), item.value);
  const theirs = sideOf(items.map((one) => one.base), item.baseValue);
  return counters.flatMap((counter): string[] => {
    const [ours, others] = [own, theirs].map((side) => countSide(counter, spec, side, values));
    if (ours === undefined || others === undefined) return [];
    if (![ours, others].some(isNotable)) return [];
    const [first, second] = ours === "never"
      ? [{ side: theirs, count: others }, { side: own, count: ours }]
      : [{ side: own, count: ours }, { side: theirs, count: others }];
    return [`${formatCounted(counter, spec, first)}; ${formatRest(second)}`];
  });
}

/** One side of comparisons, as in `nagle on`. */
type Side = Readonly<{ name: string; cases: readonly Case[] }>;

/** How often a counter moved, in how many operations; `never`: none of the sockets can move it. */
type SideCount = { readonly total: number; readonly operations: number } | "never";

/** `undefined` where a case has no counters, or some that its operations do not explain. */
function countSide(
  counter: string,
  spec: ScenarioSpec,
  { cases }: Side,
  values: TrialValues,
): SideCount | undefined {
  const able = cases.filter((one) => canHave(counter, one));
  if (able.length === 0) return "never";
  let [sum, operations] = [0, 0];
  for (const one of able) {
    const trials = countedTrials(one, values);
    const total = totalOf(counter, spec, one, trials);
    if (total === null) return undefined;
    sum += total;
    operations += operationsOf(trials);
  }
  return operations === 0 ? undefined : { total: sum, operations };
}

function isNotable(count: SideCount | undefined): boolean {
  return typeof count === "object" && count.total > 0 &&
    count.total >= NOTABLE_SHARE * count.operations;
}

type Counted = { readonly side: Side; readonly count: SideCount };

function formatCounted(counter: string, { operation }: ScenarioSpec, { side, count }: Counted) {
  if (count === "never") return `none with ${side.name}`;
  const { total, operations } = count;
  const many = plural(operations, operation, formatCount(operations));
  return `${formatCount(total)} ${nameCounter(counter, total)} in ${many} with ${side.name}`;
}

function formatRest({ side, count }: Counted): string {
  return count === "never"
    ? `${side.name} cannot have any`
    : `${formatCount(count.total)} in ${formatCount(count.operations)} with ${side.name}`;
}

/** The counters that a scenario names, summed by case: a table, one sentence where nothing moved, `undefined` where there are none. */
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
  return table({
    role: "evidence",
    caption: [sentence(said + caveat + omitted)],
    noun: "case",
    fold: "What the kernel counted",
    names: "case",
    columns: [
      column("trials", "trials"),
      column("operations", `${spec.operation}s`),
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
  });
}
