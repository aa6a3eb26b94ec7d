/**
 * The self-test's report, as Markdown.
 *
 * @module
 */

import type { Slowdown } from "../../../src/ab/slowed_transport.ts";
import type { GateResult } from "../../../src/gate/gate_result.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { describeMachine } from "../../../src/model/format_fact.ts";
import type { Environment } from "../../../src/model/environment.ts";
import { quantile, wilson } from "../../../src/stats/mod.ts";
import type { GenerationSpread } from "./generation_spread.ts";

/** Events among tries. */
export interface Tally {
  /** How often it happened. */
  readonly found: number;
  /** How often it could have. */
  readonly tried: number;
  /** Cases in which a slowdown was not found, once per miss. */
  readonly missed: readonly string[];
}

/** How jobs ended in which nothing changed. */
export interface JobTally {
  /** Exit code 1. */
  readonly red: number;
  /** Exit code 3. */
  readonly cannotJudge: number;
  /** All of them. */
  readonly tried: number;
}

/** Counts jobs by exit code. */
export function countJobs(exits: readonly number[]): JobTally {
  const count = (code: number) => exits.filter((exit) => exit === code).length;
  return { red: count(1), cannotJudge: count(3), tried: exits.length };
}

/** One real A/A job. */
export interface RealJob {
  /** What the gate said. */
  readonly result: GateResult;
  /** Wall time in nanoseconds. */
  readonly tookNs: number;
  /** Pairs of each cell. */
  readonly pairs: number;
  /** Whether cells were flagged and measured again. */
  readonly confirmed: boolean;
}

/** Everything that the self-test found. */
export interface SelfTest {
  /** The cells. */
  readonly plan: Plan;
  /** The machine. */
  readonly environment: Environment;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Wall time in nanoseconds. */
  readonly tookNs: number;
  /** What repeats it. */
  readonly command: string;
  /** Pairs of a resampled and of a slowed job. */
  readonly pairs: number;
  /** Real A/A jobs. */
  readonly real: readonly RealJob[];
  /** Resampled A/A jobs, by policy. */
  readonly falseReds: Readonly<Record<string, JobTally>>;
  /** How far generations of agents are apart in the real A/A jobs. */
  readonly generations: readonly GenerationSpread[];
  /** Slowdowns found. */
  readonly powers: readonly {
    readonly slowdown: Slowdown;
    readonly policy: string;
    readonly metric?: string;
    readonly tally: Tally;
    readonly pairs: number;
    /** Slowed jobs that were measured. */
    readonly jobs: number;
  }[];
}

const POLICY_TITLES: Readonly<Record<string, string>> = {
  standard: "default (threshold 5 %, alpha 0.01)",
  tight: "`--threshold 2%`",
  tail: "`--metric headline,p99`",
};

/** Renders the report. */
export function renderSelfTest(test: SelfTest): string {
  const { plan, environment, real, falseReds, powers, pairs } = test;
  const cells = real.flatMap(({ result }) => result.cells);
  const share = (verdict: string) =>
    percent(cells.filter((cell) => cell.verdict === verdict).length / Math.max(1, cells.length));
  const times = real.map(({ tookNs }) => tookNs / 1e9);
  const offsets = cells.flatMap(({ ratio }) =>
    ratio === undefined ? [] : [Math.abs(Math.log(ratio.estimate))]
  );
  return [
    "# The gate tried against known answers",
    "",
    `${describeMachine(environment).join(" · ")} · ` +
    `${
      test.startedAt.slice(0, 16).replace("T", " ")
    } UTC · ${plan.cases.length} gated cells · took ${(test.tookNs / 60e9).toFixed(0)} min`,
    "",
    `Repeat it: \`${test.command}\``,
    "",
    "## False alarms: nothing changed",
    "",
    "| jobs | policy | red | rate of red, 95 % Wilson interval | could not judge (exit 3) |",
    "| :-- | :-- | --: | --: | --: |",
    falseAlarms(
      "real, `ab --base self --head self`",
      "standard",
      countJobs(real.map(({ result }) => result.exitCode)),
    ),
    ...Object.entries(falseReds).map(([policy, tally]) =>
      falseAlarms(`resampled, ${pairs} pairs`, policy, tally)
    ),
    "",
    `A real job took ${quantile(times, 0.5).toFixed(0)} s in the median and ${
      Math.max(...times).toFixed(0)
    } s at most, with ` +
    `${Math.min(...real.map((job) => job.pairs))} to ${
      Math.max(...real.map((job) => job.pairs))
    } pairs of each cell; ` +
    `${
      real.filter((job) => job.confirmed).length
    } of ${real.length} flagged cells and measured them again. ` +
    `Of their cells ${share("pass")} passed, ${share("inconclusive")} were inconclusive, ${
      share("improved")
    } improved. ` +
    `The median ratio of an unchanged cell was off by ${
      percent(Math.expm1(quantile(offsets, 0.5)))
    } in the median, ` +
    `${percent(Math.expm1(quantile(offsets, 0.95)))} at the 95th percentile and ${
      percent(Math.expm1(Math.max(...offsets)))
    } at most.`,
    "",
    ...generationLines(test.generations),
    "## Power: one cell slower by a known share",
    "",
    "| injected | policy | pairs | found | power, 95 % Wilson interval |",
    "| :-- | :-- | --: | --: | --: |",
    ...powers.map(({ slowdown, policy, tally: { found, tried }, pairs }) =>
      `| ${nameOf(slowdown)} | ${POLICY_TITLES[policy]} | ${pairs} | ${found} of ${tried} | ${
        rate(found, tried)
      } |`
    ),
    "",
    ...missesOf(powers),
    "## How it was done",
    "",
    "- Real A/A jobs are whole gates: interleaved pairs, agents replaced every 10 rounds, pairs added until the intervals are within half the " +
    "threshold or the budget is spent, flagged cells confirmed on fresh pairs.",
    "- Resampled jobs draw blocks of 10 rounds (one pair of agents each) with replacement from the real jobs' pairs, all cells of a round " +
    "together, for the first phase and again for the confirmation.",
    `- Wilson intervals count every draw as independent, which it is not: all resampled jobs come from ${real.length} real ones, and ` +
    `the slowed cells from ${
      [...new Set(powers.map(({ jobs }) => jobs))].join(" or ")
    } slowed jobs of each size, set among cells of the same ${real.length}. What these jobs happened to have in common is ` +
    "not in the intervals. A draw and its confirmation come from the same blocks and may share some, so that a false alarm is confirmed a " +
    "little too often.",
    "- Slowed jobs burn a share of each operation's own time in the head's transport; the base runs the same wrapper without burning, " +
    "so that the wrapper's cost is on both sides. For power each slowed cell is set alone among the cells of a resampled A/A job, and is " +
    "confirmed on the pairs of another slowed job.",
    "- In p99 alone: burned only in about the slowest 5 of 100 operations, which moves p99 and leaves the median.",
    "- One-way TCP is not among the cells. Its throughput is no known answer, as it does not follow the sender's own time, and on one event loop " +
    "a connection falls into one of two regimes (64 KiB writes: 3.4 or 5.5 GB/s), so that pairs differ by 10 to 40 %.",
    "",
    `Cells: ${plan.cases.map(({ id }) => `\`${id}\``).join(", ")}.`,
    "",
  ].join("\n");
}

function falseAlarms(name: string, policy: string, { red, cannotJudge, tried }: JobTally): string {
  return `| ${name} | ${POLICY_TITLES[policy]} | ${red} of ${tried} | ${rate(red, tried)} | ` +
    `${cannotJudge} of ${tried} |`;
}

/** Whether what a process happens to be counts. */
function generationLines(spreads: readonly GenerationSpread[]): readonly string[] {
  const factors = spreads.filter(({ expected }) => expected > 0)
    .map(({ between, expected }) => between / expected);
  if (factors.length === 0) return [];
  const times = (factor: number) => `${factor.toFixed(2)} times`;
  return [
    "## Between generations of agents",
    "",
    `Every 10 rounds fresh agents take over. The median ratios of such blocks, nothing changed, differ ${
      times(quantile(factors, 0.5))
    } as much as 10 independent pairs of the cell's own pair-to-pair deviation would (1.2533 · MAD / √10) in the median of the cells, and ${
      times(Math.max(...factors))
    } at most. Above 1, what a process happens to be counts beside the scatter of its pairs, and more pairs of the same agents do not ` +
    "average it away.",
    "",
    "| cell | blocks | pair to pair | between blocks | expected | factor |",
    "| :-- | --: | --: | --: | --: | --: |",
    ...spreads.map(({ case: id, metric, blocks, pairToPair, between, expected }) =>
      `| \`${id}\` ${metric} | ${blocks} | ${fine(pairToPair)} | ${fine(between)} | ${
        fine(expected)
      } | ${expected > 0 ? (between / expected).toFixed(2) : "–"} |`
    ),
    "",
  ];
}

function fine(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function missesOf(powers: SelfTest["powers"]): string[] {
  const lines = powers.flatMap(({ slowdown, policy, tally: { missed } }) => {
    if (missed.length === 0 || missed.length > 24) return [];
    const counts = new Map<string, number>();
    for (const id of missed) counts.set(id, (counts.get(id) ?? 0) + 1);
    const list = [...counts].map(([id, count]) => `\`${id}\` (${count})`).join(", ");
    return [`- Missed at ${nameOf(slowdown)}, ${POLICY_TITLES[policy]}: ${list}.`];
  });
  return lines.length === 0 ? [] : [...lines, ""];
}

function nameOf({ share, where }: Slowdown): string {
  return where === "all" ? `+${percent(share)}` : `+${percent(share)} in p99 alone`;
}

function rate(found: number, tried: number): string {
  const { low, high } = wilson(found, tried);
  return `${percent(found / tried)} [${percent(low)}, ${percent(high)}]`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
}
