// The formats of gate results and comparisons. A new one is a file, a line here and a golden file.

import { buildComparisonDocument } from "./build/comparison_document.ts";
import { forestFigures } from "./build/charts/forest_figures.ts";
import { buildGateDocument, casesOf } from "./build/gate_document.ts";
import type { GateFormat, GateReport } from "./build/gate_report.ts";
import { drawFigure } from "./chart/draw_figure.ts";
import { PAGE_CHART_STYLE, withoutStyle } from "./chart/page_chart_style.ts";
import type { Figure } from "./document/figure.ts";
import type { TerminalSize, WriterOptions } from "./document/writer.ts";
import { gateActionBenchmarkBigger, gateActionBenchmarkSmaller } from "./gate_action_benchmark.ts";
import { comparisonText } from "./comparison_text.ts";
import { gateAgent } from "./gate_agent.ts";
import { gateAnnotations } from "./gate_annotations.ts";
import { gateBencher } from "./gate_bencher.ts";
import { comparisonJson, gateJson } from "./gate_json.ts";
import { gateJunit } from "./gate_junit.ts";
import { gateOpenMetrics } from "./gate_openmetrics.ts";
import { writeHtml } from "./write/html.ts";
import { writeMarkdown } from "./write/markdown.ts";
import { writeTerminal } from "./write/terminal.ts";

// deno-fmt-ignore
const GATE: readonly GateFormat[] = [
  { id: "md", extension: "md", title: "Markdown summary", render: (report) => writeMarkdown(buildGateDocument(report)) },
  { id: "text", extension: "txt", title: "verdicts for a terminal", render: (report, { terminal } = {}) => writeTerminal(buildGateDocument(report), sized(terminal)) },
  gateJson, gateAnnotations, gateAgent, gateJunit, gateOpenMetrics, gateActionBenchmarkSmaller, gateActionBenchmarkBigger, gateBencher,
];

// deno-fmt-ignore
const COMPARISON: readonly GateFormat[] = [
  comparisonText,
  { id: "md", extension: "md", title: "Markdown of all comparisons", render: (report) => writeMarkdown(buildComparisonDocument(report)) },
  { id: "html", extension: "html", title: "page of all comparisons, one file", render: renderComparisonPage },
  comparisonJson,
];

/** Formats of `gate` and `ab`, by id. */
export const gateFormats: ReadonlyMap<string, GateFormat> = byId(GATE);

/** Formats of `compare`, by id. */
export const comparisonFormats: ReadonlyMap<string, GateFormat> = byId(COMPARISON);

function sized(terminal: TerminalSize | undefined): WriterOptions {
  return terminal === undefined ? {} : { terminal };
}

function byId(formats: readonly GateFormat[]): ReadonlyMap<string, GateFormat> {
  return new Map(formats.map((format) => [format.id, format]));
}

function renderComparisonPage(report: GateReport): string {
  const { cells, paired } = report.result;
  const figures = forestFigures({ cells, paired, cases: [...casesOf(report).values()] });
  return writeHtml(buildComparisonDocument(report, { figures }), {
    draw: (figure: Figure) => {
      const picture = drawFigure(figure);
      return { ...picture, svg: withoutStyle(picture.svg) };
    },
    pictureStyle: PAGE_CHART_STYLE,
  });
}
