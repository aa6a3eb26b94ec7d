// Did-you-mean.

import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** Longer words are no slip of the finger, and would take long to compare. */
const MAX_CHARACTERS = 200;

/** The name that a misspelt word stands for; `undefined` where it differs in more than every third letter. */
export function suggest(given: string, candidates: readonly string[]): string | undefined {
  const word = given.split("*", 1)[0]!.toLowerCase();
  if (word === "" || word.length > MAX_CHARACTERS) return undefined;
  let nearest: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    const distance = distanceOf(word, given.includes("*") ? known.slice(0, word.length) : known);
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return least <= Math.max(1, Math.floor(word.length / 3)) ? nearest : undefined;
}

/** Letters to insert, drop or change; two neighbours in the wrong order count as one. */
function distanceOf(a: string, b: string): number {
  const differing = a.length === b.length ? [...a].flatMap((x, i) => x === b[i] ? [] : [i]) : [];
  const [i, j] = differing;
  const isSwapped = differing.length === 2 && j === i! + 1 && a[i!] === b[j] && a[j] === b[i!];
  return isSwapped ? 1 : levenshteinDistance(a, b);
}
