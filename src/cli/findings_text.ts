/**
 * Findings as plain sentences for the end of a run; the report says more.
 *
 * @module
 */

import type { Finding, Phrase } from "../report/document.ts";
import { oneLine } from "../report/markdown_text.ts";
import { formatAmount, formatRatio } from "../report/quantity.ts";
import { plural } from "./duration.ts";
import { wrap } from "./help.ts";

/** Findings shown; the report has them all. */
const SHOWN = 6;

/** The first findings, one bullet each, wrapped to `columns`. */
export function renderFindings(findings: readonly Finding[], columns: number): string {
  const lines = findings.slice(0, SHOWN).flatMap((finding) => {
    const [first = "", ...more] = wrap(findingSentence(finding), columns - 2);
    return [`- ${first}`, ...more.map((line) => `  ${line}`)];
  });
  const rest = findings.length - SHOWN;
  if (rest > 0) lines.push(`  … and ${plural(rest, "more finding")} in the report`);
  return lines.map((line) => `${line}\n`).join("");
}

/** One finding in plain words. */
export function findingSentence(finding: Finding): string {
  const words = finding.phrases.map(phraseText).join("");
  return oneLine(`${words.charAt(0).toUpperCase()}${words.slice(1)}.`, 600);
}

function phraseText(phrase: Phrase): string {
  switch (phrase.kind) {
    case "text":
    case "name":
      return phrase.text;
    case "ratio":
      return `${formatRatio(phrase.ratio, phrase.decimals)}× ${phrase.word}`.trimEnd();
    case "interval":
      return `[${formatRatio(phrase.low, phrase.decimals)}, ${
        formatRatio(phrase.high, phrase.decimals)
      }]`;
    case "amount": {
      const { value, low, high, unit } = phrase;
      const bounds = low === undefined || high === undefined
        ? ""
        : ` [${formatAmount(low, unit)}, ${formatAmount(high, unit)}]`;
      return `${formatAmount(value, unit)}${bounds}`;
    }
  }
}
