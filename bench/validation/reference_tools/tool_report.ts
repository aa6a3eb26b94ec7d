// reports/reference-tools.md: the suite beside reference tools, as ratios of one run.

import type { Pin } from "../../../src/model/placement.ts";
import { metricValue } from "../../../src/model/metric_value.ts";
import type { Trial } from "../../../src/model/trial.ts";
import { formatAmount } from "../../../src/units/format_quantity.ts";
import { median, type Pair, pairedRatio } from "../../../src/stats/mod.ts";
import type { Target } from "../verdict.ts";
import type { ToolComparison } from "./comparisons.ts";

/** What a run found of one row. */
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
  if (!isSure({ confidence }) || keeps(low) !== keeps(high)) return "cannot tell";
  return keeps(low) ? "met" : "missed";
}

/** Whether an interval has the confidence that its column's heading promises. */
export const isSure = ({ confidence }: { readonly confidence: number }) =>
  confidence >= 0.95 - 1e-9;

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
    "their order-statistic interval; where there are too few pairs for 95 % no interval is printed. Suite and tool are medians of their own; " +
    "where their quotient lies outside the pairs' interval, as on a machine that drifts, they are left out. A round trip is there and back, " +
    "never halved. A goal is met or missed only where the whole interval is on one side of it; a tool that is absent is no pass.",
    "",
    ...table,
    "",
    "## Each cell against the best tool",
    "",
    ...judgeCells(run.rows),
    "",
    ...(remarks.length === 0 ? [] : ["## Seen along the way", "", ...remarks, ""]),
  ].join("\n");
}

/** A line per cell: the tool that is best beside it, and what becomes of the goal there. */
function judgeCells(rows: readonly ToolRow[]): readonly string[] {
  const byCell = new Map<string, ToolRow[]>();
  for (const row of rows) {
    const name = cellName(row.comparison);
    byCell.set(name, [...byCell.get(name) ?? [], row]);
  }
  return [...byCell].map(([name, all]) => {
    const [{ comparison: { target } }] = all as [ToolRow];
    const compared = all.filter(({ pairs, reason }) => reason === undefined && pairs.length > 0)
      .map((row) => {
        const ratio = pairedRatio(row.pairs);
        return { row, ratio, verdict: judgeGoal(ratio, target) };
      });
    if (compared.length === 0) return `- \`${name}\`: not compared, as no tool could be run.`;
    const isLower = target.must === "be at most";
    const verdict = (["missed", "cannot tell"] as const).find((one) =>
      compared.some((row) =>
        row.verdict === one
      )
    ) ?? "met";
    // A tool that seems better still, of which its own row cannot tell, decides nothing.
    const byRatio = compared.toSorted((a, b) =>
      isLower ? b.ratio.estimate - a.ratio.estimate : a.ratio.estimate - b.ratio.estimate
    );
    const deciding = byRatio.filter((row) => row.verdict === verdict);
    const worst = deciding[0]!;
    const which = worst === byRatio[0]
      ? `${compared.length}`
      : `the ${deciding.length} of ${compared.length} that decide`;
    return `- \`${name}\`: ${
      worst.ratio.estimate.toFixed(3)
    } of \`${worst.row.comparison.tool}\`, the best of ${which} (goal ${
      formatTarget(target)
    }): ${verdict}.`;
  });
}

function formatTarget({ must, value }: Target): string {
  return `${must === "be at most" ? "≤" : "≥"} ${value.toFixed(2)}`;
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
  const goal = formatTarget(target);
  const head = [`\`${cellName(comparison)}\``, `\`${tool}\``, figure];
  if (reason !== undefined || pairs.length === 0) {
    const why = reason ?? "no round had both";
    return [...head, "–", "–", "–", "–", "0", goal, `not comparable: ${why}`];
  }
  const ratio = pairedRatio(pairs);
  const medians = [0, 1].map((side) => median(pairs.map((pair) => pair[side]!)));
  const quotient = medians[0]! / medians[1]!;
  const agrees = !isSure(ratio) || quotient >= ratio.low && quotient <= ratio.high;
  const fixed = (value: number) => value.toFixed(3);
  return [
    ...head,
    ...medians.map((value) => agrees ? formatAmount(value, unit) : "–"),
    fixed(ratio.estimate),
    isSure(ratio) ? `[${fixed(ratio.low)}, ${fixed(ratio.high)}]` : "– (too few pairs)",
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
