/**
 * Text for terminals: any string made one harmless line of a known width, in Unicode or in ASCII.
 *
 * @module
 */

import { displayWidth, oneLine } from "./markdown_text.ts";
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

/**
 * Makes a text one line that no terminal can be harmed or confused by: no escape codes, no direction marks, no invisible or
 * unassigned characters, and no more than two marks on a letter.
 *
 * @param text Any text, of a record or of the suite.
 * @param unicode Whether the terminal shows Unicode.
 * @param most Characters to keep.
 * @returns One line.
 */
export function plainLine(text: string, unicode: boolean, most?: number): string {
  const line = oneLine(text, most)
    .replace(/(?!\u200d)\p{Cf}/gu, "")
    .replace(/[\p{Co}\p{Cn}\p{Cs}]/gu, "\ufffd")
    .replace(/(\p{M}{2})\p{M}+/gu, "$1");
  return unicode ? line : toAscii(line);
}

/** Two columns wide beside what {@linkcode displayWidth} knows: rarer ranges of Unicode Standard Annex 11. */
const ALSO_WIDE =
  /(?!\p{Emoji_Presentation})[\u2329\u232a\ua960-\ua97f\ufe10-\ufe19\u{16fe0}-\u{1f2ff}]/gu;

/**
 * How many columns of a terminal a text takes; where terminals differ, the most.
 *
 * @param text One line.
 * @returns Columns.
 */
export function terminalWidth(text: string): number {
  // deno-lint-ignore no-control-regex
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  const more = text.match(ALSO_WIDE)?.length ?? 0;
  return displayWidth(text) + more + (text.match(/\p{Mc}|\ufe0f/gu)?.length ?? 0);
}

/**
 * Cuts a text to a width.
 *
 * @param text One line.
 * @param columns Columns it may take, at least 1.
 * @param unicode Whether the terminal shows Unicode.
 * @returns The text, or its beginning and an ellipsis.
 */
export function cutLine(text: string, columns: number, unicode: boolean): string {
  if (terminalWidth(text) <= columns) return text;
  const ellipsis = unicode ? "…" : columns > 6 ? "..." : ".";
  let kept = "";
  let width = ellipsis.length;
  for (const character of text) {
    width += terminalWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return kept + ellipsis;
}

/**
 * Fills a text up with spaces.
 *
 * @param text One line, no wider than `columns`.
 * @param columns Columns it shall take.
 * @param align Which edge it stands at.
 * @returns The text and its spaces.
 */
export function padLine(text: string, columns: number, align: "left" | "right" = "left"): string {
  const gap = " ".repeat(Math.max(0, columns - terminalWidth(text)));
  return align === "left" ? text + gap : gap + text;
}

/**
 * Breaks a text at spaces into lines; a word that is longer than a line is cut.
 *
 * @param text One line.
 * @param columns Columns of a line.
 * @param unicode Whether the terminal shows Unicode.
 * @returns The lines.
 */
export function wrapLine(text: string, columns: number, unicode: boolean): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const whole of text.split(" ")) {
    const word = cutLine(whole, columns, unicode);
    if (line !== "" && terminalWidth(line) + 1 + terminalWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Escape codes of each style: on, off. */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  cyan: [36, 39],
  yellow: [33, 39],
} as const;

/**
 * Wraps a text in the escape codes of a style, where colour is allowed.
 *
 * @param text One line.
 * @param style How it shall look.
 * @param color Whether it may.
 * @returns The text, with or without codes.
 */
export function styleText(text: string, style: keyof typeof STYLES, color: boolean): string {
  if (!color || text === "") return text;
  const [on, off] = STYLES[style];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}
