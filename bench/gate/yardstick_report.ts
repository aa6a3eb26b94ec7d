/**
 * reports/yardstick.md: what normalizing by the yardstick does to records of differently loaded runs.
 *
 * @module
 */

import type { CellSpread, GateCounts } from "./yardstick_analysis.ts";
import { PARTS, type YardstickPart } from "./yardstick_analysis.ts";

/** What was found with one placement of the peer. */
export interface YardstickFindings {
  /** Where the other end ran. */
  readonly peer: string;
  /** Loads, and how many records of each. */
  readonly loads: readonly string[];
  /** Records of each load. */
  readonly repeats: number;
  /** Per cell. */
  readonly spreads: readonly CellSpread[];
  /** Gates between records of the same load. */
  readonly alike: GateCounts;
  /** Gates between records of different loads. */
  readonly unlike: GateCounts;
}

const TITLES: Readonly<Record<YardstickPart, string>> = {
  socketpairNs: "socket pair",
  copyNs: "copy",
  turnNs: "turn",
};

/** The report as Markdown. */
export function renderYardstick(
  facts: readonly string[],
  found: readonly YardstickFindings[],
): string {
  return [
    "# What the yardstick sees, and what normalizing by it does",
    "",
    `${facts.join(" · ")}. Repeat it: \`deno task bench:yardstick\``,
    "",
    "Records of one unchanged program, taken in turns alone and beside processes that do nothing but count. **Spread**: how far the medians of two " +
    "such records lie apart, the median over all pairs of records. **Narrowing**: spread with normalizing by the socket pair / spread without, with " +
    "a 95 % interval over resampled records; below 1 it helps, above 1 it harms. **Correlation** of the cell with each part of the yardstick: over " +
    "records (does it see the load?) and over trials within a record (would a mark on each trial see its speed?).",
    "",
    ...found.flatMap(renderOne),
  ].join("\n");
}

function renderOne({ peer, loads, repeats, spreads, alike, unlike }: YardstickFindings): string[] {
  const heads = [
    "cell",
    "records",
    "spread",
    ...PARTS.map((part) => `by ${TITLES[part]}`),
    "narrowing",
    "verdict",
    "correlation over records (socket pair, copy, turn)",
    "over trials",
  ];
  return [
    `## Peer ${peer}`,
    "",
    `${loads.join(", ")}: ${repeats} records each.`,
    "",
    ...table([heads, ...spreads.map(renderSpread)]),
    "",
    "Exit codes of the gate between two of these records, where nothing changed but the load (1 is a false alarm; 3 a gate that could not judge):",
    "",
    ...table([
      ["pairs", "plain: 0", "1", "3", "normalized: 0", "1", "3"],
      ["same load", ...codes(alike)],
      ["different loads", ...codes(unlike)],
    ]),
    "",
  ];
}

function renderSpread(spread: CellSpread): string[] {
  const { narrowing: { estimate, low, high } } = spread;
  const verdict = high < 1 ? "narrower" : low > 1 ? "wider" : "cannot tell";
  const three = (of: Readonly<Record<YardstickPart, number>>) =>
    PARTS.map((part) => of[part].toFixed(2)).join(", ");
  return [
    `\`${spread.case}\` ${spread.metric}`,
    String(spread.n),
    percent(spread.plain),
    ...PARTS.map((part) => percent(spread.normalized[part])),
    `${estimate.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
    verdict,
    three(spread.acrossRecords),
    three(spread.withinRecords),
  ];
}

function codes({ plain, normalized }: GateCounts): string[] {
  return [plain, normalized].flatMap((counts) => [counts[0], counts[1], counts[3]].map(String));
}

function percent(logarithm: number): string {
  return `${((Math.exp(logarithm) - 1) * 100).toFixed(1)} %`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const [heads, ...rest] = rows;
  return [heads!, heads!.map(() => "---"), ...rest].map((cells) => `| ${cells.join(" | ")} |`);
}
