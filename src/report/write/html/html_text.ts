// HTML text: a template tag that escapes whatever stands in it (hono's `html` may return a promise), sentences and anchors.

import { escapeMarkup } from "../../../text/escape_markup.ts";
import { oneLine, SENTENCE, splitNames } from "../../../text/one_line.ts";
import {
  writeAmount,
  writeInterval,
  writeRange,
  writeRatio,
} from "../../document/format_inline.ts";
import type { Inline, Reference } from "../../document/inline.ts";

/** An Html is markup that was made by the tag, and may stand in a page as it is. */
export class Html {
  readonly text: string;

  /** Only for markup whose every part is known to be harmless. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: texts are escaped, markup is not, lists are joined, `undefined` is nothing. */
export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

/** The tag `` markup`<p>${text}</p>` ``; not `html`, whose white space `deno fmt` would change. */
export function markup(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = strings[0] as string;
  for (const [index, part] of parts.entries()) {
    text += toMarkup(part) + (strings[index + 1] as string);
  }
  return new Html(text);
}

function toMarkup(part: HtmlPart): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "string") return escapeMarkup(part);
  if (typeof part === "number") return String(part);
  let text = "";
  for (const one of part) text += toMarkup(one);
  return text;
}

/** A name of a record: one line, cut where nobody reads on, isolated from the direction of the text around it. */
export function nameHtml(text: string): Html {
  return markup`<code>${oneLine(text)}</code>`;
}

/** A sentence of a record: one line, with a full stop unless it ends in a mark, and plain names in backticks as names. */
export function sentenceHtml(text: string): Html {
  const line = oneLine(text, SENTENCE);
  const parts = splitNames(line).map((part, index) =>
    index % 2 === 1 ? nameHtml(part.slice(1, -1)) : part
  );
  return markup`${parts}${line === "" || /[.?!…:]$/.test(line) ? "" : "."}`;
}

/** Anchors hands out ids, each once within a page. */
export class Anchors {
  readonly #used = new Set<string>();

  /** An id that is like the name, as far as an address may be, as in `round-trip`; for a second of that name `round-trip-2`. */
  take(name: string): string {
    const slug = name.slice(0, 200).toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 60)
      .replace(/^-+|-+$/g, "") || "part";
    let id = slug;
    for (let count = 2; this.#used.has(id); count++) id = `${slug}-${count}`;
    this.#used.add(id);
    return id;
  }
}

/** A link to a heading, to be shared. */
export function anchorLink(id: string, title: string): Html {
  return markup`<a class="anchor" href="#${id}" aria-label="Link to ${title}">#</a>`;
}

/** More names than this are folded. */
const MAX_NAMES = 6;

/** Finds the id of the part that a reference leads to; `undefined` where the page has none. */
export type FindPart = (reference: Pick<Reference, "to" | "placement">) => string | undefined;

export function inlineHtml(parts: readonly Inline[], findPart: FindPart): Html {
  return markup`${parts.map((part) => partHtml(part, findPart))}`;
}

function partHtml(part: Inline, findPart: FindPart): Html {
  switch (part.kind) {
    case "text":
      return markup`${part.text}`;
    case "name":
      return nameHtml(part.text);
    case "names":
      return namesHtml(part.names);
    case "alternatives": {
      const names = part.names.map((one, index, { length }) =>
        markup`${index === 0 ? "" : index < length - 1 ? ", " : " or "}${nameHtml(one)}`
      );
      return part.strong ? markup`<strong>${names}</strong>` : markup`${names}`;
    }
    case "sentence":
      return sentenceHtml(part.text);

    case "amount": {
      const { value, bounds } = writeAmount(part);
      const own = bounds === "" ? undefined : markup` <span class="bounds">${bounds}</span>`;
      return markup`${keepTogether(value)}${own}`;
    }
    case "range":
      return markup`${keepTogether(writeRange(part))}`;
    case "ratio":
      return markup`<strong>${writeRatio(part)}</strong>`;
    case "interval":
      return markup`<span class="bounds">${writeInterval(part)}</span>`;
    case "reference": {
      const words = inlineHtml(part.parts, findPart);
      const id = findPart(part);
      return id === undefined ? words : markup`<a href="#${id}">${words}</a>`;
    }
  }
}

function namesHtml(names: readonly string[]): Html {
  const list = (some: readonly string[]) =>
    some.map((one, index) => markup`${index === 0 ? "" : ", "}${nameHtml(one)}`);
  const rest = names.slice(MAX_NAMES);
  const more = rest.length === 0
    ? undefined
    : markup` <details><summary>and ${rest.length} more</summary>${list(rest)}</details>`;
  return markup`${list(names.slice(0, MAX_NAMES))}${more}`;
}

/** A unit alone on the next line would be taken for a word. */
function keepTogether(amount: string): string {
  return amount.replace(/(?<=\d) (?=\S)/g, "\u00a0");
}
