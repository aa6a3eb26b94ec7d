// Sentences: one finding from comparisons that share a factor and an outcome, or from a search.

import { type Contrasted, pairByRound } from "../../compare/contrast.ts";
import type { TrialValues } from "../../compare/trial_values.ts";
import { medianInterval } from "../../stats/median_interval.ts";
import { CONFIDENCE } from "../../compare/summarize.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { amount, type Inline, name, phrase, text } from "../document/inline.ts";
import type { EvidenceOf } from "./evidence.ts";
import type { Evaluation, SummaryOf } from "./evaluation.ts";
import {
  atLabel,
  base,
  type Finding,
  interval,
  metricOf,
  ratio,
  reading,
  scenarioOf,
  statedRatio,
  subject,
  where,
  wordOf,
} from "./phrases.ts";

/** Sentences that list more cells than this give the range instead. */
const MAX_LISTED = 4;
/** From this ratio on, a sentence on time leads with what it costs. */
const COSTLY = 2;

const MORE_ROUNDS = "More rounds (--rounds) would tell";
const BIMODAL_REMARK = "Trials are bimodal; the ratios pair trials of the same round";

/** Comparisons that make one sentence: of the same factor values, metric, placement and outcome. `of`: all of them, whatever their outcome; `constant`: what `at` need not name. */
export interface Group {
  readonly spec: ScenarioSpec;
  readonly items: readonly [Contrasted, ...Contrasted[]];
  readonly of: number;
  readonly constant: ReadonlySet<string>;
}

/** "unix is 1.21× faster than tcp for round-trip at 64 B [1.19, 1.23]: p50 8.3 µs against 10.1 µs". */
export function writeDifference(
  group: Group,
  { summaryOf, values }: Pick<Evaluation, "summaryOf" | "values">,
  evidenceOf: EvidenceOf,
): Finding {
  const { spec, items, of } = group;
  const [item] = items;
  const word = wordOf(item);
  const label = atLabel(spec, item, group.constant);
  const phrases = items.length === 1
    ? writeOne(item, label, word, spec.operation, summaryOf, values)
    : [
      ...phrase`${subject(item)} is ${word} than ${base(item)}`,
      ...scenarioOf(item),
      ...metricOf(item),
      ...listItems(group, items, of, (one) => [ratio(one, "")]),
    ];

  return toFinding("difference", phrases, items, [
    ...evidenceOf(spec, items),
    ...speedRemarks(items, summaryOf),
  ]);
}

function writeOne(
  item: Contrasted,
  label: string,
  word: string,
  operation: string,
  summaryOf: SummaryOf,
  values: TrialValues,
): readonly Inline[] {
  const { unit, title } = item.metric;
  const amounts = amountsOf(item, summaryOf);
  const cost = amounts === undefined ? 0 : amounts.own - amounts.theirs;
  const leads = unit === "ns" && cost > 0 && statedRatio(item).ratio >= COSTLY;
  const stated = leads
    ? phrase` costs ${amount(cost, unit)} more per ${operation} than ${base(item)}${
      where(item, label)
    }: ${ratio(item, word)} ${interval(item)}`
    : phrase` is ${ratio(item, word)} than ${base(item)}${where(item, label)} ${interval(item)}`;
  return [
    ...subject(item),
    ...stated,
    text(`${leads ? "," : ":"} ${title} `),
    ...(amounts === undefined
      ? pairedDifference(item, values)
      : phrase`${amount(amounts.own, unit)} against ${amount(amounts.theirs, unit)}`),
  ];
}

/** The medians of both sides; `undefined` where they would contradict the ratio, which is paired by round. */
function amountsOf(item: Contrasted, summaryOf: SummaryOf) {
  const [one, other] = [item.case, item.base].map((id) => summaryOf(id, item.metric.id));
  if (one === undefined || other === undefined) return undefined;
  if (one.bimodality !== undefined || other.bimodality !== undefined) return undefined;
  const [own, theirs] = [one.median, other.median];
  const ratio = item.metric.better === "lower" ? theirs / own : own / theirs;
  // Rounding alone contradicts nobody.
  const [low, high] = [item.low * (1 - 1e-9), item.high * (1 + 1e-9)];
  return ratio >= low && ratio <= high ? { own, theirs } : undefined;
}

/** As in `higher by 3.1 µs [2.0, 4.2]`: the median of the differences of trials of the same round. */
function pairedDifference(item: Contrasted, values: TrialValues): Inline[] {
  const { id, unit } = item.metric;
  const differences = pairByRound(values.of(item.case, id), values.of(item.base, id))
    .map(([own, theirs]) => own - theirs);
  const { estimate, low, high } = medianInterval(differences, { confidence: CONFIDENCE });
  const isMore = estimate >= 0;
  const bounds = isMore ? { low, high } : { low: -high, high: -low };
  const by = { ...amount(Math.abs(estimate), unit), ...bounds };
  return phrase`${isMore ? "higher" : "lower"} by ${by}`;
}

/** "no difference found between tcp6 and tcp for round-trip (p50): 1.002× at 64 B [0.994, 1.003]". */
export function writeNoDifference(group: Group): Finding {
  const { items, of } = group;
  const [item] = items;
  const mayBeChance = reading(item) === "may be chance";
  const said = mayBeChance
    ? "may be chance, among so many comparisons: the difference"
    : "no difference found";
  const phrases = [
    ...phrase`${said} between ${subject(item)} and ${base(item)}`,
    ...scenarioOf(item),
    ...metricOf(item),
    ...listItems(group, items, of, (one) => [ratio(one, "")]),
  ];
  return toFinding("no difference", phrases, items, mayBeChance ? [MORE_ROUNDS] : []);
}

/** `: 1.21× at 64 B [1.19, 1.23], …`, or the range where that would be too long. */
function listItems(
  group: Group,
  items: readonly Contrasted[],
  of: number,
  state: (item: Contrasted) => Inline[],
): Inline[] {
  const at = (item: Contrasted): Inline[] => {
    const label = atLabel(group.spec, item, group.constant);
    const place = label === "" ? [] : phrase` at ${name(label)}`;
    return phrase`${state(item)}${place} ${interval(item)}`;
  };
  if (items.length <= MAX_LISTED) {
    return items.flatMap((item, index) => [text(index === 0 ? ": " : ", "), ...at(item)]);
  }
  const ordered = [...items].sort((a, b) => statedRatio(a).ratio - statedRatio(b).ratio);
  const [least, most] = [ordered[0] as Contrasted, ordered.at(-1) as Contrasted];
  const count = items.length === of ? `all ${of}` : `${items.length} of ${of}`;
  return phrase` in ${count} cells: from ${at(least)} to ${at(most)}`;
}

/** One finding for all comparisons that could not be judged. One finding, or none when there is no such comparison. */
export function writeUnresolved(items: readonly Contrasted[]): readonly Finding[] {
  const [first] = items;
  if (first === undefined) return [];
  const count = items.length === 1 ? "1 comparison has" : `${items.length} comparisons have`;
  const phrases = [text(`${count} too few pairs of trials to tell a difference from chance`)];
  return [{ ...toFinding("unresolved", phrases, items, [MORE_ROUNDS]), scenario: undefined }];
}

export function toFinding(
  kind: Finding["kind"],
  phrases: readonly Inline[],
  items: readonly Contrasted[],
  remarks: readonly string[],
): Finding {
  const [first] = items as readonly [Contrasted];
  return {
    scenario: first.scenario,
    kind,
    text: phrases,
    basis: {
      n: Math.min(...items.map((item) => item.n)),
      nMax: Math.max(...items.map((item) => item.n)),
      counted: "pair",
      confidence: Math.min(...items.map((item) => item.confidence)),
      placement: first.placement,
    },
    remarks,
    cases: [...new Set(items.flatMap((item) => [item.case, item.base]))],
  };
}

function speedRemarks(items: readonly Contrasted[], summaryOf: SummaryOf): readonly string[] {
  const met = items.some((item) =>
    [item.case, item.base].some((id) => summaryOf(id, item.metric.id)?.bimodality !== undefined)
  );
  return met ? [BIMODAL_REMARK] : [];
}
