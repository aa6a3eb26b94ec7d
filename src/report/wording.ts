/**
 * Wording that every format for readers has in common: what stands behind a finding, and what a search found.
 *
 * @module
 */

import { CONFIDENCE } from "../compare/summarize.ts";
import type { EvidenceTable, Finding, Phrase, SearchResult } from "./document.ts";
import { name, text } from "./phrases.ts";
import { formatRatio } from "../units/format_quantity.ts";
import { namePlacement } from "./describe_case.ts";

/**
 * What a finding rests on.
 *
 * @param finding The finding.
 * @returns As in `95 % interval, 16 pairs, peer process`.
 */
export function sayBasis(finding: Finding): string {
  const n = finding.n === finding.nMax ? `${finding.n}` : `${finding.n} to ${finding.nMax}`;
  const counted = finding.nMax === 1 ? finding.counted.replace(/s$/, "") : finding.counted;
  const basis = finding.confidence >= CONFIDENCE
    ? `95 % interval, ${n} ${counted}`
    : `${n} ${counted}`;
  return `${basis}, ${namePlacement(finding.placement)}`;
}

/**
 * The answer of a search in one or two sentences.
 *
 * @param result The answer.
 * @returns The sentences, full stops included.
 */
export function phraseSearch(result: SearchResult): readonly Phrase[] {
  const { at, cells, tied, turns, unit, value, low, high, n } = result;
  const group = result.group.map((part) =>
    part.name === "transport" ? part.label : `${part.name} ${part.label}`
  ).join(", ");
  const best = at.map((part) => `${part.name} ${part.label}`).join(", ");
  const ties = tied === 0
    ? `none of the other ${cells - 1} cells comes up to it`
    : `${tied} of the other ${cells - 1} cells cannot be told apart from it`;
  return [
    name(group),
    text(": best at "),
    name(best),
    text(", "),
    { kind: "amount", value, unit, low, high },
    text(`, ${n} trials; ${ties}.`),
    ...turns.flatMap((turn, index): readonly Phrase[] => [
      text(index === 0 ? " With all else as in the best cell, more " : "; more "),
      name(turn.parameter),
      text(sayTurn(turn)),
    ]),
    ...(turns.length === 0 ? [] : [text(".")]),
  ];
}

/** A turn is of numbers only, so that its label holds nothing a renderer must escape. */
function sayTurn({ from, largest, fromLabel, ratio, low, high }: SearchResult["turns"][number]) {
  if (from === largest) return ` still pays at ${fromLabel}, the largest measured`;
  const loss = ratio === undefined || low === undefined || high === undefined
    ? ""
    : ` (${formatRatio(ratio)}× of the best [${formatRatio(low)}, ${formatRatio(high)}])`;
  return ` stops paying from ${fromLabel}${loss}`;
}

/**
 * What a table of the kernel's counters is, or, where nothing moved, all that it says.
 *
 * @param table The table.
 * @returns One or two sentences, and whether the table has more to say.
 */
export function sayEvidence(
  { counters, rows, namespaceWide, polluted }: EvidenceTable,
): { readonly sentence: string; readonly isEmpty: boolean } {
  const isEmpty = !polluted &&
    rows.every(({ totals }) => totals.every((total) => (total ?? 0) === 0));
  const names = counters.map(({ title }) => title).join(", ");
  const caveat = namespaceWide
    ? " They count for the whole network namespace: other programs' traffic is in them."
    : "";
  const omitted = polluted ? " Counts that the operations cannot have caused are left out." : "";
  const sentence = isEmpty
    ? `The kernel counted no ${names} in any measured interval.`
    : "What the kernel counted in the measured intervals of all trials together.";
  return { sentence: sentence + caveat + omitted, isEmpty };
}
