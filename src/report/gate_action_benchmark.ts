// The two JSON forms of benchmark-action/github-action-benchmark: a list of `{ name, unit, value, range, extra }`, of which a
// file holds metrics of one direction only.

import { formatQuantity } from "../units/format_quantity.ts";
import { type GateFormat, type GateReport, measuredCells } from "./build/gate_report.ts";
import { printable } from "../text/printable.ts";

/** Metrics of which less is better: `tool: customSmallerIsBetter`. */
export const gateActionBenchmarkSmaller: GateFormat = {
  id: "action-benchmark-smaller",
  extension: "json",
  title: "github-action-benchmark, customSmallerIsBetter",
  render: (report) => renderEntries(report, "lower"),
};

/** Metrics of which more is better: `tool: customBiggerIsBetter`. */
export const gateActionBenchmarkBigger: GateFormat = {
  id: "action-benchmark-bigger",
  extension: "json",
  title: "github-action-benchmark, customBiggerIsBetter",
  render: (report) => renderEntries(report, "higher"),
};

function renderEntries({ result, base }: GateReport, direction: "lower" | "higher"): string {
  const entries = measuredCells(result.cells).filter(({ better }) => better === direction)
    .map((cell) => {
      const { head, unit } = cell;
      const bounds = [head.low, head.high].map((value) => formatQuantity(value, unit));
      return {
        // Names are shown as chart titles in a page of the action's own: what cannot be seen is spelt out.
        name: printable(`${cell.case} ${cell.metric}`),
        unit,
        value: head.median,
        range: `[${bounds.join(", ")}]`,
        extra: `${cell.verdict} against ${printable(base)}\n${
          printable(cell.reason)
        }\n${head.n} trials`,
      };
    });
  return `${JSON.stringify(entries, null, 2)}\n`;
}
