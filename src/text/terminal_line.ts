// Text for terminals: any string made one harmless line of a known width, in Unicode or in ASCII.

import { displayWidth } from "./display_width.ts";
import { oneLine } from "./one_line.ts";
import { wrapWords } from "./wrap_words.ts";
import { toAscii } from "./to_ascii.ts";

/** What a terminal can show. */
export interface TerminalLook {
  /** Width in columns. */
  readonly columns: number;
  /** Whether escape codes for colour may be used. */
  readonly color: boolean;
  /** Whether it shows Unicode; else everything is said in ASCII. */
  readonly unicode: boolean;
}

/** One line that no terminal can be harmed or confused by, with no more than two marks on a letter. */
export function plainLine(text: string, unicode: boolean, most?: number): string {
  const line = oneLine(text, most)
    .replace(/(?!\u200d)\p{Cf}/gu, "")
    .replace(/[\p{Co}\p{Cn}\p{Cs}]/gu, "\ufffd")
    .replace(/(\p{M}{2})\p{M}+/gu, "$1");
  return unicode ? line : toAscii(line);
}

export function cutLine(text: string, columns: number, unicode: boolean): string {
  if (displayWidth(text) <= columns) return text;
  const ellipsis = unicode ? "…" : columns > 6 ? "..." : ".";
  let kept = "";
  let width = ellipsis.length;
  for (const character of text) {
    width += displayWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return kept + ellipsis;
}

export function padLine(text: string, columns: number, align: "left" | "right" = "left"): string {
  const gap = " ".repeat(Math.max(0, columns - displayWidth(text)));
  return align === "left" ? text + gap : gap + text;
}

/** Breaks a text at spaces into lines; a word that is longer than a line is cut. */
export function wrapLine(text: string, columns: number, unicode: boolean): readonly string[] {
  const words = text.split(" ").map((word) => cutLine(word, columns, unicode));
  return wrapWords(words.join(" "), columns, displayWidth);
}

/** Escape codes of each style: on, off. */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  cyan: [36, 39],
  yellow: [33, 39],
} as const;

/** Wraps a text in the escape codes of a style, where colour is allowed. */
export function styleText(text: string, style: keyof typeof STYLES, color: boolean): string {
  if (!color || text === "") return text;
  const [on, off] = STYLES[style];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}
