// How wide a text is on a terminal.

import stringWidth from "string-width";

/** Columns of a terminal: wide characters and emoji take two, combining marks none; where terminals differ, the most. */
export function displayWidth(text: string): number {
  // Nearly every cell is plain.
  if (/^[\x20-\x7eµ–…×±\u202f]*$/.test(text)) return text.length;
  return stringWidth(text) + (text.match(/\p{Mc}|\ufe0f/gu)?.length ?? 0);
}
