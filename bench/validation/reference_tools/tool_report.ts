/**
 * reports/reference-tools.md: the suite against competing programs, as ratios of one run.
 *
 * @module
 */

import type { Pin } from "../../../src/model/placement.ts";
import { metricValue } from "../../../src/model/metric_value.ts";
import type { Trial } from "../../../src/model/trial.ts";
import { formatAmount } from "../../../src/units/format_quantity.ts";
import { median, type Pair, pairedRatio } from "../../../src/stats/mod.ts";
import type { Target } from "../verdict.ts";
import type { ToolComparison } from "./comparisons.ts";

/** What a run found out about one row. */
export interface ToolRow {
  /** The row. */
  readonly comparison: ToolComparison;
  /** Suite and tool of one round each. */
  readonly pairs: readonly Pair[];
  /** The suite's trials. */
  readonly trials: readonly Trial[];
  /** Why it was not compared; absent: it was. */
  readonly reason?: string;
  /** What went wrong in single rounds. */
  readonly faults: readonly string[];
}

/** What stands above the table. */
export interface ToolRun {
  /** CPU, kernel, runtime and versions of the tools, one line each. */
  readonly facts: readonly string[];
  /** How the ends were pinned. */
  readonly pin: Pin;
  /** Rounds. */
  readonly rounds: number;
  /** Tools that were found or looked for and not run. */
  readonly notRun: readonly string[];
  /** The rows. */
  readonly rows: readonly ToolRow[];
}

const MIB = 2 ** 20;

/** What is said of a goal. */
export type GoalVerdict = "met" | "missed" | "cannot tell" | "not compared";

/**
 * Judges a goal by the whole interval: met or missed only when no part of it says otherwise.
 *
 * @param ratio suite / tool, with its interval
 * @param target what was promised
 */
export function judgeGoal(
  { low, high, confidence }: {
    readonly low: number;
    readonly high: number;
    readonly confidence: number;
  },
  { must, value }: Target,
): GoalVerdict {
  const keeps = (bound: number) => must === "be at most" ? bound <= value : bound >= value;
  if (confidence < 0.95 - 1e-9 || keeps(low) !== keeps(high)) return "cannot tell";
  return keeps(low) ? "met" : "missed";
}

/** The report as Markdown. */
export function renderReferenceTools(run: ToolRun): string {
  const rows = run.rows.map(renderRow);
  const heads = [
    "cell of the suite",
    "reference tool",
    "figure",
    "suite",
    "tool",
    "suite / tool",
    "95 % interval",
    "n",
    "goal",
    "verdict",
  ];
  const table = [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const remarks = run.rows.flatMap(remarksOf);
  return [
    "# The suite beside reference tools",
    "",
    `${run.facts.join(" · ")}. Repeat it: \`deno task reference-tools\``,
    "",
    `${run.rounds} rounds; in each, every row is one slice of the tool and one trial of the suite side by side, which of them comes first ` +
    `taking turns, in random order of the rows. Both ends of both: ${
      formatPin(run.pin)
    }. Ratios are medians of the pairs' log-ratios with ` +
    "their order-statistic interval. A round trip is there and back, never halved. A goal is met or missed only where the whole interval " +
    "says so.",
    "",
    ...table,
    "",
    ...(remarks.length === 0 ? [] : ["## Seen along the way", "", ...remarks, ""]),
    ...(run.notRun.length === 0
      ? []
      : ["## Not run", "", ...run.notRun.map((text) => `- ${text}`), ""]),
  ].join("\n");
}

function formatPin(pin: Pin): string {
  if (pin === "same") return "pinned to the same core";
  return pin === "cross" ? "pinned to one core each" : "not pinned";
}

function cellName({ cell: { scenario, transport, bytes } }: ToolComparison): string {
  return `${scenario}/${transport}${bytes === undefined ? "" : `/bytes=${bytes}`}`;
}

function renderRow({ comparison, pairs, reason }: ToolRow): readonly string[] {
  const { tool, figure, unit, target } = comparison;
  const goal = `${target.must === "be at most" ? "≤" : "≥"} ${target.value.toFixed(2)}`;
  const head = [`\`${cellName(comparison)}\``, `\`${tool}\``, figure];
  if (reason !== undefined || pairs.length === 0) {
    const why = reason ?? "no round had both";
    return [...head, "–", "–", "–", "–", "0", goal, `not comparable: ${why}`];
  }
  const ratio = pairedRatio(pairs);
  const amounts = [0, 1].map((side) =>
    formatAmount(median(pairs.map((pair) => pair[side]!)), unit)
  );
  const fixed = (value: number) => value.toFixed(3);
  return [
    ...head,
    ...amounts,
    fixed(ratio.estimate),
    `[${fixed(ratio.low)}, ${fixed(ratio.high)}]`,
    String(ratio.n),
    goal,
    judgeGoal(ratio, target),
  ];
}

/** What the suite's own trials show of a row, for whoever asks why; and what went wrong. */
function remarksOf({ comparison, trials, pairs, faults, reason }: ToolRow): readonly string[] {
  const name = `\`${cellName(comparison)}\` beside \`${comparison.tool}\``;
  const failed = faults.length === 0
    ? []
    : [`- ${name}: ${faults.length} rounds without a pair, first: ${faults[0]}`];
  if (reason !== undefined || pairs.length === 0) return failed;
  return [...failed, `- ${name}: ${formatEvidence(comparison, trials)}.`];
}

function formatEvidence({ cell }: ToolComparison, trials: readonly Trial[]): string {
  const of = (id: string) => {
    const values = trials.flatMap((trial) => metricValue(trial, id) ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  const say = (id: string, text: (value: number) => string): readonly string[] => {
    const value = of(id);
    return value === undefined ? [] : [text(value)];
  };
  const parts = cell.scenario === "throughput"
    ? [
      ...say("bytesPerRead", (bytes) =>
        `a read of the suite returns ${formatAmount(bytes, "bytes")}`),
      ...say("bytesPerWrite", (bytes) =>
        `a write takes ${formatAmount(bytes, "bytes")}`),
      ...say("cpuPerByte", (ns) => `both ends use ${formatAmount(ns * MIB, "ns")} of CPU per MiB`),
    ]
    : say(
      "cpuPerOperation",
      (ns) => `both ends use ${formatAmount(ns, "ns")} of CPU per operation`,
    );
  return parts.length === 0 ? "the trials counted nothing that explains it" : parts.join(", ");
}
