/**
 * Tables of words and counts as HTML: what the kernel counted, and the sockets' settings.
 *
 * @module
 */

import type { EvidenceTable, TextTable } from "../document.ts";
import { oneLine } from "../../text/one_line.ts";
import { formatCount } from "../../units/format_quantity.ts";
import { sayEvidence } from "../wording.ts";
import { type Html, markup, sentenceHtml } from "./html_text.ts";
import { foldHtml } from "./parts.ts";
import { caseCell, type HtmlColumn, labelCell, tableHtml } from "./table_html.ts";

/**
 * What the kernel counted, case by case; in one sentence where nothing moved.
 *
 * @param table The counters.
 * @param id The table's id.
 * @returns Markup.
 */
export function evidenceHtml(table: EvidenceTable, id: string): Html {
  const { sentence, isEmpty } = sayEvidence(table);
  if (isEmpty) {
    return markup`<p class="caption">${sentenceHtml(sentence)}</p>
`;
  }
  const figure = (title: string): HtmlColumn => ({ title: oneLine(title), kind: "figure" });
  const content = tableHtml({
    id,
    noun: "case",
    caption: sentenceHtml(sentence),
    columns: [
      { title: "case", kind: "label" },
      figure("trials"),
      figure(`${table.operation}s`),
      ...table.counters.map(({ title }) => figure(title)),
    ],
    rows: table.rows.map(({ label, trials, operations, totals }) => [
      caseCell(label),
      ...[trials, operations, ...totals].map((value) =>
        value === null ? { content: "–" } : { content: formatCount(value), value }
      ),
    ]),
  });
  return foldHtml("What the kernel counted", table.rows.length, content);
}

/**
 * A table of words.
 *
 * @param table The table.
 * @param id Its id.
 * @returns Markup.
 */
export function textTableHtml({ caption, columns, rows }: TextTable, id: string): Html {
  return tableHtml({
    id,
    noun: "row",
    caption: sentenceHtml(caption),
    columns: columns.map((title) => ({ title: oneLine(title), kind: "label" })),
    rows: rows.map((row) => row.map(labelCell)),
  });
}
