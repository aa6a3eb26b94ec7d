// The last gate of every text that is printed: it drives neither the terminal nor the CI job that shows it.

/** Controls but tabs and line ends, Unicode's line separators, and what turns direction; isolates stay, as charts need them. */
const DRIVING =
  // deno-lint-ignore no-control-regex
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066\u2067]|\r(?!\n)/;
/** The same, and the escape codes that the suite itself writes. */
const DRIVING_OR_STYLE = new RegExp(
  String.raw`\x1b\[(?:[12]|22|3[1236]|39)m|${DRIVING.source}`,
  "g",
);

/** GitHub and Azure Pipelines act on these anywhere in a line, TeamCity at its beginning. */
const BRACKET_COMMAND = /(##(?:vso|teamcity)?)\[/gi;
/** GitHub acts on these at the beginning of a line, after any white space; a style sheet's `::before` has no second pair. */
const COLON_COMMAND = /^([^\S\n]*)::(?=[a-z][^\n]*?::)/gim;

/** Takes the force out of a text. Ordinary texts are returned as they are. */
export function disarm(text: string, keepStyles = false): string {
  const calm = DRIVING.test(text)
    ? text.replace(DRIVING_OR_STYLE, (found) => {
      if (found.length === 1) return "\ufffd";
      return keepStyles ? found : "";
    })
    : text;
  return calm.replace(BRACKET_COMMAND, "$1 [").replace(COLON_COMMAND, "$1: :");
}

/** The same JSON value, with escapes for what {@linkcode disarm} would replace. */
export function disarmJson(json: string): string {
  return json.replace(BRACKET_COMMAND, "$1\\u005b").replace(
    new RegExp(DRIVING, "g"),
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
