// Markdown: any string made harmless and readable as Markdown.

import { oneLine, SENTENCE, splitNames } from "./one_line.ts";

/** Escapes for Markdown prose, table cells and HTML within; underscores and stars inside words stay bare. */
export function escapeMarkdown(text: string, most?: number): string {
  return escapePart(oneLine(text, most));
}

function escapePart(line: string): string {
  return line
    .replace(/[\\`*[\]|~]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/&/g, "&amp;")
    .replace(/#(?=\d)/g, "&#35;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    // A bare address would become a link, and a bare @name call somebody.
    .replace(/:\/\//g, ":&#47;&#47;")
    .replace(/\bwww\./gi, "www&#46;")
    .replace(/(?<![\p{L}\p{N}])@(?=\w)/gu, "&#64;")
    .replace(/^(#{1,6}|[-+]|\d+[.)])(?=\s|$)/, (marker) => marker.replace(/.$/, "\\$&"));
}

/** A sentence of a record, escaped: longer than a name may be, and with a full stop unless it ends in one. */
export function escapeSentence(text: string): string {
  const line = splitNames(oneLine(text, SENTENCE))
    .map((part, index) => index % 2 === 1 ? part : escapePart(part)).join("");
  return line === "" || /[.?!…:]$/.test(line) ? line : `${line}.`;
}

/** A name as a code span; with a backtick or a pipe as prose, as code spans treat both differently in tables. */
export function codeName(text: string): string {
  const line = oneLine(text);
  return line === "" || /[`|\\]/.test(line) ? escapeMarkdown(line) : `\`${line}\``;
}

/** A block of code that no content can close. */
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
