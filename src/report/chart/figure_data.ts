// Figure data: the figures behind a mark, as attributes.

import type { ChartFigure } from "../document/figure.ts";
import { dataName } from "./label_text.ts";
import { type Attributes, exact } from "./svg.ts";

/**
 * The attributes from which a figure can be read back. `data-case`, `data-metric`, and the exact `data-value`, `data-low`,
 * `data-high`, `data-n`; where the trials met bimodal trials also `data-fast` and `data-slow`.
 */
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
