// What all renderers of gate results share: the report, and the order in which cells matter.

import { byCell, type Failures } from "../../compare/comparison.ts";
import { type Estimate, inverseOf } from "../../compare/effect.ts";
import type { Stated } from "../../units/format_change.ts";
import type { GateResult, Verdict, VerdictWord } from "../../gate/gate_result.ts";
import type { TerminalSize } from "../document/writer.ts";
import type { Summary } from "../../compare/summarize.ts";
import type { RunRecord } from "../../model/run_record.ts";

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
