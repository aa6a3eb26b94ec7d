// The one number of a claim, and counts of verdicts, in a line.

import type { ClaimVerdict } from "./claim.ts";

/** As many characters as a line of a summary has room for. */
export const MAX_ANSWER = 80;

/** An answer in a line of a summary. It is cut between its parts and never within one: half a number is another number. */
export function shortenAnswer(answer: string, most: number = MAX_ANSWER): string {
  if ([...answer].length <= most) return answer;
  // Parts end at a comma, a semicolon or a colon outside of brackets; where the first is too long, at a word that is no number's.
  const ends = (pattern: RegExp) =>
    [...answer.matchAll(pattern)].map(({ index }) => index)
      .filter((end) => [...answer.slice(0, end)].length < most && isClosed(answer.slice(0, end)));
  const end = ends(/[,;:] /g).at(-1) ?? ends(/(?<=[A-Za-z]) (?=[A-Za-z])/g).at(-1);
  return `${answer.slice(0, end ?? 0)}…`;
}

function isClosed(text: string): boolean {
  return text.split(/[[(]/).length === text.split(/[\])]/).length;
}

/** As in `1 holds`, `23 hold`, `4 do not hold`. */
export function countVerdict(count: number, verdict: ClaimVerdict): string {
  if (count === 1) return `1 ${verdict}`;
  return `${count} ${verdict.replace(/^holds/, "hold").replace(/^does/, "do")}`;
}
