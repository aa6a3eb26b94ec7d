// Bencher Metric Format: benchmark → measure → value with bounds (https://bencher.dev/docs/reference/bencher-metric-format).

import { printable } from "../../text/printable.ts";
import type { Document } from "../document/document.ts";
import { measuredCells } from "../document/judgement.ts";
import { judgementOf } from "../document/writer.ts";

/** Longest names that Bencher takes, in characters. */
const MAX_BENCHMARK = 1024;
const MAX_MEASURE = 64;

export function writeBencher(document: Document): string {
  const judgement = judgementOf(document);
  const cells = judgement === undefined ? [] : measuredCells(judgement);
  const benchmarks = Map.groupBy(cells, ({ case: id }) => shorten(id, MAX_BENCHMARK));
  // fromEntries defines own properties, so that a case named __proto__ is one like any other.
  const plain = Object.fromEntries([...benchmarks].map(([name, measures]) => [
    name,
    Object.fromEntries(measures.map(({ metric, head: { value, low, high } }) => [
      shorten(metric, MAX_MEASURE),
      { value, lower_value: low, upper_value: high },
    ])),
  ]));
  return `${JSON.stringify(plain, null, 2)}\n`;
}

/** A name within the limit; what is cut off lives on as a hash, so that different names stay different. */
function shorten(name: string, most: number): string {
  const text = printable(name);
  if (text === "") return "(no name)";
  if (text.length <= most) return text;
  const mark = `… ${hash(text)}`;
  return text.slice(0, most - mark.length).replace(/[\ud800-\udbff]$/, "") + mark;
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function hash(text: string): string {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  return (state >>> 0).toString(16).padStart(8, "0");
}
