// Figures of charts in words, and as attributes of marks.

import { CONFIDENCE } from "../document/column_look.ts";
import type { ChartFigure } from "../document/figure.ts";
import { countOf, formatAmount, formatShare } from "../document/format_inline.ts";
import { type Attributes, dataName, exact } from "./svg.ts";

/** A figure in words, as in `10.1 µs, 95 % interval [9.9 µs, 10.4 µs], 15 trials`. */
export function describeFigure(figure: ChartFigure): string {
  const { value, low, high, n, unit, modes, confidence } = figure;
  const trials = countOf(n, "trial");
  const show = (amount: number) => formatAmount(amount, unit);
  if (modes !== undefined) {
    const { fast, fastShare, slow, slowShare } = modes;
    return `bimodal: ${show(fast)} (${formatShare(fastShare)} ` +
      `of ${trials}) and ${show(slow)} (${formatShare(slowShare)})`;
  }
  const kind = confidence >= CONFIDENCE ? "95 % interval" : "range of the trials";
  return `${show(value)}, ${kind} [${show(low)}, ${show(high)}], ${trials}`;
}

/** The values of a figure that are drawn: both where its trials fell into two groups. */
export function drawnValues({ value, modes }: ChartFigure): readonly number[] {
  return modes === undefined ? [value] : [modes.fast, modes.slow];
}

/** All ends of a figure that a scale must hold. Its interval, and both groups where there are two. */
export function endsOf({ low, high, modes }: ChartFigure): readonly number[] {
  return modes === undefined ? [low, high] : [low, high, modes.fast, modes.slow];
}

/** The attributes from which a figure can be read back exactly. */
export function figureData(figure: ChartFigure): Attributes {
  const { value, low, high, n, modes } = figure;
  return {
    "data-case": dataName(figure.case),
    "data-metric": figure.metric,
    "data-value": exact(value),
    "data-low": exact(low),
    "data-high": exact(high),
    "data-n": String(n),
    ...(modes === undefined ? {} : {
      "data-fast": exact(modes.fast),
      "data-slow": exact(modes.slow),
    }),
  };
}

/** Notes on whiskers that are no 95 % intervals, and on figures of which both modes are drawn. */
export function intervalNotes(figures: readonly ChartFigure[], onModes: string): readonly string[] {
  return [
    ...(figures.some(({ confidence }) => confidence < CONFIDENCE)
      ? ["Where trials are too few for such an interval, the whisker is their range."]
      : []),
    ...(figures.some(({ modes }) => modes !== undefined) ? [onModes] : []),
  ];
}
