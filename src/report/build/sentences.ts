/**
 * Sentences: one finding from comparisons that share a factor and an outcome, or from a search.
 *
 * @module
 */

import type { Contrasted } from "../../compare/contrast.ts";
import { CONFIDENCE } from "../../compare/summarize.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { amount, type Inline, name, text } from "../document/inline.ts";
import { formatKey, formatKeys } from "../document/format_key.ts";
import { ratioDecimals } from "../../units/format_quantity.ts";
import type { EvidenceOf } from "./evidence.ts";
import type { SummaryOf } from "./evaluation.ts";
import type { Finding } from "./finding.ts";
import {
  atLabel,
  base,
  interval,
  metricOf,
  ratio,
  scenarioOf,
  statedRatio,
  subject,
  where,
  wordOf,
} from "./phrases.ts";
import type { SearchResult } from "./search.ts";

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
  const phrases: Inline[] = [];
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
  const phrases: Inline[] = [
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
  state: (item: Contrasted) => Inline[],
): Inline[] {
  const at = (item: Contrasted): Inline[] => {
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
    scenario: undefined,
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
  const { best, group, at, figure, metric, turns, tied, cells, placement } = result;
  const { value, low, high, n, confidence } = figure;
  const phrases: Inline[] = [
    text("best of "),
    name(scenario),
    text(" over "),
    name(formatKeys(group)),
    text(": "),
    name(formatKeys(at)),
    text(" at "),
    { kind: "amount", value, unit: metric.unit, low, high },
  ];
  if (turns.length > 0 && turns.every(({ from, largest }) => from.value === largest)) {
    phrases.push(text("; these are the largest sizes measured, and larger ones may pay more"));
  } else {
    for (const { from, largest } of turns) {
      const isLargest = from.value === largest;
      phrases.push(
        text("; more "),
        name(from.factor),
        text(isLargest ? " still pays at " : " stops paying from "),
        name(formatKey(from)),
        text(isLargest ? ", the largest measured" : ""),
      );
    }
  }
  const remarks = confidence < CONFIDENCE
    ? ["The trials are too few to be sure of the order of cells"]
    : tied === 0
    ? []
    : [`${tied} of the other ${cells - 1} cells cannot be told apart from it`];
  return {
    scenario,
    kind: "search",
    text: phrases,
    basis: { n, nMax: n, counted: "trial", confidence, placement },
    remarks,
    cases: [best],
  };
}

/**
 * The answer of a search in one or two sentences, for its scenario's part of the report.
 *
 * @param result The answer.
 * @returns The sentences, full stops included.
 */
export function describeSearch(result: SearchResult): readonly Inline[] {
  const { group, at, cells, tied, turns, metric, figure } = result;
  const { value, low, high, n } = figure;
  const ties = tied === 0
    ? `none of the other ${cells - 1} cells comes up to it`
    : `${tied} of the other ${cells - 1} cells cannot be told apart from it`;
  return [
    name(formatKeys(group)),
    text(": best at "),
    name(formatKeys(at)),
    text(", "),
    { kind: "amount", value, unit: metric.unit, low, high },
    text(`, ${n} trials; ${ties}.`),
    ...turns.flatMap((turn, index): readonly Inline[] => [
      text(index === 0 ? " With all else as in the best cell, more " : "; more "),
      name(turn.from.factor),
      ...describeTurn(turn),
    ]),
    ...(turns.length === 0 ? [] : [text(".")]),
  ];
}

function describeTurn({ from, largest, ratio }: SearchResult["turns"][number]): readonly Inline[] {
  if (from.value === largest) {
    return [text(` still pays at ${formatKey(from)}, the largest measured`)];
  }
  const words = text(` stops paying from ${formatKey(from)}`);
  if (ratio === undefined) return [words];
  const { low, high } = ratio;
  return [
    words,
    text(" ("),
    { kind: "ratio", ratio: ratio.ratio, decimals: ratioDecimals(ratio.ratio), word: "" },
    text(" of the best "),
    // Each bound with the decimals that suit it.
    { kind: "interval", low, high },
    text(")"),
  ];
}

function toFinding(
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
    [item.case, item.base].some((id) => summaryOf(id, item.metric.id)?.twoSpeeds !== undefined)
  );
  return met ? [TWO_SPEEDS_REMARK] : [];
}
