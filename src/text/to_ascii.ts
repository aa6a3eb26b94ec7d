// toAscii: any text for a terminal that shows nothing else.

/** Signs that the suite itself writes, in ASCII. */
const PLAIN: Readonly<Record<string, string>> = {
  "µ": "u",
  "×": "x",
  "±": "+-",
  "…": "...",
  "–": "-",
  "—": "-",
  "−": "-",
  "·": "|",
  "→": "->",
  "≤": "<=",
  "≥": ">=",
  "\u202f": " ",
  "\u00a0": " ",
};

/** A text in ASCII: the suite's own signs in their plain forms, everything else a question mark. */
export function toAscii(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[^\x00-\x7f]/gu, (character) => PLAIN[character] ?? "?");
}
