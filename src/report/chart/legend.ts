// The legend: names of series above the plot, which then has the whole width.
//
// Beside the lines' ends it took a third of the chart, and left a phone's screen, which shows the left part of a chart first.

import { MARGIN, TOP } from "./frame.ts";
import { fitText, textWidth } from "./label_text.ts";
import { FONT, mark } from "./palette.ts";
import { textAt } from "./svg.ts";

/** What a phone held upright shows of a chart, which it scrolls. */
const VISIBLE = 450;
const LINE = 19;
/** From the mark to its name, and from a name to the next mark. */
const [INDENT, GAP] = [13, 18];

/** A drawn legend. */
export interface Legend {
  /** Where the plot may begin. */
  readonly bottom: number;
  readonly elements: readonly string[];
}

/** Draws a legend below the chart's titles. Its elements, and where it ends. */
export function drawLegend(
  entries: readonly { readonly name: string; readonly look: number }[],
): Legend {
  let [x, y] = [MARGIN, TOP + 4];
  const elements = entries.flatMap(({ name, look }) => {
    const text = fitText(name, VISIBLE - MARGIN - INDENT, FONT.label);
    const width = INDENT + textWidth(text, FONT.label);
    if (x > MARGIN && x + width > VISIBLE) [x, y] = [MARGIN, y + LINE];
    const at = x;
    x += width + GAP;
    return [
      mark(at + 4, y - 4, { shape: look, colour: look, radius: 3.5 }),
      textAt(at + INDENT, y, text, { class: `la l${look}` }),
    ];
  });
  return { bottom: y + 6, elements };
}
