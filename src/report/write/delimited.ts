// writeCsv, writeTsv: the data of a Document as delimited text, a line a row.

import { delimitedField } from "../../text/delimited_field.ts";
import type { Block, Data, Document } from "../document/document.ts";

/** `flat`: tabs and line breaks in fields become spaces, so that every line is a row. */
type Dialect = Readonly<{ separator: "," | "\t"; flat: boolean; lineEnd: "\r\n" | "\n" }>;

/** The data of a Document as CSV (RFC 4180), with a header and CRLF line ends. */
export function writeCsv(document: Document): string {
  return writeDelimited(document, { separator: ",", flat: false, lineEnd: "\r\n" });
}

/** The data of a Document with tabs and LF; no field holds a tab or a line break, so `cut`, `awk` and `sort` read it as well. */
export function writeTsv(document: Document): string {
  return writeDelimited(document, { separator: "\t", flat: true, lineEnd: "\n" });
}

function writeDelimited({ blocks }: Document, dialect: Dialect): string {
  const { separator, flat, lineEnd } = dialect;
  // The same names stand in thousands of rows.
  const quoted = new Map<string, string>();
  const field = (value: string | number) => {
    if (typeof value === "number") return String(value);
    let text = quoted.get(value);
    if (text === undefined) quoted.set(value, text = delimitedField(value, flat));
    return text;
  };
  const lines: string[] = [];
  for (const { columns, rows } of blocks.filter(isData)) {
    lines.push(columns.map(field).join(separator));
    for (const row of rows()) lines.push(row.map(field).join(separator));
  }
  return lines.join(lineEnd) + lineEnd;
}

function isData(block: Block): block is Data {
  return block.kind === "data";
}
