// What all renderers of gate results share: the report, and the order in which cells matter.

import { byCell, type Failures } from "../../compare/comparison.ts";
import { type Estimate, inverseOf } from "../../compare/effect.ts";
import type { Stated } from "../../units/format_change.ts";
import type { GateResult, Verdict, VerdictWord } from "../../gate/gate_result.ts";
import type { TerminalSize } from "../document/writer.ts";
import type { Summary } from "../../compare/summarize.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { formatAmount } from "../../units/format_quantity.ts";
import { groupBy } from "../group_by.ts";

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
  /** Width in columns, of text without layout of its own. */
  readonly columns?: number;
  /** The terminal; absent: 80 columns without colour. */
  readonly terminal?: TerminalSize;
  /** Whether what did not change is shown in full, where a format leaves some out. */
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

/**
 * What the trials that decided about a cell showed of one side, for a column of amounts, as in `10.1 µs`, `2 of 20 failed`;
 * empty where the side has none.
 */
export function formatSide(cell: Verdict, side: "base" | "head"): string {
  const { [side]: summary, failures } = decidingFigures(cell);
  if (failures !== undefined) return `${failures[side].failed} of ${failures[side].trials} failed`;
  return summary === undefined || cell.unit === undefined
    ? ""
    : formatAmount(summary.median, cell.unit);
}

/** Cells of one verdict for one reason. */
export interface SameReason {
  /** The verdict of all. */
  readonly verdict: VerdictWord;
  /** The reason of all. */
  readonly reason: string;
  /** At least one. */
  readonly cells: readonly [Verdict, ...Verdict[]];
}

/**
 * Cells by what is said of them: two records of two machines say the same of each cell, and once is enough. Groups in the order
 * of their first cells.
 */
export function bySameReason(cells: readonly Verdict[]): readonly SameReason[] {
  const groups = groupBy(cells, ({ verdict, reason }) => `${verdict} ${reason}`);
  return [...groups.values()].map((same) => {
    const [{ verdict, reason }] = same;
    return { verdict, reason, cells: same };
  });
}

/** The figures that decided about a cell. */
export interface Deciding {
  /** Above 1, head is better; absent for limits and gaps. */
  readonly ratio?: Estimate;
  /** Adjusted p-value: that head is better where the verdict says so, else that it is worse. */
  readonly adjustedP?: number;
  /** Pairs or trials. */
  readonly n: number;
  /** Base across those trials. */
  readonly base?: Summary;
  /** Head across those trials. */
  readonly head?: Summary;
  /** Those trials that failed, for rule `failures`. */
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

/** One verdict per cell that has figures of head, for formats that store values: the rule does not matter there. */
export function measuredCells(
  cells: readonly Verdict[],
): readonly (Verdict & Required<Pick<Verdict, "head" | "better" | "unit">>)[] {
  const seen = new Set<string>();
  return cells.flatMap((cell) => {
    const { head, better, unit } = cell;
    const key = `${cell.metric} ${cell.case}`;
    if (head === undefined || better === undefined || unit === undefined || seen.has(key)) {
      return [];
    }
    seen.add(key);
    return [{ ...cell, head, better, unit }];
  });
}
