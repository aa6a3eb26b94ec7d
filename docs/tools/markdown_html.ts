// Markdown as this documentation and the reports use it, as the suite's HTML: headings, paragraphs, lists, tables, code, quotations, folds.

import { Html, markup } from "../../src/report/write/html/html_text.ts";
import { slugOf } from "./pages.ts";

/** A part of a page: a heading of level 2, and what stands under it. Without a heading: what stands before the first. */
export interface HtmlSection {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

/** A page: its title, what stands before its first section, and its sections. */
export interface HtmlPage {
  readonly title: string;
  readonly lead: Html;
  readonly sections: readonly HtmlSection[];
}

/** What a link or a picture leads to; absent: its text stands alone. */
export type Resolve = (target: string) => string | undefined;

/** Reads a page. */
export function markdownPage(text: string, resolve: Resolve): HtmlPage {
  const ids = new Map<string, number>();
  const idOf = (title: string) => {
    const slug = slugOf(title);
    const times = ids.get(slug) ?? 0;
    ids.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  };
  const lines = text.replace(/<!--[\s\S]*?-->\n?/g, "").split("\n");
  let title = "";
  const parts: { id: string; title: string; lines: string[] }[] = [{
    id: "",
    title: "",
    lines: [],
  }];
  let fenced = false;
  for (const line of lines) {
    if (line.startsWith("```")) fenced = !fenced;
    const [, marks, words] = (fenced ? null : /^(#{1,2}) (.+)$/.exec(line)) ?? [];
    if (marks === "#") {
      title = words!;
      idOf(words!);
    } else if (marks === "##") parts.push({ id: idOf(words!), title: plain(words!), lines: [] });
    else parts.at(-1)!.lines.push(line);
  }
  const [lead, ...rest] = parts.map((part) => ({
    id: part.id,
    title: part.title,
    content: blocks(part.lines, { resolve, idOf }),
  }));
  return { title: plain(title), lead: lead!.content, sections: rest };
}

/** Words without marks. */
function plain(text: string): string {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "").replace(/\\(.)/g, "$1");
}

interface Context {
  readonly resolve: Resolve;
  readonly idOf: (title: string) => string;
}

function blocks(lines: readonly string[], context: Context): Html {
  const made: Html[] = [];
  for (let at = 0; at < lines.length;) {
    const { html, next } = block(lines, at, context);
    if (html !== undefined) made.push(html);
    at = next;
  }
  return markup`${made}`;
}

interface Read {
  readonly html?: Html | undefined;
  readonly next: number;
}

function block(lines: readonly string[], at: number, context: Context): Read {
  const line = lines[at]!;
  const until = (isEnd: (line: string) => boolean) => {
    let next = at + 1;
    while (next < lines.length && !isEnd(lines[next]!)) next++;
    return next;
  };
  if (line.trim() === "") return { next: at + 1 };
  if (line.startsWith("```")) {
    const next = until((one) => one.startsWith("```"));
    const code = lines.slice(at + 1, next).join("\n");
    return { html: markup`<pre tabindex="0"><code>${code}</code></pre>\n`, next: next + 1 };
  }
  const [, marks, title] = /^(#{3,6}) (.+)$/.exec(line) ?? [];
  if (marks !== undefined) {
    const html = markup`<h3 id="${context.idOf(title!)}">${inline(title!, context)}</h3>\n`;
    return { html, next: at + 1 };
  }
  if (line.startsWith("|")) {
    const next = until((one) => !one.startsWith("|"));
    return { html: tableHtml(lines.slice(at, next), context), next };
  }
  if (/^(?:[-*]|\d+\.) /.test(line)) {
    const next = until((one) => one.trim() === "" || /^(?:#|```)/.test(one));
    return { html: listHtml(lines.slice(at, next), context), next };
  }
  if (line.startsWith("> ")) {
    const next = until((one) => !one.startsWith(">"));
    const inner = lines.slice(at, next).map((one) => one.replace(/^> ?/, ""));
    return { html: markup`<blockquote>${blocks(inner, context)}</blockquote>\n`, next };
  }
  const [, summary] = /^<details><summary>(.*)<\/summary>$/.exec(line) ?? [];
  if (summary !== undefined) {
    const next = until((one) => one.trim() === "</details>");
    const html = markup`<details class="fold"><summary>${inline(summary, context)}</summary>
${blocks(lines.slice(at + 1, next), context)}</details>\n`;
    return { html, next: next + 1 };
  }
  const [, id] = /^<a id="([\w-]+)"><\/a>$/.exec(line) ?? [];
  if (id !== undefined) return { html: markup`<span id="${id}"></span>\n`, next: at + 1 };
  const next = until((one) =>
    one.trim() === "" || /^(?:```|#|\||[-*] |\d+\. |> |<details>)/.test(one)
  );
  return { html: markup`<p>${inline(lines.slice(at, next).join("\n"), context)}</p>\n`, next };
}

function tableHtml(lines: readonly string[], context: Context): Html {
  const [head = [], rule = [], ...rows] = lines.map(cellsOf);
  const number = rule.map((one) => one.endsWith(":") && !one.startsWith(":"));
  const cell = (text: string, k: number) =>
    number[k]
      ? markup`<td class="number">${inline(text, context)}</td>`
      : markup`<td>${inline(text, context)}</td>`;
  return markup`<div class="scroll" tabindex="0"><table class="plain">
<thead><tr>${
    head.map((one) =>
      one === "" ? markup`<td></td>` : markup`<th scope="col">${inline(one, context)}</th>`
    )
  }</tr></thead>
<tbody>${rows.map((row) => markup`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>\n`;
}

function cellsOf(line: string): string[] {
  return line.replace(/^\||\|\s*$/g, "").split(/(?<!\\)\|/).map((one) =>
    one.trim().replaceAll("\\|", "|")
  );
}

function listHtml(lines: readonly string[], context: Context): Html {
  const items: string[] = [];
  for (const line of lines) {
    const [, words] = /^\s*(?:[-*]|\d+\.) (.*)$/.exec(line) ?? [];
    if (words !== undefined) items.push(words);
    else items.push(`${items.pop() ?? ""}\n${line.trim()}`);
  }
  const all = items.map((one) => markup`<li>${inline(one, context)}</li>\n`);
  return /^\d/.test(lines[0]!) ? markup`<ol>\n${all}</ol>\n` : markup`<ul>\n${all}</ul>\n`;
}

const INLINE =
  /`([^`]+)`|!\[([^\]]*)\]\(([^)\s]+)\)|\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*|\\([!-/:-@[-`{-~])/;

function inline(text: string, context: Context): Html {
  const found = INLINE.exec(text);
  if (found === null) return markup`${text}`;
  const [whole, code, alt, picture, words, link, strong, em, escaped] = found;
  const before = text.slice(0, found.index);
  const after = inline(text.slice(found.index + whole.length), context);
  return markup`${before}${marked()}${after}`;

  function marked(): Html {
    if (code !== undefined) return markup`<code>${code}</code>`;
    if (picture !== undefined) {
      const source = context.resolve(picture);
      return source === undefined ? markup`${alt}` : markup`<img src="${source}" alt="${alt}">`;
    }
    if (link !== undefined) {
      const target = context.resolve(link);
      const inner = inline(words!, context);
      return target === undefined ? inner : markup`<a href="${target}">${inner}</a>`;
    }
    if (strong !== undefined) return markup`<strong>${inline(strong, context)}</strong>`;
    return em !== undefined ? markup`<em>${inline(em, context)}</em>` : markup`${escaped}`;
  }
}
