/**
 * Reports: every format of a record, of a comparison and of a gate, and the charts they are made with.
 *
 * @example Judge one record against another, and render both
 * ```ts
 * import { compareRecords, createPolicy, judge, measure } from "@sockbench/sockbench";
 * import { reportFormats } from "@sockbench/sockbench/report";
 *
 * const once = () => measure({ scenarios: ["connect"], profile: "quick", rounds: 6, peer: "loop", seed: 1 });
 * const [base, head] = [await once(), await once()];
 * const result = judge(compareRecords(base, head, { paired: false }), createPolicy({ threshold: "50%" }));
 * console.log(result.summary);
 * if (!reportFormats.get("md")!.render(head).startsWith("# ")) throw new Error("no report");
 * ```
 *
 * @module
 */

export {
  comparisonFormats,
  gateFormats,
  type RenderedFiles,
  type ReportFormat,
  reportFormats,
} from "./registry.ts";
export type { TerminalLook } from "../text/terminal_line.ts";
export type { TerminalSize } from "./document/writer.ts";
export type { GateFormat, GateReport, GateView } from "./build/judgement.ts";

export type { Chart } from "./chart/chart.ts";
export { buildCharts } from "./chart/build_charts.ts";
export { buildComparisonCharts, type ComparisonChartOptions } from "./chart/build_charts.ts";
export { chartFiles } from "./chart/build_charts.ts";

export type { RenderOptions } from "./registry.ts";
