/**
 * Jobs put together from measured pairs: whole rounds drawn in blocks, and single cells swapped in from another series.
 *
 * @module
 */

import { confirm, flagged } from "../../../src/gate/confirm.ts";
import { compareRecords } from "../../../src/compare/compare_records.ts";
import type { Policy } from "../../../src/gate/gate_policy.ts";
import type { GateResult } from "../../../src/gate/gate_result.ts";
import { judge } from "../../../src/gate/judge.ts";
import type { AbRecords } from "../../../src/ab/ab_options.ts";
import type { RunRecord } from "../../../src/model/run_record.ts";
import type { Trial } from "../../../src/model/trial.ts";
import type { Prng } from "../../../src/stats/mod.ts";

/** Keeps of each scenario only the metrics that gate, so that nothing else is computed thousands of times. */
export function withMetrics(
  { base, head }: AbRecords,
  keep: (metric: string) => boolean,
): AbRecords {
  const narrow = (record: RunRecord): RunRecord => ({
    ...record,
    scenarios: record.scenarios.map((spec) => ({
      ...spec,
      metrics: spec.metrics.filter((metric, index) => index === 0 || keep(metric)),
    })),
  });
  return { base: narrow(base), head: narrow(head) };
}

/** Rounds of a job in the blocks that one pair of agents measured. */
export function blocksOf({ trials }: RunRecord): number[][] {
  const blocks = Map.groupBy(trials, ({ generation }) => generation);
  return [...blocks.values()].map((own) => [...new Set(own.map(({ round }) => round))]);
}

/**
 * Draws a job of `pairs` pairs from a series, in whole blocks with replacement (Künsch 1989: what is correlated within a block stays so),
 * all cells of a round together.
 */
export function resampleJob(series: readonly AbRecords[], pairs: number, prng: Prng): AbRecords {
  const blocks = series.flatMap((job) => blocksOf(job.base).map((rounds) => ({ job, rounds })));
  const drawn: Record<"base" | "head", Trial[]> = { base: [], head: [] };
  let [round, generation] = [0, 0];
  while (round < pairs) {
    const { job, rounds } = blocks[prng.nextInt(blocks.length)]!;
    generation++;
    for (const source of rounds.slice(0, pairs - round)) {
      round++;
      for (const side of ["base", "head"] as const) {
        for (const trial of trialsOfRound(job[side], source)) {
          // A block may be drawn twice, but no two trials of a record start at the same time.
          drawn[side].push({ ...trial, round, generation, startedNs: round * 1e9 + trial.order });
        }
      }
    }
  }
  const first = series[0]!;
  const record = (side: "base" | "head"): RunRecord => ({
    ...first[side],
    settings: { ...first[side].settings, rounds: pairs },
    trials: drawn[side],
  });
  return { base: record("base"), head: record("head") };
}

const roundIndex = new WeakMap<RunRecord, Map<number, Trial[]>>();

function trialsOfRound(record: RunRecord, round: number): readonly Trial[] {
  let index = roundIndex.get(record);
  if (index === undefined) {
    index = new Map();
    for (const trial of record.trials) {
      const list = index.get(trial.round);
      if (list === undefined) index.set(trial.round, [trial]);
      else list.push(trial);
    }
    roundIndex.set(record, index);
  }
  return index.get(round) ?? [];
}

/** A job whose every cell is that of `rest`, but for one, which is that of `slowed`. Both must have the same cases and rounds enough. */
export function swapCell(rest: AbRecords, slowed: AbRecords, caseId: string): AbRecords {
  const rounds = Math.min(rest.base.settings.rounds, slowed.base.settings.rounds);
  const side = (of: RunRecord, other: RunRecord): RunRecord => ({
    ...of,
    settings: { ...of.settings, rounds },
    trials: [
      ...of.trials.filter((trial) => trial.case !== caseId),
      ...other.trials.filter((trial) => trial.case === caseId),
    ].filter((trial) => trial.round <= rounds),
  });
  return { base: side(rest.base, slowed.base), head: side(rest.head, slowed.head) };
}

/** Judges a job as `ab` does; `fresh` gives the pairs that a flagged job is confirmed on. */
export function judgeJob(first: AbRecords, fresh: () => AbRecords, policy: Policy): GateResult {
  const result = judge(compareRecords(first.base, first.head, { paired: true }), policy);
  if (flagged(result).length === 0) return result;
  const again = fresh();
  return confirm(result, compareRecords(again.base, again.head, { paired: true }), policy);
}
