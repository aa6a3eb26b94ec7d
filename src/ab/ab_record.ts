// The record of one side of an A/B job.

import { withGenerationMetrics } from "../compare/pooled_values.ts";
import { withFacts } from "../model/environment.ts";
import { makeFact } from "../model/fact_rows.ts";
import { type RunRecord, SCHEMA_MINOR, SCHEMA_VERSION } from "../model/run_record.ts";
import type { PlannedCases } from "../plan/plan.ts";
import type { AbOptions, JobPlan, PlanPart } from "./ab_options.ts";
import type { CallCounts } from "./count_calls.ts";
import { type PairedTrials, type Side, sidesOf } from "./paired_trials.ts";
import { estimateAbNs, shortenCase } from "./pair_trial.ts";
import { type Wires, withWire } from "../run/wires.ts";

/** What a job has found so far. */
export interface AbFound {
  /** The job's id. */
  readonly runId: string;
  /** The trials of all sides. */
  readonly trials: PairedTrials;
  /** Versions that the agents of each side stated. */
  readonly versions: Readonly<Record<Side, Readonly<Record<string, string>>>>;
  /** What was in force on the sockets of each side. */
  readonly wires: Readonly<Record<Side, Wires>>;
  /** Counts of system calls; absent: none were asked for. */
  readonly calls?: CallCounts;
  /** Complete rounds. */
  readonly rounds: number;
  /** Of them those that measured every case. */
  readonly wholeRounds: number;
  /** Whether the job came to its end. */
  readonly isFinished: boolean;
  /** How long it took, in nanoseconds. */
  readonly durationNs: number;
}

/** Versions of the Deno that drives. */
const DRIVERS_OWN = ["deno", "typescript", "v8"];

const NOTHING: PlanPart = { cases: [], scenarios: [], metrics: [] };

/** Builds the record of a side, with the cases as that side itself defines them. */
export function buildAbRecord(
  side: Side,
  plan: JobPlan,
  options: AbOptions,
  found: AbFound,
): RunRecord {
  const { environment, startedAt, command, peer, subjects } = options;
  const { scenarios, metrics, skipped, cases } = definitions(side, plan, options);
  const unshared = unsharedOf(side, options);
  return {
    schemaVersion: SCHEMA_VERSION,
    minor: SCHEMA_MINOR,
    runId: found.runId,
    startedAt,
    durationNs: found.durationNs,
    estimateNs: estimateAbNs(plan, options, sidesOf(subjects).length),
    partial: !found.isFinished,
    environment: withFacts(environment, [
      // The driver's own are none of a subject's on another runtime.
      ...(subjects[side]!.runtime === "deno" ? [] : DRIVERS_OWN.map((id) => makeFact(id, null))),
      ...Object.entries(found.versions[side]!).map(([id, version]) => makeFact(id, version)),
      makeFact("subject", subjects[side]!.label),
    ]),
    settings: {
      profile: plan.settings.profile,
      rounds: Math.max(1, found.rounds),
      ...(found.wholeRounds < found.rounds && { wholeRounds: found.wholeRounds }),
      seed: plan.settings.seed,
      peer,
      command,
    },
    scenarios: byId([...scenarios, ...unshared.scenarios]),
    metrics: byId([...metrics, ...unshared.metrics, ...withGenerationMetrics([])]),
    cases: [...cases, ...unshared.cases],
    skipped: [...skipped, ...found.trials.givenUp(side), ...found.calls?.skipped(side) ?? []],
    trials: (found.calls?.addTo(side, found.trials.trials[side]!) ?? found.trials.trials[side]!)
      .map((trial) => withWire(trial, found.wires[side]!.get(trial.case))),
  };
}

function definitions(side: Side, plan: JobPlan, { ofBase, ofHeads }: AbOptions): PlannedCases {
  const own = (side === "base" ? ofBase : ofHeads?.[side]) ?? plan;
  return { ...own, cases: own.cases.map(shortenCase) };
}

/** Of base what it alone has is only listed, so that its trials are not shortened. */
function unsharedOf(side: Side, { unshared }: AbOptions): PlanPart {
  if (unshared === undefined) return NOTHING;
  const own = unshared[side] ?? NOTHING;
  return side === "base" ? own : { ...own, cases: own.cases.map(shortenCase) };
}

/** The first of each id. */
export function byId<T extends { readonly id: string }>(items: readonly T[]): T[] {
  const known = new Set<string>();
  return items.filter(({ id }) => !known.has(id) && known.add(id));
}
