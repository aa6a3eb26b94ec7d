// The verdict and what it rests on, and nothing else: for tools that read logs and pay by the word.

import { clip, printable } from "../text/printable.ts";
import { levelOf } from "./gate_annotations.ts";
import { bySameReason, bySeverity, type GateFormat, type GateReport } from "./build/gate_report.ts";

/** Plain lines: the verdict, then a line for each thing that fails the gate. */
export const gateAgent: GateFormat = {
  id: "agent",
  extension: "txt",
  title: "The verdict and failures only, a line each",
  render: renderAgent,
};

/** Lines that are written; more are counted. */
const MAX_LINES = 50;

function renderAgent({ result }: GateReport): string {
  const failing = bySeverity(result.cells)
    .filter((cell) => levelOf(cell, result.policy.strict) === "error");
  const groups = result.exitCode === 0 ? [] : bySameReason(failing);
  const rest = groups.length - MAX_LINES;
  const lines = [
    `exit code ${result.exitCode}: ${result.summary}`,
    ...groups.slice(0, MAX_LINES).map(({ verdict, reason, cells: [first, ...others] }) => {
      const more = others.length === 0 ? "" : ` and ${others.length} more`;
      return `${verdict} ${first.case} ${first.metric}${more}: ${reason}`;
    }),
    ...(rest > 0 ? [`${rest} more lines like these`] : []),
  ];
  return lines.map((line) => `${printable(clip(line, 1000))}\n`).join("");
}
