// Parts of a page: what is open, what is folded, and lists of facts.

import type { NamedFact } from "../../document/document.ts";
import { oneLine, SENTENCE } from "../../../text/one_line.ts";
import { formatCount } from "../../document/format_inline.ts";
import { anchorLink } from "./anchors.ts";
import { type Html, type HtmlPart, markup } from "./html_text.ts";
import type { PageEntry } from "./page.ts";

/** A Part is an entry of the page's contents with what stands there. */
export interface Part extends PageEntry {
  readonly content: Html;
}

/** A part that is open. */
export function openPart(id: string, title: string, content: HtmlPart, placement?: string): Part {
  const heading = markup`<h2 id="${id}-title">${title} ${anchorLink(id, title)}</h2>`;
  const bar = placement === undefined ? heading : markup`<div class="bar">${heading}
<p class="placement">${placement}</p></div>`;
  const section = markup`<section id="${id}" aria-labelledby="${id}-title">
${bar}
${content}</section>
`;
  return { id, title, content: section };
}

/** A part that is looked up rather than read: folded until it is asked for, linked to, or printed. */
export function foldedPart(id: string, title: string, content: HtmlPart): Part {
  const section = markup`<section id="${id}" aria-labelledby="${id}-title">
<details class="fold part"><summary><h2 id="${id}-title">${title}</h2></summary>
${content}</details>
</section>
`;
  return { id, title, content: section };
}

/** Something folded within a part. */
export function foldHtml(title: string, count: number, content: HtmlPart): Html {
  return markup`<details class="fold"><summary>${title} <small>${
    formatCount(count)
  }</small></summary>
${content}</details>
`;
}

/** A list of items that are markup already; `undefined` for none. */
export function listHtml(name: string, items: readonly Html[]): Html | undefined {
  if (items.length === 0) return undefined;
  return markup`<ul class="${name}">
${items}</ul>
`;
}

/** Named facts, as of a machine. */
export function factsHtml(facts: readonly NamedFact[]): Html {
  return markup`<dl>
${
    facts.map(({ name, value }) =>
      markup`<dt>${oneLine(name)}</dt><dd>${oneLine(value, SENTENCE)}</dd>
`
    )
  }</dl>
`;
}
