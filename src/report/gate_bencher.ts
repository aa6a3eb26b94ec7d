// Bencher Metric Format: benchmark → measure → value with bounds (https://bencher.dev/docs/reference/bencher-metric-format).

import { type GateFormat, type GateReport, measuredCells } from "./build/gate_report.ts";
import { printable } from "../text/printable.ts";

/** Bencher Metric Format. */
export const gateBencher: GateFormat = {
  id: "bencher",
  extension: "json",
  title: "Bencher Metric Format",
  render: renderBencher,
};

/** Longest names that Bencher takes, in characters. */
const MAX_BENCHMARK = 1024;
const MAX_MEASURE = 64;

interface BencherMetric {
  readonly value: number;
  readonly lower_value: number;
  readonly upper_value: number;
}

function renderBencher({ result }: GateReport): string {
  const benchmarks = new Map<string, Map<string, BencherMetric>>();
  for (const cell of measuredCells(result.cells)) {
    const benchmark = shorten(cell.case, MAX_BENCHMARK);
    const measures = benchmarks.get(benchmark) ?? new Map<string, BencherMetric>();
    benchmarks.set(benchmark, measures);
    const { median, low, high } = cell.head;
    measures.set(shorten(cell.metric, MAX_MEASURE), {
      value: median,
      lower_value: low,
      upper_value: high,
    });
  }
  // fromEntries defines own properties, so that a case named __proto__ is one like any other.
  const plain = Object.fromEntries(
    [...benchmarks].map(([name, measures]) => [name, Object.fromEntries(measures)]),
  );
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
