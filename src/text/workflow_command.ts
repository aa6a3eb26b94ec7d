// Workflow commands: lines of a job's log that GitHub acts on.

import { clip, printable } from "./printable.ts";

export type AnnotationLevel = "error" | "warning" | "notice";

/** Longer titles and messages are cut. */
const MAX_TITLE = 200;
const MAX_MESSAGE = 2_000;

/** A line that GitHub shall act on, made by {@linkcode WorkflowCommand.annotate} alone: no part of it comes from elsewhere unescaped. */
export class WorkflowCommand {
  /** The line, without its end. */
  readonly line: string;

  private constructor(line: string) {
    this.line = line;
  }

  /** As in `::error title=sockbench::it is slower`, escaped after actions/toolkit, packages/core/src/command.ts. */
  static annotate(level: AnnotationLevel, title: string, message: string): WorkflowCommand {
    const property = escapeData(clip(printable(title), MAX_TITLE)).replaceAll(":", "%3A")
      .replaceAll(",", "%2C");
    return new WorkflowCommand(
      `::${level} title=${property}::${escapeData(clip(printable(message), MAX_MESSAGE))}`,
    );
  }
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
