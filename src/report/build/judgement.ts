// buildJudgement: a gate's result as typed cells, each with the figures of the one measurement that decided.

import { inverseOf } from "../../compare/effect.ts";
import type { Verdict } from "../../gate/gate_result.ts";
import type { CellLevel, JudgedCell, Judgement } from "../document/judgement.ts";
import type { FigureCell, RatioCell } from "../document/table.ts";
import { figureCell } from "./figure_cell.ts";
import { bySeverity, decidingFigures, type GateReport, statedOf } from "./gate_report.ts";

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
        ...defined("level", levelOf(cell, policy.strict)),
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

/**
 * Everything that is known of a result, for programs. With `slowdown`, the name of version 0.1 for `ratio` turned round: above 1,
 * head is worse. Deprecated: it goes with the next version.
 */
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
