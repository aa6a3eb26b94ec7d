// Evidence: what the kernel counted, in sentences beside what was measured.

import type { Contrasted } from "../../compare/contrast.ts";
import type { TrialValues } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { plural } from "../../text/plural.ts";
import { formatCount } from "../../units/format_quantity.ts";
import { canHave, countedTrials, nameCounter, operationsOf, totalOf } from "./counters.ts";

/** What happened in a smaller share of the operations than this on both sides explains no difference between them. */
const NOTABLE_SHARE = 0.001;

/** What the counters say of comparisons of one factor's two values: see {@linkcode evidenceOf}. */
export type EvidenceOf = (
  spec: ScenarioSpec,
  items: readonly [Contrasted, ...Contrasted[]],
) => readonly string[];

/**
 * Says what the counters say of comparisons: "397 delayed ACKs in 400 exchanges with nagle on; 0 in 3210 with nagle off".
 *
 * @returns A function that gives one sentence without full stop per counter that moved notably on either side; none where a side has no
 * counters, or counts that its operations do not explain. Cases whose sockets cannot move a counter are not among those of its sentence.
 */
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

/** One side of a comparison. */
interface Side {
  /** As in `nagle on`. */
  readonly name: string;
  readonly cases: readonly Case[];
}

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

interface Counted {
  readonly side: Side;
  readonly count: SideCount;
}

function formatCounted(
  counter: string,
  { operation }: ScenarioSpec,
  { side, count }: Counted,
): string {
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
