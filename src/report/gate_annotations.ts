// Annotations: GitHub workflow commands, one line each, that GitHub shows beside the job.

import type { Verdict } from "../gate/gate_result.ts";
import { bySeverity, type GateFormat, type GateReport } from "./build/gate_report.ts";
import { type AnnotationLevel, WorkflowCommand } from "../text/workflow_command.ts";

/** GitHub shows no more of one level from one step; the last says how many more there are. */
const MAX_PER_LEVEL = 10;

/** GitHub workflow commands. */
export const gateAnnotations: GateFormat = {
  id: "annotations",
  extension: "txt",
  title: "GitHub workflow commands (::error …)",
  render: (report) => annotationsOf(report).map(({ line }) => `${line}\n`).join(""),
};

/** The commands one by one. At least one: that of the gate as a whole. */
export function annotationsOf({ result, base, head }: GateReport): readonly WorkflowCommand[] {
  const { exitCode, summary, policy } = result;
  const whole = WorkflowCommand.annotate(
    exitCode === 0 ? "notice" : "error",
    "sockbench gate",
    `${summary} (${head} against ${base})`,
  );
  const levels: readonly AnnotationLevel[] = ["error", "warning", "notice"];
  const lines = levels.flatMap((level) => {
    const cells = bySeverity(result.cells).filter((cell) => levelOf(cell, policy.strict) === level);
    // The whole gate has taken one place of its level.
    const most = MAX_PER_LEVEL - (level === (exitCode === 0 ? "notice" : "error") ? 1 : 0);
    const shown = cells.length > most ? cells.slice(0, most - 1) : cells;
    const rest = cells.length - shown.length;
    return [
      ...shown.map((cell) =>
        WorkflowCommand.annotate(level, `${cell.verdict}: ${cell.case} ${cell.metric}`, cell.reason)
      ),
      ...(rest === 0
        ? []
        : [WorkflowCommand.annotate(level, "sockbench gate", `${rest} more cells like these`)]),
    ];
  });
  return [whole, ...lines];
}

/** What ends the job is an error; what weakens it a warning; a pass needs no line. */
export function levelOf(
  { verdict, unresolvable }: Verdict,
  strict: boolean,
): AnnotationLevel | undefined {
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
