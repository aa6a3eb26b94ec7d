// Findings: comparisons in words, the weightiest first, and never more than the intervals allow.

import type { Contrasted } from "../../compare/contrast.ts";
import type { TrialValues } from "../../compare/trial_values.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import type { ListItem } from "../document/document.ts";
import { sentence } from "../document/inline.ts";
import type { EvidenceOf } from "./evidence.ts";
import { type Finding, reading } from "./phrases.ts";
import { adviseOnTls, writeTlsCosts } from "./tls_cost.ts";
import { groupBy } from "../group_by.ts";
import { placementKey } from "../document/format_key.ts";
import { type Group, writeDifference, writeNoDifference, writeUnresolved } from "./sentences.ts";
import type { SummaryOf } from "./evaluation.ts";
import { type SearchResult, writeSearch } from "./search.ts";

/** Findings that a report begins with; the rest stand folded below. */
const MAX_FINDINGS = 12;
/** Of these at most so many say that nothing differs. */
const MAX_WITHOUT_DIFFERENCE = 3;

export function findingItem({ scenario, kind, text, basis, remarks, cases }: Finding): ListItem {
  return {
    text,
    basis,
    remarks: remarks.map((remark) => [sentence(remark)]),
    ...(scenario === undefined ? {} : { about: scenario }),
    sort: kind,
    cases,
  };
}

interface FindingSources {
  readonly scenarios: readonly ScenarioSpec[];
  readonly contrasts: readonly Contrasted[];
  readonly searches: readonly { readonly scenario: string; readonly result: SearchResult }[];
  readonly summaryOf: SummaryOf;
  readonly values: TrialValues;
  readonly evidenceOf: EvidenceOf;
}

type Weighed = { readonly finding: Finding; readonly weight: number };

/** Writes the findings of a record. The findings to be read first, and the further ones. */
export function buildFindings(
  sources: FindingSources,
): { readonly findings: readonly Finding[]; readonly further: readonly Finding[] } {
  const groups = groupContrasts(sources);
  const differing = groups.filter((group) => ["better", "worse"].includes(reading(group.items[0])))
    .map((group): Weighed => ({
      finding: adviseOnTls(writeDifference(group, sources, sources.evidenceOf), group.items),
      weight: Math.max(...group.items.map(sureLogRatio)),
    })).sort((a, b) => b.weight - a.weight);
  const same = groups
    .filter((group) => ["none found", "may be chance"].includes(reading(group.items[0])))
    .map((group): Weighed => ({
      finding: writeNoDifference(group),
      weight: -Math.max(...group.items.map((item) => Math.log(item.high / item.low))),
    })).sort((a, b) => b.weight - a.weight).map(({ finding }) => finding);
  const unresolved = writeUnresolved(
    sources.contrasts.filter((item) => reading(item) === "cannot tell"),
  );
  const costs = writeTlsCosts(sources.contrasts, sources.summaryOf);
  const searches = sources.searches.map(({ scenario, result }) => writeSearch(scenario, result));

  const sameFirst = same.slice(0, MAX_WITHOUT_DIFFERENCE);
  const room = MAX_FINDINGS - sameFirst.length - searches.length - unresolved.length -
    costs.length;
  const first = pickFirst(differing, Math.max(room, MAX_FINDINGS / 2));
  const ranked = [
    ...costs,
    ...differing.filter((one) => first.has(one)).map(({ finding }) => finding),
    ...searches,
    ...sameFirst,
    ...unresolved,
  ];
  return {
    findings: ranked.slice(0, MAX_FINDINGS),
    further: [
      ...ranked.slice(MAX_FINDINGS),
      ...differing.filter((one) => !first.has(one)).map(({ finding }) => finding),
      ...same.slice(MAX_WITHOUT_DIFFERENCE),
    ],
  };
}

/** The heaviest of each scenario, so that none is left out; then the heaviest of all. */
function pickFirst(ranked: readonly Weighed[], most: number): ReadonlySet<Weighed> {
  const heads = [...groupBy(ranked, ({ finding }) => finding.scenario ?? "").values()].map((
    [head],
  ) => head);
  const order = [...heads, ...ranked.filter((one) => !heads.includes(one))];
  return new Set(order.slice(0, most));
}

function groupContrasts({ scenarios, contrasts }: FindingSources): readonly Group[] {
  const specs = new Map(scenarios.map((spec) => [spec.id, spec]));
  const sameContrast = (item: Contrasted) =>
    JSON.stringify([
      item.scenario,
      item.factor,
      item.baseValue,
      item.metric.id,
      placementKey(item),
    ]);
  const constants = new Map(
    [...groupBy(contrasts, sameContrast)].map(([key, items]) => [key, findConstant(items)]),
  );
  const sameValues = groupBy(contrasts, (item) => JSON.stringify([sameContrast(item), item.value]));
  return [...sameValues.values()].flatMap((all) => {
    const spec = specs.get(all[0].scenario);
    if (spec === undefined) return [];
    const constant = constants.get(sameContrast(all[0])) ?? new Set<string>();
    return [...groupBy(all, reading).values()].map((items): Group => ({
      spec,
      items,
      of: all.length,
      constant,
    }));
  });
}

/** Shared parameters with one value throughout; a size that stands alone is kept, because it says what was sent. */
function findConstant(items: readonly Contrasted[]): ReadonlySet<string> {
  const names = new Set(items.flatMap((item) => Object.keys(item.shared)));
  const parameters = [...names].filter((name) => name !== "transport");
  return new Set(
    [...names].filter((name) => {
      if (name !== "transport" && parameters.length === 1) return false;
      return new Set(items.map((item) => item.shared[name])).size === 1;
    }),
  );
}

/** |ln ratio| at the bound that is nearest to 1: what the effect is at least. */
function sureLogRatio(item: Contrasted): number {
  return Math.min(Math.abs(Math.log(item.low)), Math.abs(Math.log(item.high)));
}
