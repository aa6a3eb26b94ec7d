// Consistency: what must hold between the fields of a record.

import type { Case } from "../model/case.ts";
import { describe, formatPath } from "./record_error.ts";
import { findSparseFault, sparseLeastSum } from "../model/sparse_histogram.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";

/** Histograms that hold one sample per operation, whatever the workload. */
const PER_OPERATION = ["exchange", "connect"] as const;

/** Built-in workloads that do one operation after another: what their samples add up to fits in the measured interval. */
const SEQUENTIAL: ReadonlySet<string> = new Set([
  "ping-pong",
  "split-request",
  "connect",
  "connect-ping",
]);

/** Built-in workloads, whose intervals are read off the run's own clock; a user's may state any. */
const TIMED: ReadonlySet<string> = new Set([...SEQUENTIAL, "bulk"]);

/** Histograms whose samples do not overlap in a sequential workload. `first` is taken before the measured interval. */
const WITHIN_INTERVAL = ["exchange", "connect", "close"] as const;

/** Two processes may read the machine's clock at slightly different rates and instants. */
const TOLERANCE = 1.01;

/** 104 days: beyond it a number no longer tells one nanosecond from the next. */
const LONGEST_NS = Number.MAX_SAFE_INTEGER;

/** The first contradiction within a record, as in `trials[3].case is not among the cases: it is "x"`; `undefined`: sound. */
export function findInconsistency(record: RunRecord): string | undefined {
  return findFactFault(record) ?? findPlanInconsistency(record) ?? findTrialFaults(record) ??
    findReferenceBenchmarkFault(record);
}

/** The part of a record that its plan makes. */
type Planned = Pick<RunRecord, "scenarios" | "metrics" | "cases">;

/** The first contradiction within what a record or a plan says of its cases. */
export function findPlanInconsistency(planned: Planned): string | undefined {
  return findDuplicateIds(planned) ?? findUnknownMetrics(planned) ?? findOrphanCases(planned);
}

/** Readings follow one another within the run. */
function findReferenceBenchmarkFault({ yardstick, durationNs }: RunRecord): string | undefined {
  let beforeNs = 0;
  for (const [index, { startedNs }] of (yardstick?.readings ?? []).entries()) {
    const at = `yardstick.readings[${index}].startedNs`;
    if (startedNs < beforeNs) {
      return `${at} must be at least that of the reading before, ${beforeNs}: it is ${startedNs}`;
    }
    if (startedNs > durationNs * TOLERANCE) {
      return `${at} must be at most durationNs, ${durationNs}: it is ${startedNs}`;
    }
    beforeNs = startedNs;
  }
  return undefined;
}

/** Every list that others refer to by id. */
function findDuplicateIds(record: Planned): string | undefined {
  for (const list of ["metrics", "scenarios", "cases"] as const) {
    const seen = new Map<string, number>();
    for (const [index, { id }] of record[list].entries()) {
      const before = seen.get(id);
      if (before !== undefined) {
        return `${list}[${index}].id must be unique: ${describe(id)} is ${list}[${before}] already`;
      }
      seen.set(id, index);
    }
  }
  return undefined;
}

/** A fact that stood there twice would be two; and shares of CPU time are taken by the number of cores. */
function findFactFault(record: RunRecord): string | undefined {
  for (const end of ["environment", "peerEnvironment"] as const) {
    const facts = record[end]?.facts ?? [];
    const ids = facts.map(({ id }) => id);
    const cores = facts.findIndex(({ id }) => id === "cores");
    const value = facts[cores]?.value ?? null;
    if (value !== null && !(Number.isInteger(value) && Number(value) >= 1)) {
      return `${end}.facts[${cores}].value must be a whole number ≥ 1: it is ${describe(value)}`;
    }
    const index = ids.findIndex((id, place) => ids.indexOf(id) < place);
    if (index >= 0) {
      return `${end}.facts[${index}].id must be unique: ${describe(ids[index])} is there already`;
    }
  }
  return undefined;
}

function findUnknownMetrics({ metrics, scenarios }: Planned): string | undefined {
  const known = new Set(metrics.map(({ id }) => id));
  for (const [index, scenario] of scenarios.entries()) {
    for (const [place, id] of scenario.metrics.entries()) {
      if (!known.has(id)) {
        return unknown(["scenarios", index, "metrics", place], "metrics", id);
      }
    }
    for (const [place, { metric }] of scenario.contrasts.entries()) {
      if (!known.has(metric)) {
        return unknown(["scenarios", index, "contrasts", place, "metric"], "metrics", metric);
      }
    }
  }
  return undefined;
}

function findOrphanCases({ scenarios, cases }: Planned): string | undefined {
  const known = new Set(scenarios.map(({ id }) => id));
  const index = cases.findIndex(({ scenario }) => !known.has(scenario));
  if (index < 0) return undefined;
  return unknown(["cases", index, "scenario"], "scenarios", cases[index]!.scenario);
}

function findTrialFaults({ cases, trials, settings, durationNs }: RunRecord): string | undefined {
  const seen = new Map(cases.map((one: Case) => [one.id, noTrialsYet(one)]));
  const { rounds, wholeRounds = rounds } = settings;
  if (wholeRounds > rounds) {
    return `settings.wholeRounds must be at most settings.rounds, ${rounds}: it is ${wholeRounds}`;
  }
  for (const [index, trial] of trials.entries()) {
    const before = seen.get(trial.case);
    if (before === undefined) return unknown(["trials", index, "case"], "cases", trial.case);
    if (trial.round > rounds) {
      return `trials[${index}].round must be at most settings.rounds, ${rounds}: it is ${trial.round}`;
    }
    // What others are compared with is in several blocks of a round.
    const turn = `${trial.round} ${trial.block}`;
    const sameRound = before.rounds.get(turn);
    if (sameRound !== undefined) {
      return `trials[${index}] must be the only trial of ${describe(trial.case)} in round ` +
        `${trial.round}: trials[${sameRound}] is one too`;
    }
    // Trials follow one another: what started at the same time is one trial, counted twice.
    const sameStart = before.starts.get(trial.startedNs);
    if (sameStart !== undefined) {
      return `trials[${index}] must be the only trial of ${describe(trial.case)} that started at ` +
        `${trial.startedNs} ns: trials[${sameStart}] did too`;
    }
    before.rounds.set(turn, index);
    before.starts.set(trial.startedNs, index);
    const fault = findOwnFault(trial, ["trials", index]) ??
      findTimingFault(trial, before.workload, durationNs, ["trials", index]);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The workload of a case, and its trials by what no two of them share: index by round, and by start. */
function noTrialsYet({ workload }: Case): {
  workload: string;
  rounds: Map<string, number>;
  starts: Map<number, number>;
} {
  return { workload, rounds: new Map(), starts: new Map() };
}

/** The first contradiction within one trial, as far as it shows without its case. */
export function findOwnFault(trial: Trial, at: readonly PropertyKey[]): string | undefined {
  for (const [name, histogram] of Object.entries(trial.histograms)) {
    const fault = findSparseFault(histogram);
    if (fault !== undefined) {
      return `${formatPath([...at, "histograms", name, fault.field])} ${fault.problem}`;
    }
  }
  for (const [name, value] of Object.entries(trial.counters ?? {})) {
    // What a thread has spent only grows.
    if (value < 0 && /\.(?:wait|run)Ns$/.test(name)) {
      return `${formatPath([...at, "counters", name])} must be at least 0: it is ${value}`;
    }
  }
  return trial.error === undefined ? findCountFault(trial, at) : undefined;
}

function findCountFault({ elapsedNs, operations, histograms }: Trial, at: readonly PropertyKey[]) {
  if (!(elapsedNs > 0 && elapsedNs <= LONGEST_NS)) {
    return `${formatPath([...at, "elapsedNs"])} must be above 0 and at most ${LONGEST_NS} in a ` +
      `trial without an error: it is ${elapsedNs}`;
  }
  if (operations < 1) {
    return `${formatPath([...at, "operations"])} must be at least 1 in a trial without an error: ` +
      `it is ${operations}`;
  }
  for (const name of PER_OPERATION) {
    const count = histograms[name]?.count ?? operations;
    if (count !== operations) {
      return `${formatPath([...at, "histograms", name, "count"])} must equal operations, ` +
        `${operations}: it is ${count}`;
    }
  }
  return undefined;
}

/** What a trial says of time must fit in its own interval, and that in the run. */
function findTimingFault(
  { startedNs, elapsedNs, histograms, window, error }: Trial,
  workload: string,
  durationNs: number,
  at: readonly PropertyKey[],
): string | undefined {
  if (startedNs > durationNs * TOLERANCE) {
    return `${formatPath([...at, "startedNs"])} must be at most durationNs, ${durationNs}: ` +
      `it is ${startedNs}`;
  }
  if (error !== undefined) return undefined;
  if (SEQUENTIAL.has(workload)) {
    const sumNs = WITHIN_INTERVAL.reduce((sum, name) => {
      const histogram = histograms[name];
      return histogram === undefined ? sum : sum + sparseLeastSum(histogram);
    }, 0);
    if (sumNs > elapsedNs * TOLERANCE) {
      return `${formatPath([...at, "elapsedNs"])} must be at least the sum of the trial's ` +
        `samples, ${sumNs}: it is ${elapsedNs}`;
    }
  }
  if (!TIMED.has(workload)) return undefined;
  const intervals = [["elapsedNs"], ["window", "elapsedNs"]] as const;
  for (const [place, lengthNs] of [elapsedNs, window?.elapsedNs ?? 0].entries()) {
    if (startedNs + lengthNs > durationNs * TOLERANCE) {
      return `${formatPath([...at, ...intervals[place]!])} must end within durationNs, ` +
        `${durationNs}: it is ${lengthNs} from ${startedNs} on`;
    }
  }
  return undefined;
}

function unknown(path: readonly PropertyKey[], list: string, id: string): string {
  return `${formatPath(path)} must be among the ${list} of the record: it is ${describe(id)}`;
}
