/**
 * The registry of report formats: one line each.
 *
 * @module
 */

import type { RunRecord } from "../model/run_record.ts";
import { buildReport } from "./build_report.ts";
import { renderHtml } from "./html/render_html.ts";
import { renderCsv } from "./render_csv.ts";
import { renderJson } from "./render_json.ts";
import { renderMarkdown } from "./render_markdown.ts";
import { type RenderedFiles, renderMarkdownWithCharts } from "./render_markdown_files.ts";
import { PLAIN_TERMINAL, renderTerminal } from "./render_terminal.ts";
import { renderTsv } from "./render_tsv.ts";
import type { TerminalLook } from "../text/terminal_line.ts";

/** A ReportFormat is one way to write a record for readers. */
export interface ReportFormat {
  /** As in `--format`: `md`. */
  readonly id: string;
  /** Of the file, without the point. */
  readonly extension: string;
  /** As in `text/markdown`. */
  readonly mediaType: string;
  /** One line for help texts. */
  readonly title: string;
  /**
   * Renders a record; measures nothing, and gives the same text for the same record. `look` is for formats that are shown on
   * a terminal and may be wider, or in colour, where it is known.
   */
  render(record: RunRecord, look?: TerminalLook): string;
  /** Renders a record with pictures in a directory beside it, whose name is given; absent: the format has none, or holds them. */
  renderWithFiles?(record: RunRecord, directory: string): RenderedFiles;
}

// deno-fmt-ignore
const FORMATS: readonly ReportFormat[] = [
  { id: "md", extension: "md", mediaType: "text/markdown; charset=utf-8", title: "report for readers, as Markdown", render: (record) => renderMarkdown(buildReport(record)), renderWithFiles: renderMarkdownWithCharts },
  { id: "html", extension: "html", mediaType: "text/html; charset=utf-8", title: "report to look at, one page that opens from disk", render: renderHtml },
  { id: "text", extension: "txt", mediaType: "text/plain; charset=utf-8", title: "findings and bars, for a terminal", render: (record, look = PLAIN_TERMINAL) => renderTerminal(buildReport(record), look) },
  { id: "csv", extension: "csv", mediaType: "text/csv; charset=utf-8; header=present", title: "every value of every trial, for R, pandas, spreadsheets", render: renderCsv },
  { id: "tsv", extension: "tsv", mediaType: "text/tab-separated-values; charset=utf-8", title: "the same separated by tabs, a line per row", render: renderTsv },
  { id: "json", extension: "json", mediaType: "application/json", title: "findings, tables, summaries and comparisons, for programs", render: renderJson },
];

/** Report formats by id, in the order of help texts. */
export const reportFormats: ReadonlyMap<string, ReportFormat> = new Map(
  FORMATS.map((format) => [format.id, format]),
);
