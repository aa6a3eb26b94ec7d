/**
 * Sentences for terminals: plain words, of any characters; whoever prints them makes them harmless.
 *
 * @module
 */

import { formatAmount, writeInterval, writeRange, writeRatio } from "../document/format_inline.ts";
import type { Inline } from "../document/inline.ts";
import { plainLine } from "../../text/terminal_line.ts";

/** More names than this are counted. */
const MAX_NAMES = 3;
/** Characters of a sentence that are kept. */
const MAX_SENTENCE = 600;

/**
 * Parts of a sentence in plain words.
 *
 * @param parts The parts.
 * @returns One text.
 */
export function inlineText(parts: readonly Inline[]): string {
  return parts.map(partText).join("");
}

function partText(part: Inline): string {
  switch (part.kind) {
    case "text":
      return part.text;
    case "name":
      return plainLine(part.text, true);
    case "names": {
      const rest = part.names.length - MAX_NAMES;
      const named = part.names.slice(0, MAX_NAMES).map((one) => plainLine(one, true)).join(", ");
      return rest > 0 ? `${named} and ${rest} more` : named;
    }
    case "alternatives": {
      const names = part.names.map((one) => plainLine(one, true));
      const last = names.at(-1) ?? "";
      return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
    }
    case "sentence":
      return endSentence(plainLine(part.text, true, MAX_SENTENCE));
    case "strong":
    case "reference":
      return inlineText(part.parts);
    case "amount": {
      const { value, low, high, unit } = part;
      const bounds = low === undefined || high === undefined
        ? ""
        : ` [${formatAmount(low, unit)}, ${formatAmount(high, unit)}]`;
      return `${formatAmount(value, unit)}${bounds}`;
    }
    case "range":
      return writeRange(part);
    case "ratio":
      return writeRatio(part);
    case "interval":
      return writeInterval(part);
  }
}

function endSentence(words: string): string {
  return words === "" || /[.?!…:]$/.test(words) ? words : `${words}.`;
}
