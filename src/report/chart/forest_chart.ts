// The forest plot: the ratio of every cell with its interval, worst first, against its threshold.

import { type Estimate, inverseOf } from "../../compare/effect.ts";
import type { Verdict } from "../../gate/gate_result.ts";
import type { Case } from "../../model/case.ts";
import {
  formatChange,
  formatEstimate,
  formatThreshold,
  isAbsolute,
} from "../../units/format_change.ts";
import type { EffectKind, MetricUnit } from "../../units/unit.ts";
import { statedOf } from "../build/judgement.ts";
import type { Figure } from "../document/figure.ts";
import { namePlacement, placementKey } from "../document/format_key.ts";
import type { CellVerdict } from "../document/table.ts";
import { groupBy } from "../group_by.ts";
import type { Chart } from "./chart.ts";
import { type ChartKind, numberIds, partName, slug } from "./chart_context.ts";
import {
  type Area,
  bottomAxis,
  framePlot,
  MARGIN,
  mostTicks,
  plotArea,
  shortNumber,
  TOP,
  WIDTH,
} from "./frame.ts";
import { FONT, mark, type MarkLook } from "./palette.ts";
import { splitEvenly } from "./panels.ts";
import {
  dataName,
  element,
  exact,
  fitName,
  fitText,
  hover,
  line,
  textAt,
  textWidth,
  whisker,
} from "./svg.ts";
import { linearTicks, logTicks, type Projection, projectLinear, projectLog } from "./ticks.ts";

/** `ratio`: above 1, head is better; `threshold`: absent where nothing decides. */
export interface ForestData {
  readonly kind: "forest";
  readonly effect: EffectKind;
  readonly paired: boolean;
  readonly rows: readonly {
    readonly case: string;
    readonly metric: string;
    readonly unit: MetricUnit;
    readonly better: "lower" | "higher";
    readonly verdict: CellVerdict;
    readonly ratio: Estimate;
    readonly threshold?: number;
  }[];
}

/** More rows than this are told apart with effort: they go into a further chart. */
const MAX_ROWS = 48;

type Row = ForestData["rows"][number];

/** `cases`: for their placement, none where charts do not state it; `head`: which of several. */
type ForestSources = Readonly<
  { cells: readonly Verdict[]; paired: boolean; cases: readonly Case[]; head?: string }
>;

/** One figure per placement and kind of effect, more where the cells are many; empty where nothing was compared. */
export function forestFigures(
  { cells, paired, cases, head = "" }: ForestSources,
): readonly Figure[] {
  const known = new Map(cases.map((one) => [one.id, one]));
  const rows = cells.flatMap((cell) => rowOf(cell) ?? [])
    .sort((a, b) => a.row.ratio.estimate - b.row.ratio.estimate);
  const groups = groupBy(rows, ({ row, effect }) => {
    const one = known.get(row.case);
    return `${effect} ${one === undefined ? "" : placementKey(one)}`;
  });
  return numberIds([...groups.values()].flatMap((group) => {
    const [{ effect, row: first }] = group;
    const placement = known.get(first.case)?.placement ?? null;
    const where = placement === null ? "" : namePlacement(placement);
    const parts = splitEvenly(group, MAX_ROWS);
    return parts.map((part, index): Figure => {
      const name = partName(index, parts.length);
      const data: ForestData = { kind: "forest", effect, paired, rows: part.map(({ row }) => row) };
      return {
        kind: "figure",
        id: slug("compare", "forest", head, effect === "ratio" ? "" : effect, where, name),
        scenario: null,
        placement,
        common: [head, where, paired ? "paired by round" : "trials not paired", name]
          .filter((fact) => fact !== ""),
        operation: "",
        data,
      };
    });
  }));
}

function rowOf(cell: Verdict) {
  const { ratio, rule, metric, verdict, threshold } = cell;
  const stated = statedOf(cell);
  if (rule !== "slowdown" || stated === undefined || ratio === undefined) return undefined;
  if (![ratio.estimate, ratio.low, ratio.high].every(Number.isFinite)) return undefined;
  const { effect, unit, better } = stated;
  // Bytes and calls have no axis in common with points.
  if (isAbsolute(effect, unit)) return undefined;
  const own = threshold === undefined ? {} : { threshold };
  return { effect, row: { case: cell.case, metric, unit, better, verdict, ratio, ...own } };
}

const ROW = 21;

const LOOKS: Readonly<Record<CellVerdict, MarkLook>> = {
  regressed: { shape: 2, colour: 1, radius: 5 },
  improved: { shape: 4, colour: 2, radius: 5 },
  pass: { shape: 0, colour: 0 },
  inconclusive: { shape: 0, colour: 5, hollow: true },
  new: { shape: 1, colour: 5, hollow: true },
  missing: { shape: 1, colour: 5, hollow: true },
  incomparable: { shape: 1, colour: 5, hollow: true },
};

function drawForest(figure: Figure, forest: ForestData): Chart {
  const { rows, effect } = forest;
  const metricWidth = Math.max(...rows.map(({ metric }) => textWidth(metric, FONT.small)));
  const nameWidth = Math.max(...rows.map((row) => textWidth(row.case, FONT.small)));
  const metricRoom = Math.min(metricWidth, 104);
  const labels = Math.min(nameWidth, 224) + 10 + metricRoom;
  const area = plotArea(TOP + 32, rows.length * ROW + 4, labels + 14, 78);
  const { x, ticks, say } = scaleOf(forest, area);
  const words = [...new Set(rows.map(({ verdict }) => verdict))];
  const isRatio = effect === "ratio";
  return framePlot(figure, area, {
    title: isRatio ? "Head against base" : "Change of shares, head against base",
    description: `Ratio of ${rows.length === 1 ? "1 cell" : `${rows.length} cells`} with ` +
      `95 % intervals, worst first. ` + rows.slice(0, 8).map((row) =>
        `${row.case} ${row.metric}: ` +
        `${formatEstimate(row.ratio, { ...row, effect })}, ${row.verdict}.`
      ).join(" ") + (rows.length > 8 ? ` And ${rows.length - 8} more.` : ""),
    notes: [
      "Whisker: 95 % interval. Solid line: no change. Dashed: the threshold. Further left is worse.",
    ],
    body: [
      ...drawKey(words, MARGIN, TOP + 6),
      textAt(WIDTH - MARGIN, area.top - 6, "change", { class: "mu", "text-anchor": "end" }),
      ...bottomAxis(
        area,
        ticks,
        x,
        say,
        isRatio ? "ratio, above 1 head is better (log scale)" : "better by, percentage points",
      ),
      ...drawThresholds(forest, area, x),
      line(x(1), area.top, x(1), area.bottom, { class: "re" }),
      ...rows.map((row, index) =>
        drawRow(row, area.top + index * ROW + ROW / 2 + 2, area, x, effect, metricRoom)
      ),
    ],
  });
}

interface ForestScale {
  readonly x: Projection;
  readonly ticks: readonly number[];
  say(value: number): string;
}

function scaleOf({ rows, effect }: ForestData, area: Area): ForestScale {
  const ends = rows.flatMap(({ ratio, threshold = 0 }) => [
    ratio.low,
    ratio.high,
    ratio.estimate,
    inverseOf(1 + threshold, effect),
  ]).filter(Number.isFinite);
  if (effect === "difference") {
    const low = Math.min(0.99, ...ends) - 1;
    const high = Math.max(1.01, ...ends) - 1;
    const ticks = linearTicks(low * 100, high * 100, mostTicks(area));
    const project = projectLinear(ticks, area.left, area.right);
    return {
      x: (ratio) => project((ratio - 1) * 100),
      ticks: ticks.values.map((points) => 1 + points / 100),
      say: (ratio) => shortNumber(Number(((ratio - 1) * 100).toPrecision(6))),
    };
  }
  const ticks = logTicks(
    Math.min(0.97, ...ends.filter((end) => end > 0)),
    Math.max(1.03, ...ends),
    mostTicks(area),
  );
  return {
    x: projectLog(ticks, area.left, area.right),
    ticks: ticks.values,
    say: (ratio) => `${shortNumber(ratio)}×`,
  };
}

/** A line along the rows that share a threshold. */
function drawThresholds({ rows, effect }: ForestData, area: Area, x: Projection) {
  const lines: string[] = [];
  const [first] = rows;
  if (first?.threshold !== undefined && rows.every((row) => row.threshold === first.threshold)) {
    const text = `threshold ${formatThreshold(first.threshold, effect)}`;
    const at = x(inverseOf(1 + first.threshold, effect));
    const isRoomRight = at + textWidth(text, FONT.small) < area.right + 10;
    lines.push(textAt(isRoomRight ? at - 3 : area.right + 10, area.top - 6, text, {
      class: "mu",
      ...(isRoomRight ? {} : { "text-anchor": "end" }),
    }));
  }
  let start = 0;
  for (let index = 1; index <= rows.length; index++) {
    const threshold = rows[start]?.threshold;
    if (index < rows.length && rows[index]?.threshold === threshold) continue;
    if (threshold !== undefined) {
      const at = x(inverseOf(1 + threshold, effect));
      lines.push(element(
        "line",
        {
          class: "s1 th",
          "stroke-width": "1.25",
          x1: at,
          x2: at,
          y1: area.top + start * ROW,
          y2: area.top + index * ROW + 4,
          "data-threshold": exact(threshold),
        },
        hover(`threshold ${formatThreshold(threshold, effect)}`),
      ));
    }
    start = index;
  }
  return lines;
}

function drawKey(words: readonly CellVerdict[], left: number, y: number): readonly string[] {
  let x = left;
  return words.flatMap((word) => {
    const at = x;
    x += textWidth(word, FONT.small) + 30;
    return [mark(at + 5, y - 4, LOOKS[word]), textAt(at + 15, y, word, { class: "mu" })];
  });
}

function drawRow(
  row: Row,
  y: number,
  area: Area,
  x: Projection,
  effect: EffectKind,
  metricRoom: number,
): string {
  const { ratio, verdict, threshold } = row;
  const { estimate, low, high } = ratio;
  const look = LOOKS[verdict];
  const nameRoom = area.left - 14 - MARGIN - metricRoom - 10;
  const bold = verdict === "regressed" || verdict === "improved" ? "bo" : "";
  return element(
    "g",
    {
      "data-case": dataName(row.case),
      "data-metric": row.metric,
      "data-verdict": verdict,
      "data-value": exact(estimate),
      "data-low": exact(low),
      "data-high": exact(high),
      ...(threshold === undefined ? {} : { "data-threshold": exact(threshold) }),
    },
    hover(`${row.case} ${row.metric}: ${formatEstimate(ratio, { ...row, effect })}, ${verdict}`),
    textAt(MARGIN, y + 4, fitName(row.case, nameRoom, FONT.small), { class: bold || undefined }),
    textAt(area.left - 14, y + 4, fitText(row.metric, metricRoom, FONT.small), {
      class: "mu",
      "text-anchor": "end",
    }),
    whisker(x(low), x(high), y, `wh s${look.colour ?? 0}`),
    mark(x(estimate), y, look),
    textAt(WIDTH - MARGIN, y + 4, formatChange(estimate, { ...row, effect }), {
      class: bold || undefined,
      "text-anchor": "end",
    }),
  );
}

/** A record has none: {@linkcode forestFigures} makes them of a comparison. */
export const forest: ChartKind<ForestData> = {
  kind: "forest",
  figures: () => [],
  draw: drawForest,
};
