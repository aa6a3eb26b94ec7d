/**
 * Did-you-mean. Loaded only when something was misspelt.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";

/** The candidate nearest to `given`; `undefined` when none is near enough to be what was meant. */
export function suggest(given: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const nearest: string = closestString(given, [...candidates], { caseSensitive: false });
  return sharedLetters(given, nearest) >= 0.6 ? nearest : undefined;
}

/** Letters that two words have in common, as a share of the longer one: 1 for anagrams. */
function sharedLetters(a: string, b: string): number {
  const rest = [...b.toLowerCase()];
  let shared = 0;
  for (const letter of a.toLowerCase()) {
    const index = rest.indexOf(letter);
    if (index === -1) continue;
    rest.splice(index, 1);
    shared++;
  }
  return shared / Math.max(a.length, b.length);
}
