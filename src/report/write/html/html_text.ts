// HTML text: a template tag that escapes whatever stands in it.
//
// A tag of our own, of a few lines: hono's `html` returns a text or a promise of one, which a renderer that must stay
// synchronous would have to narrow at every use, and it knows nothing of lone surrogates and control characters.

import { escapeMarkup } from "../../../text/escape_markup.ts";
import { oneLine, SENTENCE } from "../../../text/one_line.ts";

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

/**
 * The template tag: `` markup`<p>${text}</p>` ``. It is not called `html`, because `deno fmt` would indent what stands in it,
 * and white space is a part of a page.
 */
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

/**
 * A name of a record, as what it is: one line, cut where nobody reads on, isolated from the direction of the text around it, as
 * in `<code>round-trip</code>`.
 */
export function nameHtml(text: string): Html {
  return markup`<code>${oneLine(text)}</code>`;
}

/** A sentence of a record: one line, with a full stop unless it ends in a mark, and plain names in backticks as names. */
export function sentenceHtml(text: string): Html {
  const line = oneLine(text, SENTENCE);
  const parts = line.split(/(`[\w./=@:()-]+`)/).map((part, index) =>
    index % 2 === 1 ? nameHtml(part.slice(1, -1)) : part
  );
  return markup`${parts}${line === "" || /[.?!…:]$/.test(line) ? "" : "."}`;
}
