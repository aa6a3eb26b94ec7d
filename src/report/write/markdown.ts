// writeMarkdown: a Document as Markdown that reads well on a code host and in a terminal.

import { codeBlock, codeName, escapeMarkdown, escapeSentence } from "../../text/escape_markdown.ts";
import { type MarkdownColumn, markdownTable } from "../../text/markdown_table.ts";
import { SENTENCE } from "../../text/one_line.ts";
import {
  formatBasis,
  formatCell,
  formatFigure,
  gridOf,
  type Look,
  looksOf,
  onlyMetric,
} from "../document/column_look.ts";
import type { Block, Document, List, ListItem, Notice } from "../document/document.ts";
import type { Figure } from "../document/figure.ts";
import type { Markup } from "../document/format_inline.ts";
import { beginsWithWords, capitalize, writeInlines } from "../document/format_inline.ts";
import { describeCommon, isNumeric } from "../document/format_key.ts";
import type { Inline } from "../document/inline.ts";
import type { Table } from "../document/table.ts";
import type { WriterOptions } from "../document/writer.ts";

/** More names than this are counted. */
const MAX_NAMES = 6;
/** Charts of a part that are shown at once; the others fold. */
const MAX_CHARTS = 2;
/** An alternative text longer than this is skipped rather than heard. */
const MAX_ALTERNATIVE = 240;

type Lines = readonly string[];

export function writeMarkdown(document: Document, options: WriterOptions = {}): string {
  const { title, facts, notice, answer, blocks } = document;
  const lines: readonly Lines[] = [
    [`# ${inMarkdown(title)}`],
    [facts.map(inMarkdown).join(" · ")],
    notice === undefined ? [] : writeNotice(notice),
    answer === undefined ? [] : [`**In short:** ${inMarkdown(answer)}`],
    ...writeBlocks(blocks, options),
  ];
  return `${joinBlocks(lines)}\n`;
}

function joinBlocks(blocks: readonly Lines[]): string {
  return blocks.filter((lines) => lines.length > 0 && lines.join("") !== "")
    .map((lines) => lines.join("\n")).join("\n\n");
}

function writeNotice({ lead, sentences }: Notice): Lines {
  const [first, ...more] = sentences.map(inMarkdown);
  if (more.length === 0) return [`> **${lead}.** ${first ?? ""}`];
  return [`> **${lead}:**`, ">", ...sentences.map((parts) => `> - ${inMarkdown(parts)}`)];
}

/** Charts that follow each other are shown together. */
function writeBlocks(blocks: readonly Block[], options: WriterOptions): readonly Lines[] {
  return blocks.flatMap((block, index): readonly Lines[] => {
    if (block.kind !== "figure") return writeBlock(block, options);
    if (blocks[index - 1]?.kind === "figure") return [];
    const end = blocks.findIndex((other, at) => at > index && other.kind !== "figure");
    const run = blocks.slice(index, end < 0 ? blocks.length : end);
    return writeFigures(run.filter((one) => one.kind === "figure"), options);
  });
}

function writeBlock(block: Exclude<Block, Figure>, options: WriterOptions): readonly Lines[] {
  switch (block.kind) {
    case "heading":
      return [[`${"#".repeat(block.level)} ${inMarkdown(block.text)}`]];
    case "paragraph": {
      const words = inMarkdown(block.text);
      return [[block.role === "question" ? `**${words}**` : words]];
    }
    case "list":
      return [writeList(block)];
    case "facts":
      return [block.facts.map(({ name, value }) => {
        const [fact, words] = [escapeMarkdown(name), escapeMarkdown(value, SENTENCE)];
        return block.explains === true ? `- **${fact}**: ${words}.` : `- ${fact}: ${words}`;
      })];
    case "table":
      return markdownTableLines(block);
    case "details": {
      const { summary, count } = block;
      const counted = count === undefined
        ? ""
        : ` (${count.n} ${count.noun}${count.n === 1 ? "" : "s"})`;
      return [
        [`<details><summary>${escapeMarkdown(summary)}${counted}</summary>`],
        ...writeBlocks(block.blocks, options),
        ["</details>"],
      ];
    }
    case "code":
      return [codeBlock(block.text, block.language)];
    case "judgement":
    case "data":
      return [];
  }
}

function writeList({ items }: List): Lines {
  return items.map((item) => `- ${writeItem(item)}`);
}

function writeItem({ text, basis, remarks = [] }: ListItem): string {
  const words = beginsWithWords(text) ? capitalize(inMarkdown(text)) : inMarkdown(text);
  const rests = basis === undefined ? "" : ` (${formatBasis(basis)}).`;
  return words + rests + remarks.map((remark) => ` ${inMarkdown(remark)}`).join("");
}

function writeFigures(figures: readonly Figure[], { draw }: WriterOptions): readonly Lines[] {
  if (draw === undefined) return [];
  const images = figures.flatMap((figure): readonly Lines[] => {
    const { path, description } = draw(figure);
    if (path === undefined) return [];
    return [[
      `![${escapeMarkdown(description, MAX_ALTERNATIVE)}](${path.map(encodeSegment).join("/")})`,
    ]];
  });
  const [shown, folded] = [images.slice(0, MAX_CHARTS), images.slice(MAX_CHARTS)];
  if (folded.length === 0) return shown;
  const count = folded.length === 1 ? "1 further chart" : `${folded.length} further charts`;
  return [...shown, [`<details><summary>${count}</summary>`], ...folded, ["</details>"]];
}

/** A parenthesis would end the address. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed())
    .replace(/[()']/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

const MARKUP: Markup = {
  text: (words) => keepEdges(words, escapeMarkdown(words, SENTENCE)),
  name: codeName,
  sentence: escapeSentence,
  strong: (written) => `**${written}**`,
  maxNames: MAX_NAMES,
};

function inMarkdown(parts: readonly Inline[]): string {
  return writeInlines(parts, MARKUP);
}

/** Words of a sentence keep the spaces that part them from the next. */
function keepEdges(text: string, written: string): string {
  if (written === "") return text === "" ? "" : " ";
  return (text.startsWith(" ") ? " " : "") + written + (text.endsWith(" ") ? " " : "");
}

function markdownTableLines(table: Table) {
  const looks = looksOf(table);
  const metric = onlyMetric(table);
  const caption = (inMarkdown(table.caption) + describeCommon(table)).trim();
  const lines = layOut(table, looks);
  if (metric === undefined || table.intervals === "on demand") {
    return [caption === "" ? [] : [caption], lines];
  }
  const { symbol = "" } = looks[0]?.scale ?? {};
  const unit = symbol === "" ? "" : ` In ${symbol}.`;
  return [[`${caption}${unit} Median [95 % interval].`], lines];
}

function layOut(table: Table, looks: readonly (Look | undefined)[]): readonly string[] {
  const { keys, names, columns, rows } = table;
  const grid = gridOf(
    table,
    { text: (text) => escapeMarkdown(text), inlines: inMarkdown, cell: writeCell },
    onlyMetric(table) === undefined ? looks : [],
  );
  const isRight = [
    ...(names === undefined
      ? keys.map((_, index) =>
        rows.every(({ keys }) => keys[index] !== undefined && isNumeric(keys[index]))
      )
      : [false]),
    ...columns.map(({ align }) => align === "number"),
  ];
  return markdownTable(
    grid.heads.map((heading, index): MarkdownColumn => ({
      heading,
      align: isRight[index] ? "right" : "left",
    })),
    grid.rows,
  );
}

function writeCell(
  cell: Parameters<typeof formatCell>[0],
  look: Look | undefined,
  intervals: Table["intervals"],
): string {
  const words = formatCell(cell, look, intervals);
  if (cell?.kind !== "figure" || cell.mark !== "best" || look === undefined) return words;
  if (cell.modes !== undefined) return `**${words}**`;
  const value = formatFigure(cell.value, look);
  return `**${value}**${words.slice(value.length)}`;
}
