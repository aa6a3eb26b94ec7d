/**
 * The rounds: how much slower or faster than usual all cases were in each round. A machine that drifts is a line that does.
 *
 * @module
 */

import { findMetric } from "../../compare/trial_values.ts";
import type { Case } from "../../model/case.ts";
import { median, quantileOfSorted, sorted } from "../../stats/quantile.ts";
import { groupBy } from "../group_by.ts";
import { namePlacement, placementKey } from "../document/format_placement.ts";
import type { Chart } from "./chart.ts";
import type { ChartContext } from "./chart_context.ts";
import {
  type Area,
  BOTTOM_AXIS,
  bottomAxis,
  drawTicks,
  frame,
  leftAxis,
  MARGIN,
  shortNumber,
  TOP,
  WIDTH,
} from "./frame.ts";
import { slug } from "./label_text.ts";
import { mark } from "./palette.ts";
import { element, exact, hover, line, pathThrough } from "./svg.ts";
import { linearTicks, logTicks, type Projection, projectLinear, projectLog } from "./ticks.ts";

const PLOT_HEIGHT = 200;
/** More rounds than this are drawn in groups that follow each other. */
const MOST_POINTS = 120;
/** Up to so many points each has a mark. */
const MOST_MARKS = 60;

/** How the cases of one round, or of several in a row, stand to their own medians. */
interface RoundSpread {
  readonly first: number;
  readonly last: number;
  readonly startedNs: number;
  readonly cases: number;
  readonly low: number;
  readonly quarter: number;
  readonly middle: number;
  readonly threeQuarters: number;
  readonly high: number;
}

/**
 * Draws how all cases together went from round to round.
 *
 * @param context The record.
 * @returns One chart a placement; none where there are fewer than three rounds.
 */
export function drawRounds(context: ChartContext): readonly Chart[] {
  const groups = groupBy(context.record.cases, placementKey);
  return [...groups.values()].flatMap((cases) => {
    const spreads = gatherSpreads(context, cases);
    return spreads.length < 3 ? [] : [drawChart(cases[0], spreads)];
  });
}

/** A trial's headline value against the median of its case, as a slowdown: above 1, slower. */
function gatherSpreads(
  { record, values }: ChartContext,
  cases: readonly Case[],
): readonly RoundSpread[] {
  const headlines = new Map(record.scenarios.map((spec) => {
    const metric = spec.metrics[0] === undefined ? undefined : findMetric(record, spec.metrics[0]);
    return [spec.id, metric] as const;
  }));
  const byRound = new Map<number, { ratios: number[]; startedNs: number }>();
  for (const one of cases) {
    const metric = headlines.get(one.scenario);
    if (metric === undefined || metric.better === "neither") continue;
    const own = values.of(one.id, metric.id).filter(({ value }) => value > 0);
    if (own.length < 3) continue;
    const centre = median(own.map(({ value }) => value));
    const starts = new Map(values.succeeded(one.id).map((t) => [t.round, t.startedNs]));
    for (const { round, value } of own) {
      const ratio = metric.better === "lower" ? value / centre : centre / value;
      if (!Number.isFinite(ratio) || ratio <= 0) continue;
      const entry = byRound.get(round) ?? { ratios: [], startedNs: Infinity };
      entry.ratios.push(ratio);
      entry.startedNs = Math.min(entry.startedNs, starts.get(round) ?? Infinity);
      byRound.set(round, entry);
    }
  }
  const rounds = [...byRound].sort(([a], [b]) => a - b);
  const size = Math.ceil(rounds.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(rounds.length / size) }, (_, index) => {
    const group = rounds.slice(index * size, (index + 1) * size);
    const ratios = sorted(group.flatMap(([, entry]) => entry.ratios));
    const at = (p: number) => quantileOfSorted(ratios, p);
    return {
      first: group[0]?.[0] ?? 0,
      last: group.at(-1)?.[0] ?? 0,
      startedNs: Math.min(...group.map(([, entry]) => entry.startedNs)),
      cases: ratios.length,
      low: at(0.1),
      quarter: at(0.25),
      middle: at(0.5),
      threeQuarters: at(0.75),
      high: at(0.9),
    };
  }).filter(({ startedNs }) => Number.isFinite(startedNs));
}

function drawChart({ placement }: Case, spreads: readonly RoundSpread[]): Chart {
  const top = TOP + 26;
  const area: Area = {
    left: MARGIN + 56,
    right: WIDTH - MARGIN - 14,
    top,
    bottom: top + PLOT_HEIGHT,
  };
  const ratios = logTicks(
    Math.min(0.95, ...spreads.map(({ low }) => low)),
    Math.max(1.05, ...spreads.map(({ high }) => high)),
    8,
  );
  const y = projectLog(ratios, area.bottom, area.top);
  const seconds = (startedNs: number) => startedNs / 1e9;
  const starts = spreads.map(({ startedNs }) => seconds(startedNs));
  const time = linearTicks(0, Math.max(...starts), 9);
  const x = projectLinear(time, area.left, area.right);
  const first = spreads.slice(0, Math.ceil(spreads.length / 3)).map(({ middle }) => middle);
  const last = spreads.slice(-first.length).map(({ middle }) => middle);
  const drift = (median(last) / median(first) - 1) * 100;
  const pin = placement.pin === "none" ? [] : [placement.pin];
  const place = (spread: RoundSpread) => x(seconds(spread.startedNs));
  return frame({
    id: slug("run", "rounds", placement.peer, ...pin),
    kind: "rounds",
    scenario: null,
    placement,
    title: "Did the machine drift during the run?",
    subtitle: `all cases together, each against its own median · ${namePlacement(placement)}`,
    description:
      `How slow all cases were in each of ${spreads.length} steps of the run, each case against its own median, ` +
      `${namePlacement(placement)}. From the first to the last third the middle changed by ` +
      `${drift < 0 ? "−" : "+"}${Math.abs(drift).toFixed(1)} %; the slowest step was ` +
      `${Math.max(...spreads.map(({ middle }) => middle)).toFixed(2)} times the usual.`,
    bottom: area.bottom + BOTTOM_AXIS,
    notes: [
      "Line: the median of all cases in a round. Bands: the middle half and the middle 80 % of the cases. Above 1: slower than usual.",
    ],
    body: [
      ...leftAxis(
        area,
        drawTicks(ratios.values, y, (ratio) => `${shortNumber(ratio)}×`, "y"),
        "time against the case's median",
      ),
      ...bottomAxis(area, drawTicks(time.values, x, shortNumber, "x"), "start of the round, s"),
      band(spreads, place, y, ({ low, high }) => [low, high], "0.55"),
      band(spreads, place, y, ({ quarter, threeQuarters }) => [quarter, threeQuarters], "1"),
      line(area.left, y(1), area.right, y(1), { class: "re th" }),
      element("path", {
        class: "cu s0",
        d: pathThrough(spreads.map((spread) => [place(spread), y(spread.middle)])),
      }),
      ...spreads.map((spread) => drawPoint(spread, place(spread), y, spreads.length)),
    ],
  });
}

function band(
  spreads: readonly RoundSpread[],
  x: (spread: RoundSpread) => number,
  y: Projection,
  bounds: (spread: RoundSpread) => readonly [number, number],
  opacity: string,
): string {
  const upper = spreads.map((spread) => [x(spread), y(bounds(spread)[1])] as const);
  const lower = spreads.map((spread) => [x(spread), y(bounds(spread)[0])] as const).reverse();
  return element("path", {
    class: "ba",
    "fill-opacity": opacity,
    d: `${pathThrough([...upper, ...lower])}Z`,
  });
}

function drawPoint(spread: RoundSpread, x: number, y: Projection, count: number): string {
  const { first, last, middle, quarter, threeQuarters, cases } = spread;
  const name = first === last ? `round ${first}` : `rounds ${first} to ${last}`;
  return element(
    "g",
    {
      "data-round": String(first),
      "data-value": exact(middle),
      "data-low": exact(quarter),
      "data-high": exact(threeQuarters),
    },
    hover(
      `${name}: ${middle.toFixed(3)} times the usual, middle half ${quarter.toFixed(3)} to ` +
        `${threeQuarters.toFixed(3)}, ${cases} trials`,
    ),
    mark(x, y(middle), { shape: 0, colour: 0, radius: count > MOST_MARKS ? 1.5 : 3 }),
  );
}
