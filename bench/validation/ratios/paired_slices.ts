/**
 * Two programs measured side by side in short slices, so that both meet the same drift of the machine.
 *
 * @module
 */

import type { Pair } from "../../../src/stats/mod.ts";

/** One short measurement; resolves with its figure. */
export type Slice = () => Promise<number>;

/**
 * Measures in the order A B, B A, A B, … : what comes first within a pair changes, so that a slow drift favours neither.
 *
 * @param value the program in question
 * @param base what it is held against
 * @param count pairs measured
 * @returns the pairs in order
 */
export async function pairSlices(value: Slice, base: Slice, count: number): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) {
      const first = await value();
      pairs.push([first, await base()]);
    } else {
      const first = await base();
      pairs.push([await value(), first]);
    }
  }
  return pairs;
}
