// Answers in short as HTML: one table that is read first.

import { describeCommon } from "../../document/format_key.ts";
import type { Cell, Row, Table } from "../../document/table.ts";
import { type FindPart, type Html, inlineHtml, markup } from "./html_text.ts";

/** The answers as a table: a question may have several, each under its own conditions. */
export function answersHtml(table: Table, id: string, findPart: FindPart): Html {
  const groups: Row[][] = [];
  for (const row of table.rows) {
    // The question stands in the first row of each answer.
    if (isEmpty(cellOf(table, row, "question")) && groups.length > 0) groups.at(-1)?.push(row);
    else groups.push([row]);
  }
  const heads = table.columns.filter(({ id }) => id !== "at").map(({ title = "", align }) =>
    markup`<th scope="col"${align === "words" ? markup` class="label"` : ""}>${title}</th>`
  );
  return markup`<p class="caption" id="${id}-caption">${inlineHtml(table.caption, findPart)}${
    describeCommon(table)
  }</p>
<div class="short scroll" role="group" tabindex="0" aria-labelledby="${id}-caption">
<table id="${id}" aria-labelledby="${id}-caption">
<thead><tr>${heads}</tr></thead>
${groups.map((rows) => groupHtml(table, rows, findPart))}</table>
</div>
`;
}

function groupHtml(table: Table, rows: readonly Row[], findPart: FindPart): Html {
  return markup`<tbody>
${
    rows.map((row, index) => {
      const question = cellOf(table, row, "question");
      const head = index > 0
        ? undefined
        : markup`<th scope="rowgroup" rowspan="${rows.length}">${
          wordsHtml(question, findPart)
        }</th>`;
      return markup`<tr>${head}${choiceHtml(table, row, findPart)}</tr>
`;
    })
  }</tbody>
`;
}

function choiceHtml(table: Table, row: Row, findPart: FindPart): Html {
  const [best, at, median, next, sure] = ["best", "at", "median", "next", "sure"]
    .map((id) => cellOf(table, row, id));
  const places = isEmpty(at) ? undefined : markup` <small>${wordsHtml(at, findPart)}</small>`;
  const isClear = best?.kind === "words" &&
    best.text.some((part) => part.kind === "alternatives" && part.strong);
  return markup`<td class="label">${wordsHtml(best, findPart)}${places}</td><td>${
    wordsHtml(median, findPart)
  }</td><td>${wordsHtml(next, findPart)}</td><td class="label ${isClear ? "sure" : "open"}">${
    wordsHtml(sure, findPart)
  }</td>`;
}

function cellOf({ columns }: Table, { cells }: Row, id: string): Cell | null {
  return cells[columns.findIndex((column) => column.id === id)] ?? null;
}

function isEmpty(cell: Cell | null | undefined): boolean {
  return cell?.kind !== "words" ||
    cell.text.every((part) => part.kind === "text" && part.text === "");
}

function wordsHtml(cell: Cell | null | undefined, findPart: FindPart): Html {
  return cell?.kind === "words" ? inlineHtml(cell.text, findPart) : markup`–`;
}
