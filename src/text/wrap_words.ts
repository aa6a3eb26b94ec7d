// Breaking a text into lines: of a terminal, of a help page, of a chart.

/** Breaks a text at spaces into lines. The lines, at least one; a word that is wider than a line stands alone. */
export function wrapWords(
  text: string,
  most: number,
  widthOf: (text: string) => number = (text) => text.length,
): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer) > most) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
