// The timeline: single exchanges of one trial in time order, end to end.

import type { Figure, TimelineData } from "../document/figure.ts";
import { plural } from "../../text/plural.ts";
import { formatAmount } from "../document/format_inline.ts";
import type { Chart } from "./chart.ts";
import {
  type Area,
  bottomAxis,
  framePlot,
  MARGIN,
  nameFigure,
  shortNumber,
  TOP,
  WIDTH,
} from "./frame.ts";
import { dataName, element, exact, fitText, hover, textAt, textWidth } from "./svg.ts";
import { FONT } from "./palette.ts";
import { linearTicks, type Projection, projectLinear, type Ticks } from "./ticks.ts";

/** Linux delays an acknowledgement by 40 ms at least (TCP_DELACK_MIN). */
const DELAYED_ACK_NS = 40e6;
const LANE = 24;
/** Exchanges narrower than this are drawn as one block. */
const MIN_WIDTH = 2;

type Lane = TimelineData["lanes"][number];

/** Draws single operations of one trial. A stall of 40 ms is a block of 40 ms. */
export function drawTimeline(figure: Figure, { lanes }: TimelineData): Chart {
  const widest = Math.max(...lanes.map(({ label }) => textWidth(label, FONT.label)));
  const rows = lanes.flatMap((lane, index): readonly (Lane | string)[] =>
    lane.group === "" || lane.group === lanes[index - 1]?.group ? [lane] : [lane.group, lane]
  );
  const top = TOP + 12;
  const area: Area = {
    left: MARGIN + Math.min(widest, 200) + 12,
    right: WIDTH - MARGIN - 8,
    top,
    bottom: top + rows.length * LANE + 4,
  };
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
            : `${operation}s ${first + 1} to ${last + 1}: ${
              formatAmount(sum(valuesNs.slice(first, last + 1)), "ns")
            } together`,
        ),
      )
    ),
    ...(isRoomRight ? [textAt(end + 6, top + LANE / 2 + 5, says, { class: "mu" })] : []),
  );
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
}

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
