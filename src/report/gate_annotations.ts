/**
 * Annotations: GitHub workflow commands, one line each, that GitHub shows beside the job.
 *
 * Escaping after actions/toolkit, packages/core/src/command.ts: `%`, CR and LF in data; `:` and `,` too in properties. A name
 * can therefore neither end its line nor begin a command.
 *
 * @module
 */

import type { Verdict } from "../compare/gate_result.ts";
import { bySeverity, clip, type GateFormat, type GateReport, printable } from "./gate_text.ts";

type Level = "error" | "warning" | "notice";

/** GitHub shows no more of one level from one step; the last says how many more there are. */
const MOST_PER_LEVEL = 10;

/** GitHub workflow commands. */
export const gateAnnotations: GateFormat = {
  id: "annotations",
  extension: "txt",
  title: "GitHub workflow commands (::error …)",
  render: renderAnnotations,
};

function renderAnnotations({ result, base, head }: GateReport): string {
  const { exitCode, summary, policy } = result;
  const whole = command(
    exitCode === 0 ? "notice" : "error",
    "sockbench gate",
    `${summary} (${head} against ${base})`,
  );
  const normalized = (result.normalization?.warnings ?? []).map((warning) =>
    command("warning", "sockbench gate", warning)
  );
  const levels: readonly Level[] = ["error", "warning", "notice"];
  const lines = levels.flatMap((level) => {
    const cells = bySeverity(result.cells).filter((cell) => levelOf(cell, policy.strict) === level);
    // The whole gate has taken one place of its level, and each warning of normalizing one.
    const most = MOST_PER_LEVEL - (level === (exitCode === 0 ? "notice" : "error") ? 1 : 0) -
      (level === "warning" ? normalized.length : 0);
    const shown = cells.length > most ? cells.slice(0, most - 1) : cells;
    const rest = cells.length - shown.length;
    return [
      ...shown.map((cell) =>
        command(level, `${cell.verdict}: ${cell.case} ${cell.metric}`, cell.reason)
      ),
      ...(rest === 0 ? [] : [command(level, "sockbench gate", `${rest} more cells like these`)]),
    ];
  });
  return `${[whole, ...normalized, ...lines].join("\n")}\n`;
}

/** What ends the job is an error; what weakens it a warning; a pass needs no line. */
function levelOf({ verdict, unresolvable }: Verdict, strict: boolean): Level | undefined {
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

function command(level: Level, title: string, message: string): string {
  return `::${level} title=${escapeProperty(clip(printable(title)))}::${
    escapeData(clip(printable(message), 2000))
  }`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
