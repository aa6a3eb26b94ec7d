// Sentences as HTML.

import {
  writeAmount,
  writeInterval,
  writeRange,
  writeRatio,
} from "../../document/format_inline.ts";
import type { Inline, Reference } from "../../document/inline.ts";
import { type Html, markup, nameHtml, sentenceHtml } from "./html_text.ts";

/** More names than this are folded. */
const MAX_NAMES = 6;

/** Finds the id of the part that a reference leads to; `undefined` where the page has none. */
export type FindPart = (reference: Pick<Reference, "to" | "placement">) => string | undefined;

/** Parts of a sentence. */
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
    case "strong":
      return markup`<strong>${inlineHtml(part.parts, findPart)}</strong>`;
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
