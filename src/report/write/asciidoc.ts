// writeAsciidoc: a Document as AsciiDoc, for documentation that is built with Asciidoctor or Antora.

import { escapeAsciidoc as escape } from "../../text/escape_asciidoc.ts";
import { codeLines } from "../../text/one_line.ts";
import { formatBasis, formatCell, gridOf } from "../document/column_look.ts";
import type { Block, Document, ListItem } from "../document/document.ts";
import { capitalize, countOf, plainInline } from "../document/format_inline.ts";
import { describeCommon } from "../document/format_key.ts";
import type { Inline } from "../document/inline.ts";
import type { Table } from "../document/table.ts";

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
  const { heads, rows } = gridOf(table, {
    text: escape,
    inlines,
    cell: (...cell) => escape(formatCell(...cell)),
  });
  const line = (cells: readonly string[]) => cells.map((cell) => `|${cell}`).join(" ");
  return [
    `.${inlines(table.caption) || countOf(rows.length, table.noun)}${describeCommon(table)}`,
    "[%autowidth,options=header]\n|===",
    ...[heads, ...rows].map(line),
    "|===",
  ].join("\n");
}

function inlines(parts: readonly Inline[]): string {
  return parts.map((part) => {
    const words = escape(plainInline([part]));
    return part.kind === "name" ? `\`\`${words}\`\`` : words;
  }).join("");
}
