// Shows in a job on GitHub why a command came to nothing: an annotation and a line of the job's summary.

import { EXIT } from "./failure.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Longer ones are cut. */
const MAX_COMPLAINT = 1_000;

/** Ends without a result; that something regressed, or somebody pressed Ctrl-C, is shown elsewhere. */
const FAILURES: readonly number[] = [EXIT.usage, EXIT.cannotJudge, EXIT.bug];

/** A terminal that remembers the last complaint that went through it. */
export interface ListeningTerminal {
  readonly terminal: Terminal;
  /** What was said last after `sockbench:`, in one line; absent: nothing was. */
  complaint(): string | undefined;
}

/** Wraps a terminal, which stays as it is. */
export function listenForComplaints(terminal: Terminal): ListeningTerminal {
  let last: string | undefined;
  return {
    terminal: {
      ...terminal,
      err(text) {
        // deno-lint-ignore no-control-regex
        const found = /\bsockbench:(?:\x1b\[\d+m)* ([\s\S]+)/.exec(text)?.[1];
        if (found !== undefined) last = found.replace(/\s+/g, " ").trim();
        terminal.err(text);
      },
    },
    complaint: () => last,
  };
}

/** Announces a failure where the job's variables say that somebody looks. */
export async function announceFailure(
  code: number,
  complaint: string | undefined,
  terminal: Terminal,
): Promise<void> {
  if (complaint === undefined || !FAILURES.includes(code)) return;
  if (environmentValue("GITHUB_ACTIONS") === "true") {
    const { WorkflowCommand } = await import("../text/workflow_command.ts");
    terminal.annotate([WorkflowCommand.annotate("error", "sockbench", complaint)], "err");
  }
  const path = environmentValue("GITHUB_STEP_SUMMARY");
  if (path === undefined) return;
  const { escapeMarkdown } = await import("../text/escape_markdown.ts");
  const line = `**sockbench came to no result** (exit code ${code}): ` +
    `${escapeMarkdown(complaint, MAX_COMPLAINT)}\n\n`;
  try {
    await Deno.writeTextFile(path, line, { append: true });
  } catch {
    // It is on standard error already.
  }
}

/** A variable's value; absent where it is empty, not set, or may not be read. */
export function environmentValue(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) || undefined : undefined;
}
