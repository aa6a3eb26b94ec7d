/**
 * Markdown text: any string made harmless and readable as Markdown, and tables with aligned pipes.
 *
 * @module
 */

/** Longer names are cut: a report is read by people. */
const MOST_CHARACTERS = 120;
/** Sentences of a record may be longer than names. */
export const SENTENCE = 600;

/**
 * Makes a text one harmless line: control characters and line breaks become spaces, direction marks vanish, lone
 * surrogates become U+FFFD, and what is too long is cut.
 *
 * @param text Any text.
 * @param most Characters (code points) to keep.
 * @returns One line.
 */
export function oneLine(text: string, most: number = MOST_CHARACTERS): string {
  // Cut before anything is scanned: names of a megabyte would otherwise cost a pass each.
  const near = text.slice(0, 4 * most + 4).toWellFormed()
    // deno-lint-ignore no-control-regex
    .replace(/(?!\u202f)[\s\x00-\x1f\x7f-\x9f]+/g, " ")
    .replace(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .trim();
  const characters = [...near];
  return characters.length <= most && text.length <= 4 * most + 4
    ? near
    : characters.slice(0, most - 1).join("") + "…";
}

/**
 * Escapes a text for Markdown prose and table cells, and HTML within it. Underscores and stars inside words stay bare,
 * since they mean nothing there and escapes make a terminal hard to read.
 *
 * @param text Any text.
 * @param most Characters to keep.
 * @returns One line of Markdown that reads as the text.
 */
export function escapeMarkdown(text: string, most?: number): string {
  return escapePart(oneLine(text, most));
}

function escapePart(line: string): string {
  return line
    .replace(/[\\`*[\]|~]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/&(?=[#\w])/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    // A bare address would become a link, and a bare @name call somebody.
    .replace(/(https?:)\/\//gi, "$1&#47;&#47;")
    .replace(/\bwww\./gi, "www&#46;")
    .replace(/(?<![\p{L}\p{N}])@(?=\w)/gu, "&#64;")
    .replace(/^(#{1,6}|[-+]|\d+[.)])(?=\s|$)/, (marker) => marker.replace(/.$/, "\\$&"));
}

/**
 * A sentence of a record, escaped: longer than a name may be, and with a full stop unless it ends in one.
 *
 * @param text Any text.
 * @returns One line of Markdown.
 */
export function escapeSentence(text: string): string {
  // Authors of notes name things in backticks; what is plainly a name stays one.
  const line = oneLine(text, SENTENCE).split(/(`[\w./=@:()-]+`)/)
    .map((part, index) => index % 2 === 1 ? part : escapePart(part)).join("");
  return line === "" || /[.?!…:]$/.test(line) ? line : `${line}.`;
}

/**
 * A name as a code span, where it can be one: anything with a backtick or a pipe is escaped as prose instead, because code
 * spans treat both differently inside and outside of tables.
 *
 * @param text Any text.
 * @returns As in `` `round-trip` ``.
 */
export function codeName(text: string): string {
  const line = oneLine(text);
  return line === "" || /[`|\\]/.test(line) ? escapeMarkdown(line) : `\`${line}\``;
}

/**
 * A block of code that no content can close.
 *
 * @param text Its lines.
 * @param language As in `sh`.
 * @returns Lines of Markdown.
 */
export function codeBlock(text: string, language: string): readonly string[] {
  // Only what stands before the first character keeps its spaces: it is the structure of code.
  const lines = text.split(/\r?\n/).map((line) => {
    const indent = /^ {0,80}/.exec(line)![0];
    const rest = oneLine(line, 2_000);
    return rest === "" ? "" : indent + rest;
  });
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length),
  );
  const fence = "`".repeat(longest + 1);
  return [fence + language, ...lines, fence];
}

/** One column of a table. */
export interface MarkdownColumn {
  /** Heading, as Markdown. */
  readonly heading: string;
  /** Which edge its cells stand at. */
  readonly align: "left" | "right";
}

/**
 * A table whose pipes stand below each other in a terminal.
 *
 * @param columns Headings and alignment.
 * @param rows Cells as Markdown, one per column.
 * @returns Lines of Markdown.
 */
export function markdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths = columns.map(({ heading }, index) =>
    rows.reduce(
      (most, row) => Math.max(most, displayWidth(row[index] ?? "")),
      Math.max(3, displayWidth(heading)),
    )
  );
  const line = (cells: readonly string[]) =>
    `| ${
      columns.map(({ align }, index) => {
        const cell = cells[index] ?? "";
        const gap = " ".repeat((widths[index] ?? 0) - displayWidth(cell));
        return align === "left" ? cell + gap : gap + cell;
      }).join(" | ")
    } |`;
  const rule = columns.map(({ align }, index) => {
    const dashes = "-".repeat((widths[index] ?? 3) - 1);
    return align === "left" ? `:${dashes}` : `${dashes}:`;
  });
  return [line(columns.map(({ heading }) => heading)), line(rule), ...rows.map(line)];
}

/**
 * How many columns of a terminal a text takes: East Asian wide characters and emoji take two, combining marks none.
 * Ranges of Unicode Standard Annex 11, coarsely.
 *
 * @param text One line.
 * @returns Columns.
 */
export function displayWidth(text: string): number {
  // Nearly every cell is plain.
  if (/^[\x20-\x7eµ–…×±\u202f]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (/[\p{M}\u200b-\u200d\ufe00-\ufe0f]/u.test(character)) continue;
    const wide =
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/
        .test(character) ||
      /\p{Emoji_Presentation}/u.test(character) ||
      (character.codePointAt(0) as number) >= 0x1f300;
    width += wide ? 2 : 1;
  }
  return width;
}
