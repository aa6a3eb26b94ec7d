// Gate reports: a result with its names, the order in which cells matter, and the figures that decided, as typed cells.

import { byCell, type Failures } from "../../compare/comparison.ts";
import { type Estimate, inverseOf } from "../../compare/effect.ts";
import type { Summary } from "../../compare/summarize.ts";
import { isStrict } from "../../gate/gate_policy.ts";
import type { GateResult, Verdict, VerdictWord } from "../../gate/gate_result.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { Stated } from "../../units/format_change.ts";
import type { CellLevel, JudgedCell, Judgement } from "../document/judgement.ts";
import type { FigureCell, RatioCell } from "../document/table.ts";
import type { TerminalSize } from "../document/writer.ts";
import { figureCell } from "./blocks.ts";

/** A GateReport is a result and the names of what was compared. */
export interface GateReport {
  /** The result. */
  readonly result: GateResult;
  /** Name of the side compared against: a file, a ref, a version. */
  readonly base: string;
  /** Name of the side in question. */
  readonly head: string;
  /** Both records, where they are at hand: formats that set the two sides beside each other show them. */
  readonly records?: { readonly base: RunRecord; readonly head: RunRecord };
}

/** What a terminal shows, and how much. */
export interface GateView {
  /** The terminal; absent: 80 columns without colour. */
  readonly terminal?: TerminalSize;
  /** Whether what did not change is shown in full; absent: by all formats but text. */
  readonly all?: boolean;
}

/** A GateFormat is one way to write a GateReport. */
export interface GateFormat {
  /** As in `--format junit`. */
  readonly id: string;
  /** File extension without the dot. */
  readonly extension: string;
  /** What it is and who reads it. */
  readonly title: string;
  /** Writes the report; the same report gives the same text. Only text for a terminal minds the view. */
  readonly render: (report: GateReport, view?: GateView) => string;
}

const SEVERITY: readonly VerdictWord[] = [
  "regressed",
  "missing",
  "incomparable",
  "inconclusive",
  "improved",
  "new",
  "pass",
];

/** Cells, those that need a reader first; regressions and improvements by their surest size. */
export function bySeverity(
  cells: readonly Verdict[],
  severity: readonly VerdictWord[] = SEVERITY,
): readonly Verdict[] {
  return [...cells].sort((a, b) =>
    severity.indexOf(a.verdict) - severity.indexOf(b.verdict) || sureSize(b) - sureSize(a) ||
    byCell(a, b)
  );
}

/** The bound of the interval that is nearest to no difference: size and certainty in one number. */
function sureSize(cell: Verdict): number {
  const { verdict, effect = "ratio" } = cell;
  const { ratio } = decidingFigures(cell);
  if (ratio === undefined) return 0;
  if (verdict === "regressed") return inverseOf(ratio.high, effect);
  if (verdict === "improved") return ratio.low;
  return Math.abs(Math.log(Math.max(ratio.estimate, Number.MIN_VALUE)));
}

/** The figures that decided about a cell. `ratio`: absent for limits and gaps; `adjustedP`: of being better where the verdict says so, else worse; `failures`: of that rule. */
interface Deciding {
  readonly ratio?: Estimate;
  readonly adjustedP?: number;
  readonly n: number;
  readonly base?: Summary;
  readonly head?: Summary;
  readonly failures?: { readonly base: Failures; readonly head: Failures };
}

/** The figures that decided, all of one measurement: that of the fresh pairs where they were asked. */
export function decidingFigures(cell: Verdict): Deciding {
  const { ratio, n, base, head, failures, adjustedP: ofWorse } = cell.confirmation ?? cell;
  const adjustedP = cell.verdict === "improved" ? cell.adjustedPBetter : ofWorse;
  return {
    n,
    ...(ratio !== undefined && { ratio }),
    ...(adjustedP !== undefined && { adjustedP }),
    ...(base !== undefined && { base }),
    ...(head !== undefined && { head }),
    ...(failures !== undefined && { failures }),
  };
}

/** What decides in which words a cell's change is stated; `undefined` where nothing was compared. */
export function statedOf({ effect, unit, better }: Verdict): Stated | undefined {
  return effect === undefined || unit === undefined || better === undefined
    ? undefined
    : { effect, unit, better };
}

/** The judgement of a report, cells by case, metric and rule. */
export function buildJudgement({ result, base, head }: GateReport): Judgement {
  const { exitCode, summary, policy, cells, ignored, paired } = result;
  const ranks = new Map(bySeverity(cells).map((cell, rank) => [cell, rank]));
  return {
    kind: "judgement",
    exitCode,
    summary,
    base,
    head,
    alpha: policy.alpha,
    threshold: policy.threshold,
    cells: cells.map((cell): JudgedCell => {
      const { n, adjustedP } = decidingFigures(cell);
      return {
        case: cell.case,
        metric: cell.metric,
        rank: ranks.get(cell) ?? 0,
        rule: cell.rule,
        verdict: cell.verdict,
        ...defined("level", levelOf(cell, isStrict(policy, cell.case))),
        reason: cell.reason,
        n,
        ...defined("better", cell.better),
        ...defined("unit", cell.unit),
        ...defined("base", sideFigure(cell, "base")),
        ...defined("head", sideFigure(cell, "head")),
        ...defined("ratio", changeOf(cell, paired)),
        ...defined("p", adjustedP),
      };
    }),
    ignored: ignored.map(({ case: id, metric, reason }) => ({ case: id, metric, reason })),
  };
}

function defined<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { readonly [key in K]: V };
}

/** What one side showed; `undefined` where it has no figures, as of failures. */
export function sideFigure(cell: Verdict, side: "base" | "head"): FigureCell | undefined {
  const { failures, [side]: summary } = decidingFigures(cell);
  return failures !== undefined || summary === undefined || cell.unit === undefined
    ? undefined
    : { ...figureCell(summary, false), unit: cell.unit };
}

/** The change; `undefined` for a limit and where nothing was compared. */
export function changeOf(cell: Verdict, paired: boolean): RatioCell | undefined {
  const { ratio, n } = decidingFigures(cell);
  const stated = statedOf(cell);
  if (ratio === undefined || stated === undefined) return undefined;
  const { effect, unit, better } = stated;
  const { estimate: value, low, high, confidence } = ratio;
  const counted = paired ? {} : { counted: "trial" as const };
  return {
    kind: "ratio",
    effect,
    stated: { unit, better },
    value,
    low,
    high,
    confidence,
    n,
    ...counted,
  };
}

/** What ends the job is an error; what weakens it a warning; a pass needs no line. */
function levelOf({ verdict, unresolvable }: Verdict, strict: boolean): CellLevel | undefined {
  switch (verdict) {
    case "regressed":
    case "missing":
    case "incomparable":
      return "error";
    case "inconclusive":
      return strict || unresolvable ? "error" : "warning";
    case "improved":
    case "new":
      return "notice";
    case "pass":
      return undefined;
  }
}

/** Version of the JSON of results; a field removed or of another meaning is a new one. */
const GATE_JSON_VERSION = 1;

/** All that is known of a result, for programs. `slowdown` is the ratio turned round; deprecated, it goes with the next version. */
export function gateData(
  kind: "sockbench-gate" | "sockbench-comparison",
  { result, base, head }: GateReport,
): Readonly<Record<string, unknown>> {
  const cells = kind === "sockbench-gate" ? result.cells : bySeverity(result.cells);
  return {
    kind,
    version: GATE_JSON_VERSION,
    base,
    head,
    ...result,
    cells: cells.map((cell) => ({
      ...cell,
      ...slowdownOf(cell, cell),
      ...(cell.confirmation === undefined ? {} : {
        confirmation: { ...cell.confirmation, ...slowdownOf(cell.confirmation, cell) },
      }),
    })),
  };
}

function slowdownOf({ ratio }: Pick<Verdict, "ratio">, { effect = "ratio" }: Verdict) {
  if (ratio === undefined) return {};
  const { estimate, low, high, ...rest } = ratio;
  const of = (value: number) => inverseOf(value, effect);
  return { slowdown: { estimate: of(estimate), low: of(high), high: of(low), ...rest } };
}
