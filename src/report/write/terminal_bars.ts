// Bars for terminals: what of a section is worth its lines, and how it is drawn.

import { formatBeside, formatFigure, type Look, looksOf } from "../document/column_look.ts";
import type { ItemFigure } from "../document/document.ts";
import { formatKeys } from "../document/format_key.ts";
import type { ColumnMetric, FigureCell, Table } from "../document/table.ts";
import { chooseScale, formatShare } from "../document/format_inline.ts";
import type { TerminalLook } from "../../text/terminal_line.ts";
import { cutLine, padLine, plainLine, styleText } from "../../text/terminal_line.ts";
import { displayWidth } from "../../text/display_width.ts";

type Bar = Readonly<{ name: string; cell: FigureCell; metric: ColumnMetric; look: Look }>;

/** Bars that are to be compared, drawn to one scale. `title`: what they have in common; best first, where one direction is better. */
export type BarGroup = Readonly<{ title: string; bars: readonly Bar[] }>;

/** What is shown of a section, and how much is not. */
export type BarChoice = { readonly groups: readonly BarGroup[]; readonly left: number };

/** Of a search the best cell of each group; else rows of the headline table, the widest differences first where not all fit. */
export function chooseBars(table: Table, search: readonly ItemFigure[], most: number): BarChoice {
  const [look] = looksOf(table);
  if (search.length > 0 && look !== undefined) {
    const cells = search.reduce((sum, { of }) => sum + of, 0);
    const bars = search.slice(0, most).map((figure) => searchBar(figure, look));
    return { groups: [{ title: "", bars: bestFirst(bars) }], left: cells - bars.length };
  }
  const groups = groupBars(table);
  const compared = groups.filter(({ bars }) => bars.length > 1);
  const chosen = new Set<BarGroup>();
  let room = most;
  // A bar on its own compares nothing.
  for (
    const group of (compared.length > 0 && countBars(groups) > most ? compared : groups)
      .toSorted((a, b) => spread(b) - spread(a))
  ) {
    if (group.bars.length > room && chosen.size > 0) continue;
    chosen.add(group);
    room -= group.bars.length;
  }
  const shown = groups.filter((group) => chosen.has(group))
    .map(({ title, bars }) => ({ title, bars: bars.slice(0, most) }));
  return { groups: shown, left: countBars(groups) - countBars(shown) };
}

export function countBars(groups: readonly BarGroup[]): number {
  return groups.reduce((sum, { bars }) => sum + bars.length, 0);
}

/** Bars at most for each section: what small ones do not need goes to the others; none gets fewer than two. */
export function shareBars(wanted: readonly number[], total: number): readonly number[] {
  const shares = wanted.map(() => 0);
  let left = total;
  const ascending = [...wanted.keys()].sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  for (const [served, index] of ascending.entries()) {
    const fair = Math.max(2, Math.floor(left / (wanted.length - served)));
    shares[index] = Math.min(wanted[index] ?? 0, fair);
    left = Math.max(0, left - (shares[index] ?? 0));
  }
  return shares;
}

function searchBar({ within, at, metric, cell }: ItemFigure, look: Look): Bar {
  return { name: `${formatKeys(within)}: ${formatKeys(at)}`, cell, metric, look };
}

/** One group for each row; where there is a single column, the rows themselves are what is compared. */
function groupBars(table: Table): readonly BarGroup[] {
  const { columns, rows } = table;
  const looks = looksOf(table);
  const groups = rows.map(({ keys, cells }): BarGroup => ({
    title: formatKeys(keys),
    bars: bestFirst(columns.flatMap(({ keys: heading = [], metric }, index): Bar[] => {
      const [cell, look] = [cells[index], looks[index]];
      if (cell?.kind !== "figure" || look === undefined || metric === undefined) return [];
      const beside = formatBeside(cell);
      const name = formatKeys(heading) || "all";
      return [{ name: beside === "" ? name : `${name}, ${beside}`, cell, metric, look }];
    })),
  })).filter(({ bars }) => bars.length > 0);
  if (columns.length > 1 || groups.some(({ title }) => title === "")) return groups;
  const bars = groups.flatMap(({ title, bars }) => bars.map((bar) => ({ ...bar, name: title })));
  return [{ title: "", bars: bestFirst(bars) }];
}

function bestFirst(bars: readonly Bar[]): readonly Bar[] {
  const better = bars[0]?.metric.better;
  if (better === undefined || better === "neither") return bars;
  const sign = better === "lower" ? 1 : -1;
  return bars.toSorted((a, b) => sign * (a.cell.value - b.cell.value));
}

/** How many times the largest figure is the smallest. */
function spread({ bars }: BarGroup): number {
  const values = bars.map(({ cell }) => Math.abs(cell.value)).filter((value) => value > 0);
  return values.length < 2 ? 1 : Math.max(...values) / Math.min(...values);
}

/** The look in which the bars of a scenario are written: the digits of its table, in the scale that suits the bars. */
export function commonLook(
  groups: readonly BarGroup[],
): { readonly metric: ColumnMetric; readonly look: Look } | undefined {
  const bars = groups.flatMap((group) => group.bars);
  const [first] = bars;
  if (first === undefined) return undefined;
  const { metric, look } = first;
  const scale = chooseScale(bars.map(({ cell }) => cell.value), metric.unit);
  return { metric, look: { ...look, scale } };
}

type Layout = Readonly<{ name: number; value: number; bar: number; interval: number }>;

const INDENT = "  ";
const GAP = 2;
/** A bar shorter than this shows nothing; the interval gives way to it. */
const MIN_BAR = 8;
const MAX_INTERVAL = 32;

export function drawBars(groups: readonly BarGroup[], look: TerminalLook): readonly string[] {
  const written = commonLook(groups);
  if (written === undefined) return [];
  const plain = (text: string) => plainLine(text, look.unicode);
  const rows = groups.map(({ title, bars }) => ({
    title: plain(title),
    largest: Math.max(...bars.map(({ cell }) => spanOf(cell)[1])),
    bars: bars.map(({ name, cell }) => ({
      cell,
      name: `${cell.mark === "best" ? "*" : " "} ${plain(name)}`.trimEnd(),
      value: plain(writeValue(cell, written.look)),
      interval: plain(writeInterval(cell, written.look)),
    })),
  }));
  const layout = layOut(rows.flatMap((row) => row.bars), look.columns - 1);
  return rows.flatMap(({ title, largest, bars }) => [
    ...(title === "" ? [] : [INDENT + cutLine(title, look.columns - 1 - GAP, look.unicode)]),
    ...bars.map((bar) => drawLine(bar, largest, layout, look)),
  ]);
}

type WrittenBar = Readonly<{ cell: FigureCell; name: string; value: string; interval: string }>;

function layOut(bars: readonly WrittenBar[], columns: number): Layout {
  const widest = (part: "name" | "value" | "interval") =>
    Math.max(...bars.map((bar) => displayWidth(bar[part])));
  const value = Math.min(widest("value"), Math.max(1, Math.floor(columns / 4)));
  const name = Math.min(widest("name"), Math.max(4, Math.floor(columns * 0.45)));
  const room = columns - INDENT.length - name - GAP - value - GAP;
  const interval = Math.min(widest("interval"), MAX_INTERVAL);
  if (interval > 0 && room - interval - GAP >= MIN_BAR) {
    return { name, value, interval, bar: room - interval - GAP };
  }
  return { name, value, interval: 0, bar: room >= MIN_BAR ? room : 0 };
}

function drawLine(
  bar: WrittenBar,
  largest: number,
  layout: Layout,
  { color, unicode }: TerminalLook,
): string {
  const isBest = bar.cell.mark === "best";
  const part = (text: string, width: number, align?: "left" | "right") =>
    padLine(cutLine(text, Math.max(1, width), unicode), width, align);
  const name = part(bar.name, layout.name);
  const drawn = drawBar(bar.cell, largest, layout.bar, unicode);
  const line = INDENT + (isBest ? styleText(name, "green", color) : name) + " ".repeat(GAP) +
    styleText(part(bar.value, layout.value, "right"), "bold", color) + " ".repeat(GAP) +
    styleText(padLine(drawn, layout.bar), isBest ? "green" : "cyan", color) +
    (layout.interval === 0 ? "" : " ".repeat(GAP) +
      styleText(part(bar.interval, layout.interval, "right"), "dim", color));
  return color ? line : line.trimEnd();
}

/** Solid up to the interval's lower end, shaded up to its upper one. */
function drawBar(cell: FigureCell, largest: number, width: number, unicode: boolean): string {
  if (width === 0 || !(largest > 0)) return "";
  const [solid, shade, least] = unicode ? ["█", "▒", "▏"] : ["#", "-", "|"];
  const [low, high] = spanOf(cell);
  const length = (value: number) => Math.round(Math.max(0, Math.min(1, value / largest)) * width);
  const end = length(high);
  if (end === 0) return least as string;
  // The middle of an interval that is narrower than a column is solid.
  const start = Math.min(end, Math.max(length(low), high - low < largest / width ? end : 0));
  return (solid as string).repeat(start) + (shade as string).repeat(end - start);
}

function spanOf({ value, low, high, n, modes }: FigureCell): readonly [number, number] {
  if (modes !== undefined) return [modes.fast, modes.slow];
  return n === 1 ? [value, value] : [low, high];
}

function writeValue({ value, modes }: FigureCell, look: Look): string {
  return modes === undefined ? formatFigure(value, look) : "bimodal";
}

/** One trial has no interval, and a range of no width would look like certainty. */
function writeInterval({ low, high, n, modes }: FigureCell, look: Look): string {
  const show = (value: number) => formatFigure(value, look);
  if (modes !== undefined) {
    const { fast, fastShare, slow, slowShare } = modes;
    return `${show(fast)} (${formatShare(fastShare)}) / ${show(slow)} (${formatShare(slowShare)})`;
  }
  return n === 1 ? "one trial" : `[${show(low)}, ${show(high)}]`;
}
