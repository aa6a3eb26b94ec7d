// Markdown tables with aligned pipes.

import { displayWidth } from "./display_width.ts";

export type MarkdownColumn = Readonly<{ heading: string; align: "left" | "right" }>;

/** A table whose pipes stand below each other in a terminal. */
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
