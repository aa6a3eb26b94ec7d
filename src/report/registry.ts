// The registry of formats: of a record, of a gate, of a comparison. A new one is a file in write/, a line here and a golden file.

import type { RunRecord } from "../model/run_record.ts";
import { buildComparisonDocument } from "./build/comparison_document.ts";
import { buildGateDocument, casesOf } from "./build/gate_document.ts";
import { buildHeadsDocument, type HeadsFormat } from "./build/heads_document.ts";
import type { GateFormat } from "./build/judgement.ts";
import { buildRecordDocument } from "./build/record_document.ts";
import { buildTrialsDocument } from "./build/trials_document.ts";
import { buildFigures, chartFileName, drawFigure } from "./chart/build_charts.ts";
import { numberIds } from "./chart/chart_context.ts";
import { forestFigures } from "./chart/forest_chart.ts";
import { PAGE_CHART_STYLE, withoutStyle } from "./chart/palette.ts";
import type { Figure } from "./document/figure.ts";
import type { Picture, TerminalSize, Writer, WriterOptions } from "./document/writer.ts";
import {
  writeActionBenchmarkBigger,
  writeActionBenchmarkSmaller,
} from "./write/action_benchmark.ts";
import { writeAgent } from "./write/agent.ts";
import { writeAnnotations } from "./write/annotations.ts";
import { writeAsciidoc } from "./write/asciidoc.ts";
import { writeBencher } from "./write/bencher.ts";
import { writeCsv, writeTsv } from "./write/delimited.ts";
import { writeHtml } from "./write/html.ts";
import { writeData, writeJson } from "./write/json.ts";
import { writeJunit } from "./write/junit.ts";
import { writeMarkdown } from "./write/markdown.ts";
import { writeOpenMetrics } from "./write/openmetrics.ts";
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

/** `charts`: in the text or in files beside it; absent: nowhere. */
interface FormatLine extends Pick<ReportFormat, "id" | "extension" | "title"> {
  readonly write: Writer;
  readonly charts?: "inside" | "beside";
}

interface RecordLine extends FormatLine, Pick<ReportFormat, "mediaType"> {
  /** True where it is for programs that calculate: it holds the trials instead of the report. */
  readonly isOfTrials?: true;
}

// deno-fmt-ignore
const RECORD: readonly RecordLine[] = [
  { id: "md", extension: "md", mediaType: "text/markdown; charset=utf-8", title: "report for readers, as Markdown", write: writeMarkdown, charts: "beside" },
  { id: "html", extension: "html", mediaType: "text/html; charset=utf-8", title: "report to look at, one page that opens from disk", write: writeHtml, charts: "inside" },
  { id: "text", extension: "txt", mediaType: "text/plain; charset=utf-8", title: "findings and bars, for a terminal", write: writeTerminal },
  { id: "asciidoc", extension: "adoc", mediaType: "text/asciidoc; charset=utf-8", title: "report for readers, as AsciiDoc", write: writeAsciidoc },
  { id: "csv", extension: "csv", mediaType: "text/csv; charset=utf-8; header=present", title: "every value of every trial, for R, pandas, spreadsheets", write: writeCsv, isOfTrials: true },
  { id: "tsv", extension: "tsv", mediaType: "text/tab-separated-values; charset=utf-8", title: "the same separated by tabs, a line per row", write: writeTsv, isOfTrials: true },
  { id: "json", extension: "json", mediaType: "application/json", title: "findings, tables, summaries and comparisons, for programs", write: writeJson },
  { id: "agent", extension: "agent.txt", mediaType: "text/plain; charset=utf-8", title: "the answer and what makes it doubtful, a line each, for tools that read logs", write: writeAgent },
];

// deno-fmt-ignore
const GATE: readonly FormatLine[] = [
  { id: "md", extension: "md", title: "Markdown summary", write: writeMarkdown },
  { id: "text", extension: "txt", title: "verdicts for a terminal", write: writeTerminal },
  { id: "json", extension: "json", title: "JSON of the result", write: writeData },
  { id: "annotations", extension: "txt", title: "GitHub workflow commands (::error …)", write: writeAnnotations },
  { id: "agent", extension: "txt", title: "The verdict and failures only, a line each", write: writeAgent },
  { id: "junit", extension: "xml", title: "JUnit XML", write: writeJunit },
  { id: "openmetrics", extension: "txt", title: "OpenMetrics text exposition", write: writeOpenMetrics },
  { id: "action-benchmark-smaller", extension: "json", title: "github-action-benchmark, customSmallerIsBetter", write: writeActionBenchmarkSmaller },
  { id: "action-benchmark-bigger", extension: "json", title: "github-action-benchmark, customBiggerIsBetter", write: writeActionBenchmarkBigger },
  { id: "bencher", extension: "json", title: "Bencher Metric Format", write: writeBencher },
];

// deno-fmt-ignore
const COMPARISON: readonly FormatLine[] = [
  { id: "text", extension: "txt", title: "Text for a terminal", write: writeTerminal },
  { id: "md", extension: "md", title: "Markdown of all comparisons", write: writeMarkdown },
  { id: "html", extension: "html", title: "page of all comparisons, one file", write: writeHtml, charts: "inside" },
  { id: "json", extension: "json", title: "JSON of all comparisons", write: writeData },
  { id: "agent", extension: "txt", title: "what changed for the worse, a line each, for tools that read logs", write: writeAgent },
];

// deno-fmt-ignore
const HEADS: readonly (FormatLine & Pick<HeadsFormat, "isOfGate">)[] = [
  { id: "md", extension: "md", title: "Markdown of all heads", write: writeMarkdown },
  { id: "text", extension: "txt", title: "Text for a terminal", write: writeTerminal },
  { id: "html", extension: "html", title: "page of all heads, one file", write: writeHtml, charts: "inside" },
  { id: "json", extension: "json", title: "JSON of all heads", write: writeData },
  { id: "agent", extension: "txt", title: "the outcome, and a line for each head and failure", write: writeAgent },
  { id: "annotations", extension: "txt", title: "GitHub workflow commands (::error …)", write: writeAnnotations, isOfGate: true },
  { id: "junit", extension: "xml", title: "JUnit XML, a suite for each head", write: writeJunit, isOfGate: true },
];

/** Report formats by id, in the order of help texts. */
export const reportFormats: ReadonlyMap<string, ReportFormat> = byId(RECORD.map(recordFormat));

/** Formats of `gate` and `ab`, by id. */
export const gateFormats: ReadonlyMap<string, GateFormat> = byId(
  GATE.map(({ write, ...line }) => ({
    ...line,
    render: (report, { terminal } = {}) => write(buildGateDocument(report), sized(terminal)),
  })),
);

/** Formats of `compare`, by id. */
export const comparisonFormats: ReadonlyMap<string, GateFormat> = byId(
  COMPARISON.map((line) => ({
    ...line,
    render: (report, { terminal, all = line.id !== "text" } = {}) => {
      const { result: { cells, paired } } = report;
      const figures = line.charts === undefined
        ? []
        : forestFigures({ cells, paired, cases: [...casesOf(report).values()] });
      const options = { ...sized(terminal), ...insideOptions(line) };
      return line.write(buildComparisonDocument(report, { figures, all }), options);
    },
  })),
);

export const headsFormats: ReadonlyMap<string, HeadsFormat> = byId(
  HEADS.map(({ isOfGate, ...line }): HeadsFormat => ({
    ...line,
    ...(isOfGate && { isOfGate }),
    render: (report, { terminal, all = line.id !== "text" } = {}) => {
      const figures = line.charts === undefined ? [] : report.heads.flatMap((head) => {
        const { result: { cells, paired } } = head;
        return forestFigures({
          cells,
          paired,
          cases: [...casesOf(head).values()],
          head: head.head,
        });
      });
      const options = { ...sized(terminal), ...insideOptions(line) };
      return line.write(buildHeadsDocument(report, { figures: numberIds(figures), all }), options);
    },
  })),
);

function byId<T extends { readonly id: string }>(formats: readonly T[]): ReadonlyMap<string, T> {
  return new Map(formats.map((format) => [format.id, format]));
}

function sized(terminal: TerminalSize | undefined): WriterOptions {
  return terminal === undefined ? {} : { terminal };
}

/** A page holds the style sheet of all charts once. */
function insideOptions({ charts }: FormatLine): WriterOptions {
  if (charts !== "inside") return {};
  const draw = (figure: Figure): Picture => {
    const picture = drawFigure(figure);
    return { ...picture, svg: withoutStyle(picture.svg) };
  };
  return { draw, pictureStyle: PAGE_CHART_STYLE };
}

function recordFormat({ write, charts, isOfTrials, ...line }: RecordLine): ReportFormat {
  const render: ReportFormat["render"] = (record, { terminal, ...options } = {}) => {
    if (isOfTrials) return write(buildTrialsDocument(record));
    const figures = charts === "inside" ? { figures: buildFigures(record) } : {};
    return write(
      buildRecordDocument(record, { ...options, ...figures }),
      { ...sized(terminal), ...insideOptions({ ...line, write, ...(charts && { charts }) }) },
    );
  };
  if (charts !== "beside") return { ...line, render };
  return {
    ...line,
    render,
    renderWithFiles: (record, directory, { margin } = {}) => {
      const figures = buildFigures(record);
      const draw = (figure: Figure): Picture => ({
        ...drawFigure(figure),
        path: [directory, chartFileName(figure)],
      });
      const options = { figures, ...(margin === undefined ? {} : { margin }) };
      return {
        text: write(buildRecordDocument(record, options), { draw }),
        files: new Map(figures.map((one) => [chartFileName(one), `${drawFigure(one).svg}\n`])),
      };
    },
  };
}
