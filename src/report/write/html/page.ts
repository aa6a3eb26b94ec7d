// The page: one file that asks nobody for anything; its Content-Security-Policy admits its own script and styles by their hashes alone.

import { formatCount } from "../../document/format_inline.ts";
import { hashSource } from "./content_hash.ts";
import { anchorLink, Html, type HtmlPart, markup } from "./html_text.ts";
import { PAGE_SCRIPT } from "./page_script.ts";
import { PAGE_STYLE } from "./page_style.ts";

export type PageEntry = { readonly id: string; readonly title: string };

interface Page {
  readonly title: string;
  readonly heading: HtmlPart;
  readonly subtitle: readonly HtmlPart[];
  /** What must be seen before anything else; absent for nothing. */
  readonly notice?: HtmlPart | undefined;
  /** The one line that answers; absent for none. */
  readonly answer?: Html | undefined;
  readonly contents: readonly PageEntry[];
  readonly body: readonly (Html | undefined)[];
  /** The style sheet of its pictures; absent: it has none. */
  readonly pictureStyle?: string | undefined;
  /** A script after the page's own, as in a page that is searched; absent: none. */
  readonly script?: string;
}

/** The policy of a page with this style sheet. */
function securityPolicy(style: string, script: string): string {
  return [
    "default-src 'none'",
    `style-src ${hashSource(style)}`,
    `script-src ${hashSource(script)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}

/** Three bars; without an icon of its own a page that is served over HTTP would ask for one. */
const ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E" +
  "%3Cpath fill='%232f6fb5' d='M2 9h3v5H2zM6.5 5h3v9h-3zM11 2h3v12h-3z'/%3E%3C/svg%3E";

/** Renders a page. The same parts give the same text. */
export function renderPage(page: Page): string {
  const { title, heading, subtitle, notice, answer, contents, body, pictureStyle = "" } = page;
  const script = PAGE_SCRIPT + (page.script ?? "");
  const style = PAGE_STYLE + pictureStyle;
  const [first] = contents;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(securityPolicy(style, script))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="${new Html(ICON)}">
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#${first?.id ?? "top"}">Skip to ${first?.title ?? "the report"}</a>
<header id="top">
<div class="top"><h1>${heading}</h1><button type="button" class="theme" hidden>Dark</button></div>
<ul class="facts">${subtitle.map((fact) => markup`<li>${fact}</li>`)}</ul>
${notice}${answer}</header>
<div class="page">
<nav aria-label="Contents"><ul>
${contents.map(entryHtml)}</ul></nav>
<main>
${body}</main>
</div>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
}

function entryHtml({ id, title }: PageEntry): Html {
  return markup`<li><a href="#${id}">${title}</a></li>
`;
}

/** A Part is an entry of the page's contents with what stands there. */
export interface Part extends PageEntry {
  readonly content: Html;
}

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

export function foldHtml(title: string, count: number, content: HtmlPart): Html {
  return markup`<details class="fold"><summary>${title} <small>${
    formatCount(count)
  }</small></summary>
${content}</details>
`;
}
