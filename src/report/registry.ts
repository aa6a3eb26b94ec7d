// The registry of report formats: one line each.

import type { RunRecord } from "../model/run_record.ts";
import { buildFigures } from "./build/figures.ts";
import { buildRecordDocument, type RecordDocumentOptions } from "./build/record_document.ts";
import { buildTrialsDocument } from "./build/trials_document.ts";
import { PAGE_CHART_STYLE, withoutStyle } from "./chart/page_chart_style.ts";
import { chartFileName } from "./chart/chart_files.ts";
import { drawFigure } from "./chart/draw_figure.ts";
import type { Document } from "./document/document.ts";
import type { Figure } from "./document/figure.ts";
import type { Picture, TerminalSize, Writer } from "./document/writer.ts";
import { writeAsciidoc } from "./write/asciidoc.ts";
import { writeCsv, writeTsv } from "./write/delimited.ts";
import { writeHtml } from "./write/html.ts";
import { writeJson } from "./write/json.ts";
import { writeMarkdown } from "./write/markdown.ts";
import { writeTerminal } from "./write/terminal.ts";

/** A text and the files that belong beside it. */
export interface RenderedFiles {
  /** The report. */
  readonly text: string;
  /** Further files by their names within the directory that was asked for. */
  readonly files: ReadonlyMap<string, string>;
}

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
  /** Renders a record; measures nothing, and gives the same text for the same record. */
  render(record: RunRecord, options?: RenderOptions): string;
  /** Renders a record with pictures in a directory beside it, whose name is given; absent: the format has none, or holds them. */
  renderWithFiles?(record: RunRecord, directory: string, options?: RenderOptions): RenderedFiles;
}

/** What a reader may choose. */
export interface RenderOptions {
  /** For formats that are shown on a terminal and may be wider, or in colour, where it is known. */
  readonly terminal?: TerminalSize;
  /** How much less than the best is as good, as a share; absent: 5 %. */
  readonly margin?: number;
}

/** What a line of the registry states. */
interface FormatLine extends Pick<ReportFormat, "id" | "extension" | "mediaType" | "title"> {
  /** Writes the Document. */
  readonly write: Writer;
  /** What it writes: `report` for people, `trials` for programs that calculate. */
  readonly of: "report" | "trials";
  /** Where its charts are: in the text, in files beside it, nowhere. */
  readonly charts: "inside" | "beside" | "none";
}

// deno-fmt-ignore
const FORMATS: readonly FormatLine[] = [
  { id: "md", extension: "md", mediaType: "text/markdown; charset=utf-8", title: "report for readers, as Markdown", write: writeMarkdown, of: "report", charts: "beside" },
  { id: "html", extension: "html", mediaType: "text/html; charset=utf-8", title: "report to look at, one page that opens from disk", write: writeHtml, of: "report", charts: "inside" },
  { id: "text", extension: "txt", mediaType: "text/plain; charset=utf-8", title: "findings and bars, for a terminal", write: writeTerminal, of: "report", charts: "none" },
  { id: "asciidoc", extension: "adoc", mediaType: "text/asciidoc; charset=utf-8", title: "report for readers, as AsciiDoc", write: writeAsciidoc, of: "report", charts: "none" },
  { id: "csv", extension: "csv", mediaType: "text/csv; charset=utf-8; header=present", title: "every value of every trial, for R, pandas, spreadsheets", write: writeCsv, of: "trials", charts: "none" },
  { id: "tsv", extension: "tsv", mediaType: "text/tab-separated-values; charset=utf-8", title: "the same separated by tabs, a line per row", write: writeTsv, of: "trials", charts: "none" },
  { id: "json", extension: "json", mediaType: "application/json", title: "findings, tables, summaries and comparisons, for programs", write: writeJson, of: "report", charts: "none" },
];

/** Report formats by id, in the order of help texts. */
export const reportFormats: ReadonlyMap<string, ReportFormat> = new Map(
  FORMATS.map((line) => [line.id, toFormat(line)]),
);

function toFormat({ write, of, charts, ...line }: FormatLine): ReportFormat {
  return {
    ...line,
    render: (record, { terminal, ...options } = {}) =>
      write(build(record, of, charts === "inside", options), {
        ...(terminal === undefined ? {} : { terminal }),
        ...(charts === "inside" ? { draw: drawInside, pictureStyle: PAGE_CHART_STYLE } : {}),
      }),
    ...(charts === "beside"
      ? {
        renderWithFiles: (record, directory, options = {}) =>
          renderBeside(record, directory, write, options),
      }
      : {}),
  };
}

function build(
  record: RunRecord,
  of: FormatLine["of"],
  hasFigures: boolean,
  options: RecordDocumentOptions,
): Document {
  if (of === "trials") return buildTrialsDocument(record);
  return buildRecordDocument(
    record,
    hasFigures ? { ...options, figures: buildFigures(record) } : options,
  );
}

/** A page holds the style sheet of all charts once. */
function drawInside(figure: Figure): Picture {
  const picture = drawFigure(figure);
  return { ...picture, svg: withoutStyle(picture.svg) };
}

function renderBeside(
  record: RunRecord,
  directory: string,
  write: Writer,
  { margin }: RenderOptions,
): RenderedFiles {
  const figures = buildFigures(record);
  const draw = (figure: Figure): Picture => ({
    ...drawFigure(figure),
    path: [directory, chartFileName(figure)],
  });
  return {
    text: write(
      buildRecordDocument(record, { figures, ...(margin === undefined ? {} : { margin }) }),
      { draw },
    ),
    files: new Map(figures.map((one) => [chartFileName(one), `${drawFigure(one).svg}\n`])),
  };
}
