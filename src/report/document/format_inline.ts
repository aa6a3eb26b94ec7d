// Numbers within sentences, in words: what all writers for people have in common.

import {
  chooseScale,
  formatCount,
  formatNumber,
  formatRatio,
} from "../../units/format_quantity.ts";
import { withSymbol } from "../../units/format_quantity.ts";
import { METRIC_UNITS, UNITS } from "../../units/unit.ts";
import { plural } from "../../text/plural.ts";
import type { Amount, AmountRange, Inline, Interval, Ratio } from "./inline.ts";

// What writers ask of units.
export * from "../../units/format_quantity.ts";
export { formatP } from "../../units/format_change.ts";

/** The base unit of each unit in formats of programs, and what values are divided by: nanoseconds are written in seconds. */
export const BASE_UNITS = METRIC_UNITS.map((unit) => ({ unit, ...UNITS[unit].openMetrics }));

/** A ratio, as in `1.21×`, `1.21× faster`. */
export function writeRatio({ ratio, decimals, word }: Ratio): string {
  return `${formatRatio(ratio, decimals)}×${word === "" ? "" : ` ${word}`}`;
}

/** The bounds of a ratio, as in `[1.20, 1.22]`. */
export function writeInterval({ low, high, decimals }: Interval): string {
  return `[${formatRatio(low, decimals)}, ${formatRatio(high, decimals)}]`;
}

/** A value and its bounds in one unit, as in `3.97 GB/s` and `[3.97, 4.00]`; the bounds are empty where there are none. */
export function writeAmount(
  { value, low, high, unit }: Amount,
): { readonly value: string; readonly bounds: string } {
  const scale = chooseScale([value], unit);
  const show = (number: number) => formatNumber(number / scale.divisor, 3);
  return {
    value: withSymbol(show(value), scale),
    bounds: low === undefined || high === undefined ? "" : `[${show(low)}, ${show(high)}]`,
  };
}

/** A range of values in few words, as in `15.8 to 17.5 µs`, or one amount where both ends read alike. */
export function writeRange({ low, high, unit }: AmountRange): string {
  const [lowScale, highScale] = [chooseScale([low], unit), chooseScale([high], unit)];
  const from = formatNumber(low / lowScale.divisor, 3);
  const to = withSymbol(formatNumber(high / highScale.divisor, 3), highScale);
  if (withSymbol(from, lowScale) === to) return to;
  return lowScale.symbol === highScale.symbol
    ? `${from} to ${to}`
    : `${withSymbol(from, lowScale)} to ${to}`;
}

/** Whether a sentence begins with words of the suite, whose first letter is then a capital; a name is written as it is typed. */
export function beginsWithWords([first]: readonly Inline[]): boolean {
  return first?.kind === "text";
}

/** Names of which each may be meant, as in `a, b or c`. */
export function joinWithOr(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}

/** A text of a record or an author as a sentence. The same with a full stop, unless it ends in a mark. */
function endSentence(words: string): string {
  const text = words.trimEnd();
  return text === "" || /[.?!…:]$/.test(text) ? text : `${text}.`;
}

/** A sentence without any markup, its first letter as a sentence begins; a name is written as it is typed. */
export function plainSentence(
  parts: readonly Inline[],
  writeName?: (name: string) => string,
): string {
  const words = plainInline(parts, writeName);
  return beginsWithWords(parts) ? capitalize(words) : words;
}

/** A text with its first letter as a sentence begins. */
export function capitalize(words: string): string {
  return words.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

/** A count with its noun, as in `1 trial`, `12 345 trials`. */
export function countOf(n: number, noun: string): string {
  return plural(n, noun, formatCount(n));
}

/** How a format of plain text marks up the parts of a sentence. */
export interface Markup {
  readonly text: (words: string) => string;
  readonly name: (name: string) => string;
  /** A text of a record or an author, with its full stop. */
  readonly sentence: (words: string) => string;
  readonly strong: (written: string) => string;
  /** More names than this are counted. */
  readonly maxNames: number;
}

const asItIs = (words: string) => words;
const PLAIN: Markup = {
  text: asItIs,
  name: asItIs,
  sentence: endSentence,
  strong: asItIs,
  maxNames: 3,
};

/** Parts of a sentence without any markup. */
export function plainInline(
  parts: readonly Inline[],
  name: (name: string) => string = asItIs,
): string {
  return writeInlines(parts, { ...PLAIN, name });
}

/** Parts of a sentence in a markup. */
export function writeInlines(parts: readonly Inline[], markup: Markup): string {
  const { text, name, sentence, strong, maxNames } = markup;
  return parts.map((part): string => {
    switch (part.kind) {
      case "text":
        return text(part.text);
      case "sentence":
        return sentence(part.text);
      case "name":
        return name(part.text);
      case "names": {
        const rest = part.names.length - maxNames;
        const named = part.names.slice(0, maxNames).map(name).join(", ");
        return rest > 0 ? `${named} and ${rest} more` : named;
      }
      case "alternatives":
        return joinWithOr(part.names.map((one) => part.strong ? strong(name(one)) : name(one)));

      case "reference":
        return writeInlines(part.parts, markup);
      case "amount": {
        const { value, bounds } = writeAmount(part);
        return `${value} ${bounds}`.trimEnd();
      }
      case "range":
        return writeRange(part);
      case "ratio":
        return part.word === "" ? writeRatio(part) : strong(writeRatio(part));
      case "interval":
        return writeInterval(part);
    }
  }).join("");
}
