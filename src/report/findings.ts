/**
 * Findings: comparisons in words, the weightiest first, and never more than the intervals allow.
 *
 * @module
 */

import type { Contrasted } from "../compare/contrast.ts";
import { CONFIDENCE } from "../compare/summarize.ts";
import type { MetricDefinition, MetricUnit } from "../metrics.ts";
import type { ScenarioSpec } from "../scenario/scenario.ts";
import type { ComparisonRow, Finding, Phrase, SearchResult } from "./document.ts";
import { describeParams, formatParam, groupBy, placementKey, ratioDecimals } from "./quantity.ts";
import type { SummaryOf } from "./tables.ts";

/** A stranger reads so many, and the rest when asked for. */
const MOST_FINDINGS = 12;
/** Of these at most so many say that nothing differs. */
const MOST_WITHOUT_DIFFERENCE = 3;
/** Sentences that list more cells than this give the range instead. */
const MOST_LISTED = 4;
/** From this ratio on, a sentence on time leads with what it costs. */
const COSTLY = 2;

const TWO_SPEEDS_REMARK =
  "Trials met two speeds of the machine; the ratios pair trials of the same round";

/** What findings are made of. */
export interface FindingSources {
  /** The scenarios of the record. */
  readonly scenarios: readonly ScenarioSpec[];
  /** All comparisons. */
  readonly contrasts: readonly Contrasted[];
  /** All answers to searches, with their scenarios' ids. */
  readonly searches: readonly { readonly scenario: string; readonly result: SearchResult }[];
  /** Medians, for sentences that give amounts. */
  readonly summaryOf: SummaryOf;
}

/** A finding with the weight that orders it. */
interface Weighed {
  readonly finding: Finding;
  readonly weight: number;
}

/** Comparisons that make one sentence. */
interface Group {
  readonly spec: ScenarioSpec;
  readonly items: readonly [Contrasted, ...Contrasted[]];
  /** Comparisons of the same factor values in all, whatever their outcome. */
  readonly of: number;
  /** What `at` need not name, as it is the same in all comparisons of the contrast. */
  readonly constant: ReadonlySet<string>;
}

/**
 * Writes the findings of a record.
 *
 * @param sources Comparisons, searches and medians.
 * @returns The findings to be read first, and the further ones.
 */
export function buildFindings(
  sources: FindingSources,
): { readonly findings: readonly Finding[]; readonly further: readonly Finding[] } {
  const groups = groupContrasts(sources);
  const differing = groups.filter((group) => group.items[0].difference !== "none found")
    .map((group): Weighed => ({
      finding: writeDifference(group, sources.summaryOf),
      weight: Math.max(...group.items.map(sureLogRatio)),
    })).sort((a, b) => b.weight - a.weight);
  const same = groups.filter((group) => reading(group.items[0]) === "none found")
    .map((group): Weighed => ({
      finding: writeNoDifference(group),
      weight: -Math.max(...group.items.map((item) => Math.log(item.high / item.low))),
    })).sort((a, b) => b.weight - a.weight).map(({ finding }) => finding);
  const unresolved = writeUnresolved(
    sources.contrasts.filter((item) => reading(item) === "cannot tell"),
  );
  const searches = sources.searches.map(({ scenario, result }) => writeSearch(scenario, result));

  const sameFirst = same.slice(0, MOST_WITHOUT_DIFFERENCE);
  const room = MOST_FINDINGS - sameFirst.length - searches.length - unresolved.length;
  const first = pickFirst(differing, Math.max(room, MOST_FINDINGS / 2));
  const ranked = [
    ...differing.filter((one) => first.has(one)).map(({ finding }) => finding),
    ...searches,
    ...sameFirst,
    ...unresolved,
  ];
  return {
    findings: ranked.slice(0, MOST_FINDINGS),
    further: [
      ...ranked.slice(MOST_FINDINGS),
      ...differing.filter((one) => !first.has(one)).map(({ finding }) => finding),
      ...same.slice(MOST_WITHOUT_DIFFERENCE),
    ],
  };
}

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

/** The heaviest of each scenario, so that none is left out; then the heaviest of all. */
function pickFirst(ranked: readonly Weighed[], most: number): ReadonlySet<Weighed> {
  const heads = [...groupBy(ranked, ({ finding }) => finding.scenario).values()].map(([head]) =>
    head
  );
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

function writeDifference(group: Group, summaryOf: SummaryOf): Finding {
  const { spec, items, of } = group;
  const [item] = items;
  const word = wordOf(item);
  const phrases: Phrase[] = [];
  if (items.length === 1) {
    const amounts = [item.case, item.base].map((id) => summaryOf(id, item.metric.id));
    const [own, theirs] = amounts.map((summary) =>
      summary === undefined || summary.twoSpeeds !== undefined ? undefined : summary.median
    );
    const cost = own === undefined || theirs === undefined ? 0 : own - theirs;
    const leads = item.metric.unit === "ns" && cost > 0 && statedRatio(item).ratio >= COSTLY;
    phrases.push(...subject(item));
    if (leads) {
      phrases.push(
        text(" costs "),
        amount(cost, item.metric.unit),
        text(` more per ${spec.operation}`),
      );
      phrases.push(...where(group, item), text(": "));
      phrases.push(ratio(item, word), text(" "), interval(item));
    } else {
      phrases.push(text(" is "), ratio(item, word), text(" than "), ...base(item));
      phrases.push(...where(group, item), text(" "), interval(item));
    }
    if (own !== undefined && theirs !== undefined) {
      phrases.push(
        text(leads ? ", " : ": "),
        text(`${item.metric.title} `),
        amount(own, item.metric.unit),
        text(" against "),
        amount(theirs, item.metric.unit),
      );
    }
  } else {
    phrases.push(...subject(item), text(` is ${word} than `), ...base(item));
    phrases.push(...scenarioOf(item), ...metricOf(item));
    phrases.push(...listItems(group, items, of, (one) => [ratio(one, "")]));
  }
  return toFinding("difference", phrases, items, speedRemarks(items, summaryOf));
}

function writeNoDifference(group: Group): Finding {
  const { items, of } = group;
  const [item] = items;
  const phrases: Phrase[] = [
    text("no difference found between "),
    ...subject(item),
    text(" and "),
    ...base(item),
    ...scenarioOf(item),
    ...metricOf(item),
    ...listItems(group, items, of, (one) => [ratio(one, "")]),
  ];
  return toFinding("no difference", phrases, items, []);
}

/** `: 1.21× at 64 B [1.19, 1.23], …`, or the range where that would be too long. */
function listItems(
  group: Group,
  items: readonly Contrasted[],
  of: number,
  state: (item: Contrasted) => Phrase[],
): Phrase[] {
  const at = (item: Contrasted): Phrase[] => {
    const label = atLabel(group, item);
    return [
      ...state(item),
      ...(label === "" ? [] : [text(" at "), name(label)]),
      text(" "),
      interval(item),
    ];
  };
  if (items.length <= MOST_LISTED) {
    return items.flatMap((item, index) => [text(index === 0 ? ": " : ", "), ...at(item)]);
  }
  const ordered = [...items].sort((a, b) => statedRatio(a).ratio - statedRatio(b).ratio);
  const [least, most] = [ordered[0] as Contrasted, ordered.at(-1) as Contrasted];
  const count = items.length === of ? `all ${of}` : `${items.length} of ${of}`;
  return [
    text(` in ${count} cells: from `),
    ...at(least),
    text(" to "),
    ...at(most),
  ];
}

function writeUnresolved(items: readonly Contrasted[]): readonly Finding[] {
  const [first] = items;
  if (first === undefined) return [];
  const count = items.length === 1 ? "1 comparison has" : `${items.length} comparisons have`;
  const phrases = [text(`${count} too few pairs of trials to tell a difference from chance`)];
  return [{
    ...toFinding("unresolved", phrases, items, ["More rounds (--rounds) would tell"]),
    scenario: "",
  }];
}

function writeSearch(scenario: string, result: SearchResult): Finding {
  const phrases: Phrase[] = [
    text("best of "),
    name(scenario),
    text(" over "),
    name(
      result.group.map(({ name, label }) => name === "transport" ? label : `${name} ${label}`).join(
        ", ",
      ),
    ),
    text(": "),
    name(result.at.map(({ name, label }) => `${name} ${label}`).join(", ")),
    text(" at "),
    {
      kind: "amount",
      value: result.value,
      unit: result.unit,
      low: result.low,
      high: result.high,
    },
  ];
  for (const [index, turn] of result.turns.entries()) {
    phrases.push(
      text(index === 0 ? "; more " : ", more "),
      name(turn.parameter),
      text(turn.from === turn.largest ? " still pays up to " : " stops paying from "),
      name(turn.fromLabel),
      text(turn.from === turn.largest ? ", the largest measured" : ""),
    );
  }
  const remarks = result.confidence < CONFIDENCE
    ? ["The trials are too few to be sure of the order of cells"]
    : result.tied === 0
    ? []
    : [`${result.tied} of the other ${result.cells - 1} cells cannot be told apart from it`];
  return {
    scenario,
    kind: "search",
    phrases,
    n: result.n,
    nMax: result.n,
    counted: "trials",
    confidence: result.confidence,
    placement: result.placement,
    remarks,
    cases: [result.best],
  };
}

function toFinding(
  kind: Finding["kind"],
  phrases: readonly Phrase[],
  items: readonly Contrasted[],
  remarks: readonly string[],
): Finding {
  const [first] = items as readonly [Contrasted];
  return {
    scenario: first.scenario,
    kind,
    phrases,
    n: Math.min(...items.map((item) => item.n)),
    nMax: Math.max(...items.map((item) => item.n)),
    counted: "pairs",
    confidence: Math.min(...items.map((item) => item.confidence)),
    placement: first.placement,
    remarks,
    cases: [...new Set(items.flatMap((item) => [item.case, item.base]))],
  };
}

function speedRemarks(items: readonly Contrasted[], summaryOf: SummaryOf): readonly string[] {
  const met = items.some((item) =>
    [item.case, item.base].some((id) => summaryOf(id, item.metric.id)?.twoSpeeds !== undefined)
  );
  return met ? [TWO_SPEEDS_REMARK] : [];
}

/** What may be said of a comparison. */
function reading(item: Contrasted): "better" | "worse" | "none found" | "cannot tell" {
  return item.warnings.length > 0 ? "cannot tell" : item.difference;
}

/** |ln ratio| at the bound that is nearest to 1: what the effect is at least. */
function sureLogRatio(item: Contrasted): number {
  return Math.min(Math.abs(Math.log(item.low)), Math.abs(Math.log(item.high)));
}

/** The ratio as the sentence states it: 6.2× slower rather than 0.16× as fast. */
function statedRatio(item: Contrasted): { ratio: number; low: number; high: number } {
  if (item.difference !== "worse") return item;
  return { ratio: 1 / item.ratio, low: 1 / item.high, high: 1 / item.low };
}

function wordOf({ metric, difference }: Contrasted): string {
  const [better, worse] = WORDS[metric.unit] ?? directionWords(metric);
  return difference === "worse" ? worse : better;
}

const WORDS: Readonly<Partial<Record<MetricUnit, readonly [string, string]>>> = {
  "ns": ["faster", "slower"],
  "1/s": ["faster", "slower"],
  "bytes/s": ["faster", "slower"],
  "ns/op": ["cheaper", "dearer"],
  "ns/byte": ["cheaper", "dearer"],
};

function directionWords(metric: MetricDefinition): readonly [string, string] {
  return metric.better === "lower" ? ["lower", "higher"] : ["higher", "lower"];
}

function subject(item: Contrasted): Phrase[] {
  return [name(namesItself(item) ? String(item.value) : `${item.factor} ${item.value}`)];
}

function base(item: Contrasted): Phrase[] {
  return [name(namesItself(item) ? String(item.baseValue) : `${item.factor} ${item.baseValue}`)];
}

function namesItself({ factor }: Contrasted): boolean {
  return factor === "transport" || factor === "scenario";
}

/** ` (p50)`, unless the scenario is named after its metric. */
function metricOf({ metric, scenario }: Contrasted): Phrase[] {
  return metric.title === scenario ? [] : [text(` (${metric.title})`)];
}

/** ` for round-trip`; where the subject names the scenario itself, nothing. */
function scenarioOf(item: Contrasted): Phrase[] {
  return item.factor === "scenario" || item.factor === item.scenario
    ? []
    : [text(" for "), name(item.scenario)];
}

function where(group: Group, item: Contrasted): Phrase[] {
  const label = atLabel(group, item);
  const scenario = scenarioOf(item);
  if (label === "") return scenario;
  return [...scenario, text(" at "), name(label)];
}

function atLabel({ spec, constant }: Group, item: Contrasted): string {
  const entries = Object.entries(ownParams(spec, item)).filter(([key]) => !constant.has(key));
  return describeParams(spec, Object.fromEntries(entries));
}

/** The shared parameters that the scenario declares, with the transport. */
function ownParams(spec: ScenarioSpec, item: Contrasted): Contrasted["shared"] {
  const declared = new Set(["transport", ...spec.parameters.map(({ name }) => name)]);
  return Object.fromEntries(Object.entries(item.shared).filter(([key]) => declared.has(key)));
}

function text(words: string): Phrase {
  return { kind: "text", text: words };
}

function name(words: string): Phrase {
  return { kind: "name", text: words };
}

function amount(value: number, unit: MetricUnit): Phrase {
  return { kind: "amount", value, unit };
}

function ratio(item: Contrasted, word: string): Phrase {
  const stated = statedRatio(item);
  return { kind: "ratio", ratio: stated.ratio, decimals: ratioDecimals(stated.ratio), word };
}

function interval(item: Contrasted): Phrase {
  const { ratio, low, high } = statedRatio(item);
  return { kind: "interval", low, high, decimals: ratioDecimals(ratio) };
}
