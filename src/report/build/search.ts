// Searches: the best cell of a grid of numbers, from where on more gains little, and the sentences that say so.

import { type OrientedRatio, orientedRatio } from "../../compare/contrast.ts";
import { CONFIDENCE, type Summary } from "../../compare/summarize.ts";
import type { RoundValue } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import type { Placement } from "../../model/placement.ts";
import type { ScenarioSpec } from "../../model/scenario_spec.ts";
import { medianInterval, minimumValues } from "../../stats/median_interval.ts";
import { median } from "../../stats/quantile.ts";
import { formatShare, ratioDecimals } from "../../units/format_quantity.ts";
import type { MetricDefinition } from "../../units/metric.ts";
import { formatKey, formatKeys } from "../document/format_key.ts";
import { amount, type Inline, name, phrase, text } from "../document/inline.ts";
import type { ColumnMetric, FactorKey, FigureCell } from "../document/table.ts";
import { groupBy } from "../group_by.ts";
import { type BestSources, type Certainty, findBest } from "./best.ts";
import { columnMetric, figureCell } from "./blocks.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Finding } from "./phrases.ts";
import { factorKey } from "./keys.ts";

/**
 * The knee of one parameter: from where on more of it gains little, all else as in the chosen cell. `ratio`: against that cell, absent where it
 * is it; `isOpen`: a smaller value may do, `isMoreOpen`: a larger one may gain more than the margin, the trials cannot tell.
 */
type Knee = Readonly<
  { from: FactorKey; largest: number; ratio?: OrientedRatio; isOpen: boolean; isMoreOpen: boolean }
>;

/** The answer of a search: the cell of one group that came first, best where that is `clear`. `group`: what is searched within, the transport first; `tied`: cells that cannot be told apart from it; `knees`: one a parameter. */
export interface SearchResult {
  readonly group: readonly FactorKey[];
  readonly best: string;
  readonly at: readonly FactorKey[];
  readonly metric: ColumnMetric;
  readonly figure: FigureCell;
  readonly cells: number;
  readonly tied: number;
  readonly certainty: Certainty;
  readonly margin: number;
  readonly knees: readonly Knee[];
  readonly placement: Placement;
}

/** A cell that loses less than this share to the best is as good for a reader who must choose a size. */
export const DEFAULT_MARGIN = 0.05;

/** The answers of a scenario's search, one per group of at least two cells that agree in all that is not searched. */
export function buildSearch(
  spec: ScenarioSpec,
  cases: readonly Case[],
  metric: MetricDefinition,
  { summaryOf, values, ...sources }: Pick<Evaluation, "summaryOf"> & BestSources,
  margin: number = DEFAULT_MARGIN,
): readonly SearchResult[] {
  const searched = spec.search ?? [];
  if (searched.length === 0 || metric.better === "neither") return [];
  const others = spec.parameters.map(({ name }) => name).filter((name) => !searched.includes(name));
  const groups = groupBy(
    cases.filter((one) => searched.every((name) => typeof one.params[name] === "number")),
    (one) => JSON.stringify([one.transport, others.map((name) => one.params[name] ?? null)]),
  );
  return [...groups.values()].flatMap((group) => {
    const rivals = group.flatMap((one) => {
      const summary = summaryOf(one.id, metric.id);
      return summary === undefined ? [] : [{ case: one.id, value: summary.median }];
    });
    const found = chooseCell(rivals, metric, { values, ...sources });
    const best = group.find((one) => one.id === found?.case);
    const summary = best === undefined ? undefined : summaryOf(best.id, metric.id);
    if (found === undefined || best === undefined || summary === undefined) return [];
    const measured = (one: Case) => partOf(values.of(one.id, metric.id), "measures");
    const toBest = (one: Case) => orientedRatio(measured(one), measured(best), metric);
    const key = (name: string): FactorKey => ({
      ...factorKey(spec, name, best.params[name]),
      named: true,
    });
    return [{
      group: [
        factorKey(spec, "transport", best.transport),
        ...others.filter((name) => best.params[name] !== undefined).map(key),
      ],
      best: best.id,
      at: searched.map(key),
      metric: columnMetric(metric),
      figure: figureOf(summary, measured(best)),
      cells: group.length,
      tied: found.level.length,
      certainty: found.certainty,
      margin,
      knees: searched.flatMap((name) => findKnee(spec, name, group, best, toBest, margin) ?? []),
      placement: best.placement,
    }];
  });
}

/** So many rounds have an interval. */
const MIN_MEASURING = minimumValues({ confidence: CONFIDENCE });

/**
 * The rounds that choose, every third one, and those that measure what was chosen (Cox, Biometrika 62(2), 1975, pp. 441–444): what came first
 * of many cells by chance does not do so again. Of too few rounds both are all.
 */
function partOf(all: readonly RoundValue[], part: "chooses" | "measures"): readonly RoundValue[] {
  const { chooses = [], measures = [] } = Object.groupBy(
    all,
    ({ round }) => round % 3 === 1 ? "chooses" : "measures",
  );
  if (chooses.length === 0 || measures.length < MIN_MEASURING) return all;
  return part === "chooses" ? chooses : measures;
}

/** What beats each of the others is best, by all rounds; else what comes first by those that choose. */
function chooseCell(
  rivals: readonly { readonly case: string; readonly value: number }[],
  metric: MetricDefinition,
  sources: BestSources,
) {
  const best = findBest(rivals, metric, sources);
  if (best === undefined || best.certainty === "clear") return best;
  const of = (id: string) => partOf(sources.values.of(id, metric.id), "chooses");
  const chosen = findBest(
    rivals.map((one) => ({ ...one, value: median(of(one.case).map(({ value }) => value)) })),
    metric,
    { values: { ...sources.values, of } },
  );
  return findBest(rivals, metric, sources, chosen?.case);
}

/** The median of the rounds that measure. */
function figureOf(summary: Summary, own: readonly RoundValue[]): FigureCell {
  const { modes: _, ...cell } = figureCell(summary, false);
  if (own.length === summary.n) return cell;
  const { estimate: value, low, high, n, confidence } = medianInterval(
    own.map(({ value }) => value),
  );
  return { ...cell, value, low, high, n, confidence };
}

/**
 * Walks from the best cell towards smaller values of one parameter, all else as in the best, while the loss is shown to be
 * within the margin. Not the smallest that happens to qualify: a noisy cell far down proves nothing when one between it and
 * the best is plainly slower. Nor one that cannot be told apart: that no difference was found is no evidence that there is none.
 */
function findKnee(
  spec: ScenarioSpec,
  name: string,
  group: readonly Case[],
  best: Case,
  toBest: (one: Case) => OrientedRatio | undefined,
  margin: number,
): Knee | undefined {
  const line = group
    .filter((one) =>
      (spec.search ?? []).every((other) =>
        other === name || one.params[other] === best.params[other]
      )
    )
    .sort((a, b) => Number(a.params[name]) - Number(b.params[name]));
  if (line.length < 2) return undefined;
  let from = best;
  let ratio: OrientedRatio | undefined;
  let isOpen = false;
  for (const one of line.slice(0, line.indexOf(best)).reverse()) {
    const candidate = toBest(one);
    const isFew = candidate === undefined || candidate.warnings.length > 0;
    if (isFew || candidate.low < 1 - margin) {
      isOpen = isFew || candidate.high >= 1 - margin;
      break;
    }
    from = one;
    ratio = candidate;
  }
  const isMoreOpen = line.slice(line.indexOf(best) + 1).some((one) => {
    const candidate = toBest(one);
    return candidate === undefined || candidate.warnings.length > 0 || candidate.high > 1 + margin;
  });
  return {
    from: factorKey(spec, name, from.params[name]),
    largest: Number(line.at(-1)?.params[name]),
    ...(ratio === undefined ? {} : { ratio }),
    isOpen,
    isMoreOpen,
  };
}

/**
 * "best of buffer-size over tcp: bytes 256 KiB at 3.2 GB/s [3.1, 3.3]; more bytes than 64 KiB gains less than 5 %"; of what did not beat each
 * of the others "no best is shown of buffer-size over tcp: bytes 256 KiB came first, at …".
 */
export function writeSearch(scenario: string, result: SearchResult): Finding {
  const { best, group, at, figure, metric, knees, placement, certainty } = result;
  const { value, low, high, n, confidence } = figure;
  const isBest = certainty === "clear";
  const isRising = knees.length > 0 && knees.every(rises);
  return {
    scenario,
    kind: "search",
    text: [
      ...phrase`${isBest ? "best" : "no best is shown"} of ${name(scenario)} over `,
      ...phrase`${name(formatKeys(group))}: ${name(formatKeys(at))}`,
      ...phrase`${isBest ? "" : " came first,"} at ${{ ...amount(value, metric.unit), low, high }}`,
      ...(isRising
        ? phrase`; these are the largest sizes measured, and larger ones may gain more`
        : knees.flatMap((knee) => phrase`; ${describeKnee(knee, result.margin)}`)),
    ],
    basis: { n, nMax: n, counted: "trial", confidence, placement },
    remarks: remarksOf(result),
    cases: [best],
  };
}

function remarksOf({ certainty, tied, cells }: SearchResult): readonly string[] {
  const few =
    "The rounds are too few to be sure of the order of cells, and those that chose it measured it";
  return certainty === "few rounds" ? [few] : tied === 0 ? [] : [describeTies(tied, cells)];
}

function describeTies(tied: number, cells: number): string {
  return tied === 0
    ? `none of the other ${cells - 1} cells comes up to it`
    : `${tied} of the other ${cells - 1} cells cannot be told apart from it`;
}

/** The answer of a search in one or two sentences, for its scenario's part of the report. The sentences, full stops included. */
export function describeSearch(result: SearchResult): readonly Inline[] {
  const { group, at, cells, tied, knees, metric, figure, margin, certainty } = result;
  const { value, low, high, n } = figure;
  const best = { ...amount(value, metric.unit), low, high };
  return [
    ...phrase`${name(formatKeys(group))}: ${certainty === "clear" ? "best at" : "first came"} `,
    ...phrase`${name(formatKeys(at))}, `,
    ...phrase`${best}, ${n} trials; ${describeTies(tied, cells)}.`,
    ...knees.flatMap((knee, index) => [
      text(index === 0 ? " With all else as there, " : "; "),
      ...describeKnee(knee, margin),
      ...describeRatio(knee),
    ]),
    ...(knees.length === 0 ? [] : [text(".")]),
  ];
}

/** The next smaller is shown to lose more than the margin. */
function rises({ from, largest, isOpen }: Knee): boolean {
  return from.value === largest && !isOpen;
}

/** As in `more read than 64 KiB gains less than 5 %`. */
function describeKnee(knee: Knee, margin: number): readonly Inline[] {
  const { from, ratio, isOpen, isMoreOpen } = knee;
  const share = formatShare(margin);
  const parameter = name(from.factor);
  const at = formatKey(from);
  if (rises(knee)) return phrase`more ${parameter} still gains at ${at}, the largest measured`;
  const tell = "more rounds (--rounds) would tell";
  if (isMoreOpen) {
    return isOpen
      ? phrase`which ${parameter} is enough (within ${share}) is undecided: ${tell}`
      : phrase`whether more ${parameter} than ${at} gains more than ${share} is undecided: ${tell}`;
  }
  if (isOpen && ratio === undefined) {
    return phrase`whether less ${parameter} does as well (within ${share}) is undecided: ${tell}`;
  }
  const open = isOpen ? `, and smaller may do: ${tell}` : "";
  return phrase`more ${parameter} than ${at} gains less than ${share}${open}`;
}

function describeRatio({ ratio }: Knee): readonly Inline[] {
  if (ratio === undefined) return [];
  const { low, high, ratio: value } = ratio;
  const stated = { kind: "ratio", ratio: value, decimals: ratioDecimals(value), word: "" } as const;
  // Each bound with the decimals that suit it.
  return phrase` (${stated} of that cell ${{ kind: "interval", low, high }})`;
}
