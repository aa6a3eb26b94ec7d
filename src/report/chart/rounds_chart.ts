// The rounds: how much slower or faster than usual all cases were in each round. A machine that drifts is a line that does.

import { driftOf, gatherSpreads, type RoundSpread } from "../build/round_spreads.ts";
import type { Figure } from "../document/figure.ts";
import { namePlacement, placementKey } from "../document/format_key.ts";
import { groupBy } from "../group_by.ts";
import type { Chart } from "./chart.ts";
import { type ChartContext, type ChartKind, slug } from "./chart_context.ts";
import { bottomAxis, framePlot, leftAxis, plotArea, shortNumber, TOP } from "./frame.ts";
import { mark } from "./palette.ts";
import { element, exact, hover, line, pathThrough } from "./svg.ts";
import { linearTicks, logTicks, type Projection, projectLinear, projectLog } from "./ticks.ts";

/** How slow all cases together were in each round. `drift`: the last third of the rounds against the first; ratios above 1 are slower. */
export type RoundsData = Readonly<
  { kind: "rounds"; drift: number; rounds: readonly RoundSpread[] }
>;

/** The rounds of each placement. One chart a placement; none where there are fewer than three rounds. */
function roundFigures(context: ChartContext): readonly Figure[] {
  const groups = groupBy(context.record.cases, placementKey);
  return [...groups.values()].flatMap((cases): Figure[] => {
    const [{ placement }] = cases;
    const rounds = gatherSpreads(context, cases);
    if (rounds.length < 3) return [];
    const pin = placement.pin === "none" ? [] : [placement.pin];
    const data: RoundsData = { kind: "rounds", rounds, drift: driftOf(rounds) };
    return [{
      kind: "figure",
      id: slug("run", "rounds", placement.peer, ...pin),
      scenario: null,
      placement,
      common: ["all cases together, each against its own median", namePlacement(placement)],
      operation: "",
      data,
    }];
  });
}

const PLOT_HEIGHT = 200;
/** Up to so many points each has a mark. */
const MAX_MARKS = 60;

function drawRounds(figure: Figure, { rounds: spreads, drift: ratio }: RoundsData): Chart {
  const area = plotArea(TOP + 26, PLOT_HEIGHT, 56, 14);
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
  const drift = (ratio - 1) * 100;
  const place = (spread: RoundSpread) => x(seconds(spread.startedNs));
  return framePlot(figure, area, {
    title: "Did the machine drift during the run?",
    description: `How slow all cases were in each of ${spreads.length} steps of the run, ` +
      `${figure.common.join(", ")}. From the first to the last third the middle changed by ` +
      `${drift < 0 ? "−" : "+"}${Math.abs(drift).toFixed(1)} %; the slowest step was ` +
      `${Math.max(...spreads.map(({ middle }) => middle)).toFixed(2)} times the usual.`,
    notes: [
      "Line: the median of all cases in a round. Bands: the middle half and the middle 80 % of the cases. Above 1: slower than usual.",
    ],
    body: [
      ...leftAxis(
        area,
        ratios.values,
        y,
        (ratio) => `${shortNumber(ratio)}×`,
        "time against the case's median",
      ),
      ...bottomAxis(area, time.values, x, shortNumber, "start of the round, s"),
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
    mark(x, y(middle), { shape: 0, colour: 0, radius: count > MAX_MARKS ? 1.5 : 3 }),
  );
}

export const rounds: ChartKind<RoundsData> = {
  kind: "rounds",
  figures: roundFigures,
  draw: drawRounds,
};
