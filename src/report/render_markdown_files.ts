/**
 * renderMarkdownWithCharts: the report as Markdown, and its charts as files beside it.
 *
 * @module
 */

import type { RunRecord } from "../model/run_record.ts";
import { buildReport } from "./build_report.ts";
import { buildCharts } from "./chart/build_charts.ts";
import { chartFiles } from "./chart/chart_files.ts";
import { renderMarkdown } from "./render_markdown.ts";

/** A text and the files that belong beside it. */
export interface RenderedFiles {
  /** The report. */
  readonly text: string;
  /** Further files by their names within the directory that was asked for. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Renders a record as Markdown with its charts as files.
 *
 * @param record The record.
 * @param directory Name of the directory beside the Markdown file that the charts are to be written to.
 * @returns The Markdown, and the charts.
 */
export function renderMarkdownWithCharts(record: RunRecord, directory: string): RenderedFiles {
  const charts = buildCharts(record);
  return {
    text: renderMarkdown(buildReport(record), { charts, directory }),
    files: chartFiles(record, charts),
  };
}
