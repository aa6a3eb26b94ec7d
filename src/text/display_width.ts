// How wide a text is on a terminal.

import stringWidth from "string-width";

/**
 * How many columns of a terminal a text takes: East Asian wide characters and emoji take two, combining marks none. Where
 * terminals differ, the most: some give a mark that takes room, or a sign made an emoji by a selector, a column of its own.
 */
export function displayWidth(text: string): number {
  // Nearly every cell is plain.
  if (/^[\x20-\x7eµ–…×±\u202f]*$/.test(text)) return text.length;
  return stringWidth(text) + (text.match(/\p{Mc}|\ufe0f/gu)?.length ?? 0);
}
