// writeAsciidoc: a Document as AsciiDoc, for documentation that is built with Asciidoctor or Antora.

import { escapeAsciidoc as escape } from "../../text/escape_asciidoc.ts";
import { codeLines } from "../../text/one_line.ts";
import { formatBasis, formatCell, headColumn, looksOf } from "../document/column_look.ts";
import type { Block, Document, ListItem } from "../document/document.ts";
import { capitalize, countOf, plainInline } from "../document/format_inline.ts";
import { describeCommon, formatKey } from "../document/format_key.ts";
import type { Inline } from "../document/inline.ts";
import type { Cell, Row, Table } from "../document/table.ts";

export function writeAsciidoc({ title, facts, notice, answer, blocks }: Document): string {
  const lines = [
    `= ${inlines(title)}`,
    facts.map(inlines).join(" · "),
    ...(notice === undefined
      ? []
      : [`WARNING: ${notice.lead}. ${notice.sentences.map(inlines).join(" ")}`]),
    answer === undefined ? "" : `TIP: ${inlines(answer)}`,
    ...blocks.map(writeBlock),
  ];
  return `${lines.filter((line) => line !== "").join("\n\n")}\n`;
}

function writeBlock(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"=".repeat(block.level)} ${inlines(block.text)}`;
    case "paragraph":
      return block.role === "question" ? `**${inlines(block.text)}**` : inlines(block.text);
    case "list":
      return block.items.map(writeItem).join("\n");
    case "facts":
      return block.facts.map(({ name, value }) => `${escape(name)}:: ${escape(value)}`).join("\n");
    case "table":
      return writeTable(block);
    case "details": {
      const blocks = block.blocks.map(writeBlock).join("\n\n");
      return `.${escape(block.summary)}\n[%collapsible]\n====\n${blocks}\n====`;
    }
    case "code": {
      // No line of a command ends its block.
      const lines = codeLines(block.text).map((line) => line.replace(/^\.+$/, " $&"));
      return `[source,${block.language}]\n....\n${lines.join("\n")}\n....`;
    }
    case "figure":
    case "judgement":
    case "data":
      return "";
  }
}

function writeItem({ text, basis, remarks = [] }: ListItem): string {
  const rests = basis === undefined ? "" : ` (${formatBasis(basis)}).`;
  return ["*", capitalize(inlines(text)) + rests, ...remarks.map(inlines)].join(" ");
}

function writeTable(table: Table): string {
  const { caption, names, keys, columns, rows, intervals } = table;
  const looks = looksOf(table);
  const heads = columns.map((column, index) => headColumn(column, looks[index]));
  const line = (cells: readonly string[]) => cells.map((cell) => `|${cell}`).join(" ");
  const write = (cell: Cell | null, index: number) =>
    cell?.kind === "words" ? inlines(cell.text) : escape(formatCell(cell, looks[index], intervals));
  const label = (row: Row) => names === undefined ? row.keys.map(formatKey) : [row.name ?? ""];
  return [
    `.${inlines(caption) || countOf(rows.length, table.noun)}${describeCommon(table)}`,
    "[%autowidth,options=header]\n|===",
    line(
      [...(names === undefined ? keys.map(({ title }) => title) : [names]), ...heads].map(escape),
    ),
    ...rows.map((row) => line([...label(row).map(escape), ...row.cells.map(write)])),
    "|===",
  ].join("\n");
}

function inlines(parts: readonly Inline[]): string {
  return parts.map((part) => {
    const words = escape(plainInline([part]));
    return part.kind === "name" ? `\`\`${words}\`\`` : words;
  }).join("");
}
