// What an A/B job is given, reports, and hands back.

import type { ValuePair } from "../compare/effect.ts";
import type { Clock } from "../clock.ts";
import type { Environment } from "../model/environment.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { Plan, PlannedCases } from "../plan/plan.ts";
import type { AgentPairOptions } from "./agent_pair.ts";
import type { Head, Side } from "./paired_trials.ts";

/** The part of a plan that says what can be measured. */
export type PlanPart = Pick<PlannedCases, "cases" | "scenarios" | "metrics">;

/** What an A/B job measures: planned cases, and the driver's own settings. */
export type JobPlan = PlannedCases & Pick<Plan, "settings">;

/** What an A/B job needs. */
export interface AbOptions extends AgentPairOptions {
  /** Pairs of each case at least. */
  readonly pairs: number;
  /** Pairs that the user asked for: of few a generation of agents measures fewer. Absent: as many as are worth it. */
  readonly askedPairs?: number;
  /** Pairs are added until each case's interval is at most this wide on either side, as a share (0.02 is ±2 %); absent: none are. */
  readonly precision?: number;
  /** Metrics whose intervals `precision` is about, by scenario id; absent: the first of each scenario. */
  readonly watched?: ReadonlyMap<string, readonly string[]>;
  /** Whether system calls are counted when the pairs are measured; absent: they are not. */
  readonly countsCalls?: boolean;
  /** Adding pairs ends when the job has taken this long, in nanoseconds. */
  readonly budgetNs: number;
  /** Seed of the order of cases and of sides. */
  readonly seed: number | string;
  /** The driver's clock. */
  readonly clock: Clock;
  /** Written into both records; the versions are those of each side. */
  readonly environment: Environment;
  /** The command that repeats this job. */
  readonly command: string;
  /** ISO 8601 start time, UTC. */
  readonly startedAt: string;
  /** What one side alone has: of head it is measured, unpaired, for limits; of base it is listed, so that it can be missing. */
  readonly unshared?: Readonly<Record<Side, PlanPart>>;
  /** The plan's cases as base defines them, so that the judge sees what head has changed; absent: as the plan does. */
  readonly ofBase?: PlannedCases;
  /** The same of heads, where there are several: the plan has the cases of all. Absent: as the plan defines them, all of them. */
  readonly ofHeads?: Readonly<Partial<Record<Head, PlannedCases>>>;
  /** Ends the job after the pair under way; the records are then partial. */
  readonly signal?: AbortSignal;
  /** Called after each round, between trials. */
  onRound?(event: AbEvent): void;
  /** Called when an agent was lost and both are replaced: one sentence that names it. */
  onLost?(message: string): void;
}

/** What an A/B job reports while it goes on. */
export interface AbEvent {
  /** Rounds done. */
  readonly round: number;
  /** Rounds planned at least. */
  readonly rounds: number;
  /** Time since the start, in nanoseconds. */
  readonly elapsedNs: number;
  /** The widest interval of a case on either side, as a share; absent while it is not looked at. */
  readonly widest?: number;
}

/** The sides of an A/B job: trials of the same case and round in base and a head are a pair. */
export interface AbRecords extends Readonly<Record<Side, RunRecord>> {
  /** The negative control of each head: the same bare loop in its agent and in base's, in nanoseconds, a pair a round; empty: there is no FFI. */
  readonly control: Readonly<Partial<Record<Head, readonly ValuePair[]>>>;
}
