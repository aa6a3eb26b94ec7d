// AsciiDoc escapes: any text made harmless within a line of AsciiDoc.

import { oneLine, SENTENCE } from "./one_line.ts";

/** What AsciiDoc could take for markup; a character reference stands for the character everywhere. */
const MARKUP = /[\\`*_#+^~[\]{}|<>&"'=@$]|[-.:/](?=[-.:/])|^[-.:/!,]|\((?=(?:C|R|TM)\))|:(?=$|\s)/g;

/** Escapes a text for a line of AsciiDoc; spaces at its ends stay, as it may be a part of a sentence. */
export function escapeAsciidoc(text: string): string {
  const line = oneLine(text, SENTENCE)
    .replace(MARKUP, (character) => `&#${character.charCodeAt(0)};`);
  if (line === "") return text === "" ? "" : " ";
  return (text.startsWith(" ") ? " " : "") + line + (text.endsWith(" ") ? " " : "");
}
