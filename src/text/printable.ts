// Texts that show what is in them, for error messages and for formats in which different names must stay different.

/** Controls, separators, what reverses direction, what no Unicode text may hold, and a backslash before a `u`. */
const UNPRINTABLE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]|\\(?=u)/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A line that shows what is in a text: what cannot be seen is written as `\u000a`; different texts stay different. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeUnit).replace(LONE_SURROGATE, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The beginning of a text that is too long to be read. */
export function clip(text: string, most = 200): string {
  if (text.length <= most) return text;
  // Never half of a surrogate pair.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
