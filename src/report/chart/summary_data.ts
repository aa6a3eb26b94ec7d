/**
 * Summary data: the figures behind a mark, as attributes.
 *
 * @module
 */

import type { Summary } from "../../compare/summarize.ts";
import { dataName } from "./label_text.ts";
import { type Attributes, exact } from "./svg.ts";

/**
 * The attributes from which a summary can be read back.
 *
 * @param summary The summary.
 * @returns `data-case`, `data-metric`, and the exact `data-value`, `data-low`, `data-high`, `data-n`; where the trials met
 * two speeds also `data-fast` and `data-slow`.
 */
export function summaryData(summary: Summary): Attributes {
  const { median, low, high, n, twoSpeeds } = summary;
  return {
    "data-case": dataName(summary.case),
    "data-metric": summary.metric,
    "data-value": exact(median),
    "data-low": exact(low),
    "data-high": exact(high),
    "data-n": String(n),
    ...(twoSpeeds === undefined ? {} : {
      "data-fast": exact(twoSpeeds.fast.median),
      "data-slow": exact(twoSpeeds.slow.median),
    }),
  };
}
