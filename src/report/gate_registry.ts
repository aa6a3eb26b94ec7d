/**
 * The formats of gate results and comparisons. A new one is a file, a line here and a golden file.
 *
 * @module
 */

import { gateActionBenchmarkBigger, gateActionBenchmarkSmaller } from "./gate_action_benchmark.ts";
import { comparisonText } from "./comparison_text.ts";
import { gateAgent } from "./gate_agent.ts";
import { gateAnnotations } from "./gate_annotations.ts";
import { gateBencher } from "./gate_bencher.ts";
import { comparisonJson, gateJson } from "./gate_json.ts";
import { gateJunit } from "./gate_junit.ts";
import { comparisonMarkdown, gateMarkdown } from "./gate_markdown.ts";
import { gateOpenMetrics } from "./gate_openmetrics.ts";
import type { GateFormat } from "./gate_text.ts";
import { comparisonHtml } from "./html/render_comparison_html.ts";

/** Formats of `gate` and `ab`, by id. */
export const gateFormats: ReadonlyMap<string, GateFormat> = byId([
  gateMarkdown,
  gateJson,
  gateAnnotations,
  gateAgent,
  gateJunit,
  gateOpenMetrics,
  gateActionBenchmarkSmaller,
  gateActionBenchmarkBigger,
  gateBencher,
]);

/** Formats of `compare`, by id. */
export const comparisonFormats: ReadonlyMap<string, GateFormat> = byId([
  comparisonText,
  comparisonMarkdown,
  comparisonHtml,
  comparisonJson,
]);

function byId(formats: readonly GateFormat[]): ReadonlyMap<string, GateFormat> {
  return new Map(formats.map((format) => [format.id, format]));
}
