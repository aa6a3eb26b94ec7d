// One line of any text: for names and sentences that come from records, modules, agents and the network.

/** Longer names are cut: a report is read by people. */
const MAX_CHARACTERS = 120;
/** Sentences of a record may be longer than names. */
export const SENTENCE = 600;

/** One harmless line: controls become spaces, direction marks vanish, lone surrogates become U+FFFD, and it is cut. */
export function oneLine(text: string, most: number = MAX_CHARACTERS): string {
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

/** The lines of a text that keeps them, such as a command, each harmless. */
export function codeLines(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => oneLine(line, 2_000));
}

/** A sentence in parts: authors name things in backticks, and what is plainly a name stands at every odd place, backticks included. */
export function splitNames(sentence: string): readonly string[] {
  return sentence.split(/(`[\w./=@:()-]+`)/);
}

/** The parts of an id between which a line may break. */
export function breakableParts(id: string): readonly string[] {
  return oneLine(id, 200).split(/(?<=[/,])/);
}
