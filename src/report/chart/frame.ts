// The frame of all charts: card, title, subtitle, legend, axes, notes, and what a screen reader is told.

import { escapeMarkup } from "../../text/escape_markup.ts";
import { wrapWords } from "../../text/wrap_words.ts";
import { chooseScale, formatNumber, withSymbol } from "../../units/format_quantity.ts";
import type { MetricUnit } from "../../units/metric.ts";
import type { Figure } from "../document/figure.ts";
import type { Chart } from "./chart.ts";
import { dataName, element, fitText, line, plainText, textAt, textWidth } from "./svg.ts";
import { CHART_STYLE, FONT, mark } from "./palette.ts";
import type { Projection } from "./ticks.ts";

/** Width of every chart in pixels: two stand side by side on a screen, one fills a phone held upright. */
export const WIDTH = 640;
/** Distance of everything to the edge of the card. */
export const MARGIN = 16;
/** Where a chart's own drawing may begin, below title and subtitle. */
export const TOP = 62;
/** Height of a line of notes. */
const NOTE_LINE = 16;

interface FrameContent extends Omit<Chart, "svg" | "width" | "height"> {
  /** Second line: placement and what else is the same in the whole chart. */
  readonly subtitle: string;
  /** Where the drawing ends; notes stand below it. */
  readonly bottom: number;
  readonly notes: readonly string[];
  readonly body: readonly string[];
}

function frame(content: FrameContent): Chart {
  const { id, kind, scenario, placement, title, subtitle, bottom, body } = content;
  const notes = content.notes.filter((note) => note !== "").flatMap((note) =>
    wrapWords(note, WIDTH - 2 * MARGIN, (text) => textWidth(text, FONT.small))
  );
  const height = Math.ceil(
    bottom + (notes.length === 0 ? 0 : 8 + NOTE_LINE * notes.length) + MARGIN - 4,
  );
  const description = plainText(content.description, 2_000);
  const svg = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "sbc",
      viewBox: `0 0 ${WIDTH} ${height}`,
      width: String(WIDTH),
      height: String(height),
      role: "img",
      "aria-labelledby": `${id}-title ${id}-desc`,
      "data-kind": kind,
      ...(scenario === null ? {} : { "data-scenario": dataName(scenario) }),
    },
    `<title id="${id}-title">${escapeMarkup(plainText(title, 200))}</title>`,
    `<desc id="${id}-desc">${escapeMarkup(description)}</desc>`,
    `<style>${CHART_STYLE}</style>`,
    element("rect", { class: "bg", width: WIDTH, height, rx: 8 }),
    textAt(MARGIN, 28, fitText(title, WIDTH - 2 * MARGIN, FONT.title * 1.05), { class: "ti" }),
    textAt(MARGIN, 46, fitText(subtitle, WIDTH - 2 * MARGIN, FONT.label), { class: "la mu" }),
    ...body,
    ...notes.map((note, index) =>
      textAt(MARGIN, bottom + 8 + NOTE_LINE * index + 12, note, { class: "mu" })
    ),
  );
  return { id, kind, scenario, placement, title, description, svg, width: WIDTH, height };
}

/** A figure framed with what it states of itself: id, kind, scenario, placement and second line. */
export function frameFigure(
  { id, data, scenario, placement, common }: Figure,
  content: Pick<FrameContent, "title" | "description" | "bottom" | "notes" | "body">,
): Chart {
  const subtitle = common.join(" · ");
  return frame({ id, kind: data.kind, scenario, placement, subtitle, ...content });
}

/** The same of a figure with axes, below which the notes stand. */
export function framePlot(
  figure: Figure,
  { bottom }: Area,
  content: Pick<FrameContent, "title" | "description" | "notes" | "body">,
): Chart {
  return frameFigure(figure, { ...content, bottom: bottom + BOTTOM_AXIS });
}

/** What a figure is of, for its description, as in `round-trip, 64 B · peer process`. */
export function nameFigure({ scenario, common }: Figure): string {
  return [scenario ?? "the run", common.join(" · ")].filter((words) => words !== "").join(", ");
}

export type Area = Readonly<{ left: number; right: number; top: number; bottom: number }>;

/** Where marks are drawn, with so much room beside it for what is written there. */
export function plotArea(top: number, height: number, leftRoom: number, rightRoom: number): Area {
  const [left, right] = [MARGIN + leftRoom, WIDTH - MARGIN - rightRoom];
  return { left, right, top, bottom: top + height };
}

/** How many labels of an axis below an area have room side by side. */
export function mostTicks({ left, right }: Area): number {
  return Math.max(3, Math.floor((right - left) / 56));
}

type DrawnTick = { readonly at: number; readonly label: string };

/** All ticks; the label is empty of one that would touch the one before, first and last excepted. */
function drawTicks(
  values: readonly number[],
  project: Projection,
  label: (value: number) => string,
  along: "x" | "y",
): readonly DrawnTick[] {
  const all = values.map((value) => ({ at: project(value), label: label(value) }));
  const half = (tick: DrawnTick) => along === "y" ? 7 : textWidth(tick.label, FONT.small) / 2 + 5;
  const touch = (a: DrawnTick, b: DrawnTick) => Math.abs(a.at - b.at) < half(a) + half(b);
  const last = all.at(-1);
  let before: DrawnTick | undefined;
  return all.map((tick) => {
    const isHidden = tick !== last && before !== undefined &&
      (touch(tick, before) || (last !== undefined && touch(tick, last)));
    if (tick === last && before !== undefined && touch(tick, before)) {
      return { ...tick, label: "" };
    }
    if (isHidden) return { ...tick, label: "" };
    before = tick;
    return tick;
  });
}

export function bottomAxis(
  { left, right, top, bottom }: Area,
  values: readonly number[],
  project: Projection,
  label: (value: number) => string,
  title: string,
): readonly string[] {
  const ticks = drawTicks(values, project, label, "x");
  return [
    ...ticks.map(({ at }) => line(at, top, at, bottom, { class: "gr" })),
    line(left, bottom, right, bottom, { class: "ax" }),
    ...ticks.filter(({ label }) => label !== "").map(({ at, label }) =>
      textAt(at, bottom + 15, label, { class: "mu", "text-anchor": "middle" })
    ),
    textAt((left + right) / 2, bottom + 32, title, { class: "mu", "text-anchor": "middle" }),
  ];
}

/** Height that {@linkcode bottomAxis} takes below its area. */
const BOTTOM_AXIS = 36;

/** An axis left of an area, with grid lines through it; its title stands above, where no head must be turned. */
export function leftAxis(
  { left, right, top }: Area,
  values: readonly number[],
  project: Projection,
  label: (value: number) => string,
  title: string,
): readonly string[] {
  const ticks = drawTicks(values, project, label, "y");
  return [
    ...ticks.map(({ at }) => line(left, at, right, at, { class: "gr" })),
    ...ticks.filter(({ label }) => label !== "").map(({ at, label }) =>
      textAt(left - 7, at + 4, fitText(label, left - 10, FONT.small), {
        class: "mu",
        "text-anchor": "end",
      })
    ),
    textAt(MARGIN, top - 12, title, { class: "mu" }),
  ];
}

/** A value with its own unit, so that an axis over five decades reads at every place, as in `20 µs`, `1.5 GB/s`. */
export function tickLabel(value: number, unit: MetricUnit): string {
  const scale = chooseScale([value], unit);
  const scaled = value / scale.divisor;
  return withSymbol(shortNumber(scaled), scale);
}

/** A number without zeros at its end, as in `20`, `0.05`. */
export function shortNumber(value: number): string {
  const text = formatNumber(value, 6);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** What a phone held upright shows of a chart, which it scrolls. */
const VISIBLE = 450;
const LINE = 19;
/** From the mark to its name, and from a name to the next mark. */
const [INDENT, GAP] = [13, 18];

/** A legend, below whose `bottom` the plot may begin. */
type Legend = Readonly<{ bottom: number; elements: readonly string[] }>;

/** Draws a legend below the chart's titles. Its elements, and where it ends. */
export function drawLegend(
  entries: readonly { readonly name: string; readonly look: number }[],
): Legend {
  let [x, y] = [MARGIN, TOP + 4];
  const elements = entries.flatMap(({ name, look }) => {
    const text = fitText(name, VISIBLE - MARGIN - INDENT, FONT.label);
    const width = INDENT + textWidth(text, FONT.label);
    if (x > MARGIN && x + width > VISIBLE) [x, y] = [MARGIN, y + LINE];
    const at = x;
    x += width + GAP;
    return [
      mark(at + 4, y - 4, { shape: look, colour: look, radius: 3.5 }),
      textAt(at + INDENT, y, text, { class: `la l${look}` }),
    ];
  });
  return { bottom: y + 6, elements };
}
