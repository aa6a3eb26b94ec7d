/**
 * Sentences: one finding from comparisons that share a factor and an outcome, or from a search.
 *
 * @module
 */

import type { Contrasted } from "../compare/contrast.ts";
import { CONFIDENCE } from "../compare/summarize.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import type { Finding, Phrase, SearchResult } from "./document.ts";
import type { EvidenceOf } from "./evidence.ts";
import {
  amount,
  atLabel,
  base,
  interval,
  metricOf,
  name,
  ratio,
  scenarioOf,
  statedRatio,
  subject,
  text,
  where,
  wordOf,
} from "./phrases.ts";
import type { SummaryOf } from "./tables.ts";

/** Sentences that list more cells than this give the range instead. */
const MOST_LISTED = 4;
/** From this ratio on, a sentence on time leads with what it costs. */
const COSTLY = 2;

const TWO_SPEEDS_REMARK =
  "Trials met two speeds of the machine; the ratios pair trials of the same round";

/** Comparisons that make one sentence: of the same factor values, metric, placement and outcome. */
export interface Group {
  /** The scenario that declares them. */
  readonly spec: ScenarioSpec;
  /** The comparisons. */
  readonly items: readonly [Contrasted, ...Contrasted[]];
  /** Comparisons of the same factor values in all, whatever their outcome. */
  readonly of: number;
  /** What `at` need not name, as it is the same in all comparisons of the contrast. */
  readonly constant: ReadonlySet<string>;
}

/**
 * "unix is 1.21× faster than tcp for round-trip at 64 B [1.19, 1.23]: p50 8.3 µs against 10.1 µs".
 *
 * @param group Comparisons that are all better, or all worse.
 * @param summaryOf Medians; where a case met two speeds, the sentence gives no amounts.
 * @param evidenceOf What the kernel counted.
 * @returns The finding.
 */
export function writeDifference(
  group: Group,
  summaryOf: SummaryOf,
  evidenceOf: EvidenceOf,
): Finding {
  const { spec, items, of } = group;
  const [item] = items;
  const word = wordOf(item);
  const label = atLabel(spec, item, group.constant);
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
        text(` more per ${spec.operation} than `),
        ...base(item),
      );
      phrases.push(...where(item, label), text(": "));
      phrases.push(ratio(item, word), text(" "), interval(item));
    } else {
      phrases.push(text(" is "), ratio(item, word), text(" than "), ...base(item));
      phrases.push(...where(item, label), text(" "), interval(item));
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
  return toFinding("difference", phrases, items, [
    ...evidenceOf(spec, items),
    ...speedRemarks(items, summaryOf),
  ]);
}

/**
 * "no difference found between tcp6 and tcp for round-trip (p50): 1.002× at 64 B [0.994, 1.003]".
 *
 * @param group Comparisons whose intervals all include 1.
 * @returns The finding.
 */
export function writeNoDifference(group: Group): Finding {
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
    const label = atLabel(group.spec, item, group.constant);
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

/**
 * One finding for all comparisons that could not be judged.
 *
 * @param items Comparisons with too few pairs.
 * @returns One finding, or none when there is no such comparison.
 */
export function writeUnresolved(items: readonly Contrasted[]): readonly Finding[] {
  const [first] = items;
  if (first === undefined) return [];
  const count = items.length === 1 ? "1 comparison has" : `${items.length} comparisons have`;
  const phrases = [text(`${count} too few pairs of trials to tell a difference from chance`)];
  return [{
    ...toFinding("unresolved", phrases, items, ["More rounds (--rounds) would tell"]),
    scenario: "",
  }];
}

/**
 * "best of buffer-size over tcp: bytes 256 KiB, read 64 KiB at 3.2 GB/s [3.1, 3.3]; more bytes stops paying from 64 KiB".
 *
 * @param scenario The scenario's id.
 * @param result The answer.
 * @returns The finding.
 */
export function writeSearch(scenario: string, result: SearchResult): Finding {
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
  if (result.turns.length > 0 && result.turns.every(({ from, largest }) => from === largest)) {
    phrases.push(text("; these are the largest sizes measured, and larger ones may pay more"));
  } else {
    for (const { parameter, from, fromLabel, largest } of result.turns) {
      phrases.push(
        text("; more "),
        name(parameter),
        text(from === largest ? " still pays at " : " stops paying from "),
        name(fromLabel),
        text(from === largest ? ", the largest measured" : ""),
      );
    }
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
