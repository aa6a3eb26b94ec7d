// JSON of a gate result: everything that is known, for programs.

import { type Estimate, inverseOf } from "../compare/effect.ts";
import type { Verdict } from "../gate/gate_result.ts";
import { disarmJson } from "../text/disarm.ts";
import { bySeverity, type GateFormat, type GateReport } from "./build/gate_report.ts";

/** Version of the JSON of results; a field removed or of another meaning is a new one. */
export const GATE_JSON_VERSION = 1;

/** The result as it is, cells by case. */
export const gateJson: GateFormat = {
  id: "json",
  extension: "json",
  title: "JSON of the result",
  render: (report) => renderJson("sockbench-gate", report),
};

/** The same of all cells, those that matter first. */
export const comparisonJson: GateFormat = {
  id: "json",
  extension: "json",
  title: "JSON of all comparisons",
  render: (report) =>
    renderJson("sockbench-comparison", {
      ...report,
      result: { ...report.result, cells: bySeverity(report.result.cells) },
    }),
};

/** JSON.stringify escapes lone surrogates and control characters; an infinite number, as of a separation, becomes null. */
function renderJson(kind: string, { result, base, head }: GateReport): string {
  const cells = result.cells.map(withSlowdown);
  const written = { kind, version: GATE_JSON_VERSION, base, head, ...result, cells };
  // A job may print the file: names in it must not be commands there.
  return `${disarmJson(JSON.stringify(written, null, 2))}\n`;
}

/** With `slowdown`, the name of version 0.1 for `ratio` turned round: above 1, head is worse. Deprecated: it goes with the next version. */
function withSlowdown(cell: Verdict) {
  const { effect = "ratio", confirmation } = cell;
  const turn = ({ ratio }: { readonly ratio?: Estimate }) => {
    if (ratio === undefined) return {};
    const { estimate, low, high, ...rest } = ratio;
    const of = (value: number) => inverseOf(value, effect);
    return { slowdown: { estimate: of(estimate), low: of(high), high: of(low), ...rest } };
  };
  return {
    ...cell,
    ...turn(cell),
    ...(confirmation !== undefined && { confirmation: { ...confirmation, ...turn(confirmation) } }),
  };
}
