// Sentences on searches: the best cell, and from where on more gains little.

import { formatShare, ratioDecimals } from "../../units/format_quantity.ts";
import { formatKey, formatKeys } from "../document/format_key.ts";
import { type Inline, name, text } from "../document/inline.ts";
import type { Finding } from "./finding.ts";
import type { Knee, SearchResult } from "./search.ts";

/**
 * "best of buffer-size over tcp: bytes 256 KiB, read 64 KiB at 3.2 GB/s [3.1, 3.3]; more bytes than 64 KiB gains less than 5 %".
 */
export function writeSearch(scenario: string, result: SearchResult): Finding {
  const { best, group, at, figure, metric, knees, placement } = result;
  const { value, low, high, n, confidence } = figure;
  const isRising = knees.length > 0 && knees.every(rises);
  return {
    scenario,
    kind: "search",
    text: [
      text("best of "),
      name(scenario),
      text(" over "),
      name(formatKeys(group)),
      text(": "),
      name(formatKeys(at)),
      text(" at "),
      { kind: "amount", value, unit: metric.unit, low, high },
      ...(isRising
        ? [text("; these are the largest sizes measured, and larger ones may gain more")]
        : knees.flatMap((knee) => [text("; "), ...describeKnee(knee, result.margin)])),
    ],
    basis: { n, nMax: n, counted: "trial", confidence, placement },
    remarks: remarksOf(result),
    cases: [best],
  };
}

function remarksOf({ certainty, tied, cells }: SearchResult): readonly string[] {
  if (certainty === "few rounds") {
    return ["The rounds are too few to be sure of the order of cells"];
  }
  return tied === 0 ? [] : [`${describeTies(tied, cells)}`];
}

function describeTies(tied: number, cells: number): string {
  return tied === 0
    ? `none of the other ${cells - 1} cells comes up to it`
    : `${tied} of the other ${cells - 1} cells cannot be told apart from it`;
}

/** The answer of a search in one or two sentences, for its scenario's part of the report. The sentences, full stops included. */
export function describeSearch(result: SearchResult): readonly Inline[] {
  const { group, at, cells, tied, knees, metric, figure, margin } = result;
  const { value, low, high, n } = figure;
  return [
    name(formatKeys(group)),
    text(": best at "),
    name(formatKeys(at)),
    text(", "),
    { kind: "amount", value, unit: metric.unit, low, high },
    text(`, ${n} trials; ${describeTies(tied, cells)}.`),
    ...knees.flatMap((knee, index): readonly Inline[] => [
      text(index === 0 ? " With all else as in the best cell, " : "; "),
      ...describeKnee(knee, margin),
      ...describeRatio(knee),
    ]),
    ...(knees.length === 0 ? [] : [text(".")]),
  ];
}

function rises({ from, largest, isOpen }: Knee): boolean {
  return from.value === largest && !isOpen;
}

/** As in `more read than 64 KiB gains less than 5 %`. */
function describeKnee(knee: Knee, margin: number): readonly Inline[] {
  const { from, ratio, isOpen } = knee;
  const little = `gains less than ${formatShare(margin)}`;
  const parameter = name(from.factor);
  if (rises(knee)) {
    return [
      text("more "),
      parameter,
      text(` still gains at ${formatKey(from)}, the largest measured`),
    ];
  }
  if (isOpen && ratio === undefined) {
    return [
      text("from where more "),
      parameter,
      text(` ${little} cannot be told, more rounds (--rounds) would`),
    ];
  }
  const open = isOpen ? ", and smaller may do: more rounds (--rounds) would tell" : "";
  return [text("more "), parameter, text(` than ${formatKey(from)} ${little}${open}`)];
}

function describeRatio({ ratio }: Knee): readonly Inline[] {
  if (ratio === undefined) return [];
  const { low, high } = ratio;
  return [
    text(" ("),
    { kind: "ratio", ratio: ratio.ratio, decimals: ratioDecimals(ratio.ratio), word: "" },
    text(" of the best "),
    // Each bound with the decimals that suit it.
    { kind: "interval", low, high },
    text(")"),
  ];
}
