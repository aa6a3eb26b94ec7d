// The timeline: single exchanges of one trial in time order, end to end.

import { plural } from "../../text/plural.ts";
import type { Figure } from "../document/figure.ts";
import { formatAmount } from "../document/format_inline.ts";
import { placementKey } from "../document/format_key.ts";
import { groupBy } from "../group_by.ts";
import type { Chart } from "./chart.ts";
import { type ChartContext, type ChartKind, figuresInParts } from "./chart_context.ts";
import type { Area } from "./frame.ts";
import { bottomAxis, framePlot, MARGIN, nameFigure, plotArea, shortNumber, TOP } from "./frame.ts";
import { FONT } from "./palette.ts";
import { type Panel, splitIntoPanels } from "./panels.ts";
import { dataName, element, exact, fitText, hover, textAt, textWidth } from "./svg.ts";
import { linearTicks, type Projection, projectLinear, type Ticks } from "./ticks.ts";

/** Single operations of one trial, end to end. `group`: what the lanes below have in common; `valuesNs`: in order of time. */
export interface TimelineData {
  readonly kind: "timeline";
  readonly lanes: readonly {
    readonly group: string;
    readonly case: string;
    readonly label: string;
    readonly look: number;
    readonly round: number;
    readonly valuesNs: readonly number[];
  }[];
}

/** The series that is drawn. */
const SERIES = "exchange";
const MAX_LANES = 16;

/** One chart a scenario and placement, more where the cases are many; none where trials hold distributions only. */
function timelineFigures(context: ChartContext): readonly Figure[] {
  return context.record.scenarios.flatMap((spec) => {
    const panels = splitIntoPanels(context.record, spec);
    return [...groupBy(panels, placementKey).values()].flatMap((group) => {
      const lanes = group.flatMap((panel) => lanesOf(context, panel));
      const panel = { ...group[0], label: "", key: "" };
      return figuresInParts(panel, lanes, MAX_LANES, (lanes): TimelineData => (
        { kind: "timeline", lanes }
      ));
    });
  });
}

function lanesOf({ values, looks }: ChartContext, panel: Panel): readonly Lane[] {
  return panel.series.flatMap((series) => {
    const [look = 0] = looks([series]);
    return series.cases.flatMap((one): Lane[] => {
      for (const { series: found, round } of values.succeeded(one.id)) {
        const all = found !== undefined && Object.hasOwn(found, SERIES) ? found[SERIES] ?? [] : [];
        const valuesNs = all.filter((ns) => Number.isFinite(ns) && ns >= 0);
        if (valuesNs.length === 0) continue;
        const label = series.name;
        return [{ group: panel.label, case: one.id, label, look, round, valuesNs }];
      }
      return [];
    });
  });
}

/** Linux delays an acknowledgement by 40 ms at least (TCP_DELACK_MIN). */
const DELAYED_ACK_NS = 40e6;
const LANE = 24;
/** Exchanges narrower than this are drawn as one block. */
const MIN_WIDTH = 2;

type Lane = TimelineData["lanes"][number];

/** Draws single operations of one trial. A stall of 40 ms is a block of 40 ms. */
function drawTimeline(figure: Figure, { lanes }: TimelineData): Chart {
  const widest = Math.max(...lanes.map(({ label }) => textWidth(label, FONT.label)));
  const rows = lanes.flatMap((lane, index): readonly (Lane | string)[] =>
    lane.group === "" || lane.group === lanes[index - 1]?.group ? [lane] : [lane.group, lane]
  );
  const area = plotArea(TOP + 12, rows.length * LANE + 4, Math.min(widest, 200) + 12, 8);
  const totals = lanes.map(({ valuesNs }) => sum(valuesNs));
  const ticks = timeTicks(Math.max(...totals, 1));
  const unit = chooseUnit(ticks.high);
  const x = projectLinear(ticks, area.left, area.right);
  const { operation } = figure;
  return framePlot(figure, area, {
    title: `Single ${operation}s of one trial, one after the other`,
    description: `Timeline of the first ${operation}s of one trial of each case of ` +
      `${nameFigure(figure)}. ` + lanes.map(({ label, group, valuesNs }) =>
        `${
          [label, group].filter((text) => text !== "").join(", ")
        }: ${valuesNs.length} in ${formatAmount(sum(valuesNs), "ns")}, the longest ${
          formatAmount(Math.max(...valuesNs), "ns")
        }.`
      ).join(" "),
    notes: [
      `Each block is one ${operation}, as long as it took; what passed between two is left out. ` +
      "A delayed acknowledgement holds one up for 40 ms or more.",
    ],
    body: [
      ...bottomAxis(area, ticks.values, x, (ns) =>
        shortNumber(ns / unit.divisor), `time spent in ${operation}s, ${unit.symbol}`),
      ...rows.map((row, index) => {
        const y = area.top + index * LANE;
        return typeof row === "string"
          ? textAt(MARGIN, y + LANE / 2 + 6, fitText(row, area.right - MARGIN, FONT.small), {
            class: "bo",
          })
          : drawLane(row, y, area, x, operation);
      }),
    ],
  });
}

/** Multiples of 40 ms where stalls are what is seen, else round numbers. */
function timeTicks(longestNs: number): Ticks {
  if (longestNs < DELAYED_ACK_NS || longestNs > 25 * DELAYED_ACK_NS) {
    return linearTicks(0, longestNs, 8);
  }
  const needed = Math.ceil(longestNs / DELAYED_ACK_NS);
  const step = Math.ceil(needed / 8);
  const count = Math.ceil(needed / step);
  const values = Array.from({ length: count + 1 }, (_, index) => index * step * DELAYED_ACK_NS);
  return { low: 0, high: values.at(-1) as number, values };
}

function chooseUnit(highNs: number): { readonly divisor: number; readonly symbol: string } {
  if (highNs >= 10e9) return { divisor: 1e9, symbol: "s" };
  return highNs >= 1e6 ? { divisor: 1e6, symbol: "ms" } : { divisor: 1e3, symbol: "µs" };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function drawLane(
  { case: caseId, label, look, round, valuesNs }: Lane,
  top: number,
  area: Area,
  x: Projection,
  operation: string,
): string {
  const total = sum(valuesNs);
  const says = `${plural(valuesNs.length, operation)} in ${formatAmount(total, "ns")}`;
  const end = x(total);
  const isRoomRight = end + 10 + textWidth(says, FONT.small) < area.right;
  return element(
    "g",
    {
      "data-case": dataName(caseId),
      "data-metric": "exchange",
      "data-round": String(round),
      "data-values": valuesNs.map(exact).join(" "),
    },
    hover(`${label}: ${says} (round ${round})`),
    textAt(area.left - 8, top + LANE / 2 + 5, fitText(label, area.left - MARGIN - 8, FONT.label), {
      class: "la",
      "text-anchor": "end",
    }),
    ...blocksOf(valuesNs, x).map(({ from, to, first, last }) =>
      element(
        "rect",
        {
          class: `f${look} ${first % 2 === 0 ? "ev" : "od"}`,
          x: from,
          y: top + 5,
          width: Math.max(to - from - (to - from > 4 ? 1 : 0), 1),
          height: LANE - 8,
        },
        hover(
          first === last
            ? `${operation} ${first + 1}: ${formatAmount(valuesNs[first] ?? 0, "ns")}`
            : `${operation}s ${first + 1} to ${last + 1}: ` +
              `${formatAmount(sum(valuesNs.slice(first, last + 1)), "ns")} together`,
        ),
      )
    ),
    ...(isRoomRight ? [textAt(end + 6, top + LANE / 2 + 5, says, { class: "mu" })] : []),
  );
}

type Block = Readonly<{ from: number; to: number; first: number; last: number }>;

function blocksOf(valuesNs: readonly number[], x: Projection): readonly Block[] {
  const blocks: Block[] = [];
  let elapsed = 0;
  let first = 0;
  let from = x(0);
  for (const [index, ns] of valuesNs.entries()) {
    elapsed += ns;
    const to = x(elapsed);
    const isLast = index === valuesNs.length - 1;
    const next = isLast ? 0 : x(elapsed + (valuesNs[index + 1] as number)) - to;
    // A block ends where it is wide enough, or where the next stands for itself.
    if (to - from >= MIN_WIDTH || next >= MIN_WIDTH || isLast) {
      blocks.push({ from, to, first, last: index });
      first = index + 1;
      from = to;
    }
  }
  return blocks;
}

export const timeline: ChartKind<TimelineData> = {
  kind: "timeline",
  figures: timelineFigures,
  draw: drawTimeline,
};
