// writeAnnotations: a judgement as GitHub workflow commands, one line each, that GitHub shows beside the job.

import { type AnnotationLevel, WorkflowCommand } from "../../text/workflow_command.ts";
import type { Document } from "../document/document.ts";
import { cellsAt, type Judgement } from "../document/judgement.ts";
import { judgementsOf } from "../document/writer.ts";

/** GitHub shows no more of one level from one step; the last says how many more there are. */
const MAX_PER_LEVEL = 10;

const LEVELS: readonly AnnotationLevel[] = ["error", "warning", "notice"];

export function writeAnnotations(document: Document): string {
  return annotationsOf(document).map(({ line }) => `${line}\n`).join("");
}

/** The commands one by one, of each head that of the whole first; none where nothing was judged. */
export function annotationsOf(document: Document): readonly WorkflowCommand[] {
  return judgementsOf(document).flatMap(annotate);
}

function annotate(judgement: Judgement): readonly WorkflowCommand[] {
  const { exitCode, summary, base, head } = judgement;
  const own = exitCode === 0 ? "notice" : "error";
  const lines = LEVELS.flatMap((level) => {
    const cells = cellsAt(judgement, level);
    // The whole gate has taken one place of its level.
    const most = MAX_PER_LEVEL - (level === own ? 1 : 0);
    const shown = cells.length > most ? cells.slice(0, most - 1) : cells;
    const rest = cells.length - shown.length;
    return [
      ...shown.map(({ verdict, case: id, metric, reason }) =>
        WorkflowCommand.annotate(level, `${verdict}: ${id} ${metric}`, reason)
      ),
      ...(rest === 0
        ? []
        : [WorkflowCommand.annotate(level, "sockbench gate", `${rest} more cells like these`)]),
    ];
  });
  const whole = `${summary} (${head} against ${base})`;
  return [WorkflowCommand.annotate(own, "sockbench gate", whole), ...lines];
}
