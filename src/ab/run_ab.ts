/**
 * Runs an A/B job: two subjects, each in agent processes of its own, measured in interleaved pairs.
 *
 * On a machine that changes speed within a second only neighbours in time can be compared. So a pair is one trial of each side, one
 * right after the other, in random order; a round is one pair of every case. Agents are replaced every few rounds, since what a process
 * happens to be (memory layout, compiled code) would otherwise count as a difference between the subjects.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { pairedRatio } from "../stats/mod.ts";
import type { Case, PeerKind } from "../plan/case.ts";
import type { Plan } from "../plan/plan.ts";
import { rehearsals } from "../plan/plan_cases.ts";
import { metricValue } from "../record/metric_value.ts";
import { type Environment, type RunRecord, SCHEMA_VERSION, type Trial } from "../record/trial.ts";
import { orderRound } from "../run/order.ts";
import type { TrialOutcome } from "../run/run_trial.ts";
import { createPrng } from "../stats/mod.ts";
import { type AgentLink, openAgent } from "./agent_link.ts";
import type { PreparedSubject } from "./prepare_subject.ts";
import type { Slowdown } from "./slowed_transport.ts";

/** Rounds that one pair of agents measures before fresh ones take over. */
export const ROUNDS_PER_AGENT = 10;

/** Warm-up of a trial of a pair, in nanoseconds: short, as the pair must stay within one speed of the machine. */
const PAIR_WARMUP_NS = 2e6;
/** Measured interval of a trial of a pair, in nanoseconds. */
const PAIR_MEASURE_NS = 10e6;
/** Measured interval of the discarded first trials of an agent, in nanoseconds: long enough for the compiler to have done its work. */
const REHEARSAL_NS = 60e6;

/** The two sides of a comparison. */
export type Side = "base" | "head";

/** What an A/B job needs. */
export interface AbOptions {
  /** The subjects. */
  readonly subjects: Readonly<Record<Side, PreparedSubject>>;
  /** Pairs of each case at least. */
  readonly pairs: number;
  /** Pairs are added until each case's interval is at most this wide on either side, as a share (0.02 is ±2 %); absent: none are. */
  readonly precision?: number;
  /** Adding pairs ends when the job has taken this long, in nanoseconds. */
  readonly budgetNs: number;
  /** Who serves within an agent. */
  readonly peer: PeerKind;
  /** Seed of the order of cases and of sides. */
  readonly seed: number | string;
  /** The driver's clock. */
  readonly clock: Clock;
  /** Private directory for socket files; the caller owns and removes it. */
  readonly directory: string;
  /** Written into both records; the version of Deno is that of each side. */
  readonly environment: Environment;
  /** The command that repeats this job. */
  readonly command: string;
  /** ISO 8601 start time, UTC. */
  readonly startedAt: string;
  /** A slowdown to inject into the head: a job whose answer is known. */
  readonly slowdown?: Slowdown;
  /** Ends the job after the pair under way; the records are then partial. */
  readonly signal?: AbortSignal;
  /** Called after each round, between trials. */
  onRound?(event: AbEvent): void;
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

/** Both sides of an A/B job: trials of the same case and round are a pair. */
export type AbRecords = Readonly<Record<Side, RunRecord>>;

/**
 * Measures every case of the plan for both subjects.
 *
 * @throws {AgentError} when an agent cannot start, dies, hangs or talks nonsense.
 */
export async function runAb(plan: Plan, options: AbOptions): Promise<AbRecords> {
  const job = new AbJob(plan, options);
  await job.measure();
  return job.records();
}

class AbJob {
  readonly #plan: Plan;
  readonly #cases: readonly Case[];
  readonly #options: AbOptions;
  readonly #trials: Record<Side, Trial[]> = { base: [], head: [] };
  readonly #versions: Record<Side, string> = { base: "", head: "" };
  readonly #startNs: number;
  #rounds = 0;
  #finished = false;

  constructor(plan: Plan, options: AbOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#cases = plan.cases.map(shorten);
    this.#startNs = options.clock.nowNs();
  }

  async measure(): Promise<void> {
    const prng = createPrng(this.#options.seed);
    while (!this.#aborted && !this.#isEnough()) {
      const order: Side[] = prng.nextInt(2) === 0 ? ["base", "head"] : ["head", "base"];
      await using first = await this.#openAgent(order[0]!);
      await using second = await this.#openAgent(order[1]!);
      const agents = { [order[0]!]: first, [order[1]!]: second } as Record<Side, AgentLink>;
      await rehearse(this.#cases, [first, second], () => this.#aborted);
      for (let k = 0; k < ROUNDS_PER_AGENT && !this.#aborted && !this.#isEnough(); k++) {
        const cases = orderRound(this.#cases, this.#plan.scenarios, prng);
        const done = await this.#round(cases, agents, () => prng.nextInt(2) === 0);
        if (!done) return;
      }
    }
    this.#finished = !this.#aborted;
  }

  records(): AbRecords {
    return { base: this.#record("base"), head: this.#record("head") };
  }

  get #aborted(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  get #elapsedNs(): number {
    return this.#options.clock.nowNs() - this.#startNs;
  }

  /** One pair of every case. False when the job was interrupted in the middle. */
  async #round(
    cases: readonly Case[],
    agents: Readonly<Record<Side, AgentLink>>,
    baseFirst: () => boolean,
  ): Promise<boolean> {
    const round = this.#rounds + 1;
    for (const [index, c] of cases.entries()) {
      const sides: Side[] = baseFirst() ? ["base", "head"] : ["head", "base"];
      const outcomes: Partial<Record<Side, TrialOutcome>> = {};
      const startedNs = this.#elapsedNs;
      for (const side of sides) outcomes[side] = await agents[side].trial(c);
      if (this.#aborted) return false;
      for (const side of sides) {
        const order = 2 * index + sides.indexOf(side);
        this.#trials[side].push({ ...outcomes[side]!, round, order, startedNs });
      }
    }
    this.#rounds = round;
    const { pairs, onRound } = this.#options;
    const widest = round >= pairs ? this.#widest() : undefined;
    onRound?.({
      round,
      rounds: pairs,
      elapsedNs: this.#elapsedNs,
      ...(widest !== undefined && { widest }),
    });
    return true;
  }

  /** On interval width and time only, never on a p-value: stopping when it looks significant would be significant too often. */
  #isEnough(): boolean {
    const { pairs, precision, budgetNs } = this.#options;
    if (this.#rounds < pairs) return false;
    if (precision === undefined || this.#elapsedNs >= budgetNs) return true;
    return this.#widest() <= precision;
  }

  /** The widest side of any case's interval of its headline metric's ratio, as a share. */
  #widest(): number {
    const headline = new Map(this.#plan.scenarios.map((s) => [s.id, s.metrics[0]!]));
    let widest = 0;
    for (const c of this.#cases) {
      const metric = headline.get(c.scenario)!;
      const pairs = this.#pairsOf(c.id, metric);
      if (pairs.length === 0) continue;
      const { logLow, logHigh, logEstimate } = pairedRatio(pairs);
      widest = Math.max(widest, logHigh - logEstimate, logEstimate - logLow);
    }
    return Math.expm1(widest);
  }

  #pairsOf(caseId: string, metric: string): [number, number][] {
    const values = (side: Side) =>
      new Map(
        this.#trials[side]
          .filter((trial) => trial.case === caseId)
          .map((trial) => [trial.round, metricValue(trial, metric)]),
      );
    const base = values("base");
    return [...values("head")].flatMap(([round, head]) => {
      const other = base.get(round);
      const isPair = head !== undefined && other !== undefined && head > 0 && other > 0;
      return isPair ? [[head, other] as [number, number]] : [];
    });
  }

  async #openAgent(side: Side): Promise<AgentLink> {
    const { subjects, peer, directory, slowdown } = this.#options;
    const subject = subjects[side];
    const agent = await openAgent(side, subject, {
      modules: subject.modules,
      peer,
      directory,
      // The base gets the same wrapper without the burning, so that the wrapper's own cost is on both sides.
      ...(slowdown !== undefined && {
        slowdown: side === "head" ? slowdown : { ...slowdown, share: 0 },
      }),
    });
    this.#versions[side] = agent.deno;
    return agent;
  }

  #record(side: Side): RunRecord {
    const { environment, startedAt, command, peer, subjects } = this.#options;
    const { settings, scenarios, metrics, skipped, estimateNs } = this.#plan;
    return {
      schemaVersion: SCHEMA_VERSION,
      startedAt,
      durationNs: this.#elapsedNs,
      estimateNs,
      partial: !this.#finished,
      environment: {
        ...environment,
        versions: {
          ...environment.versions,
          deno: this.#versions[side],
          subject: subjects[side].label,
        },
      },
      settings: {
        profile: settings.profile,
        rounds: Math.max(1, this.#rounds),
        seed: settings.seed,
        peer,
        command,
      },
      scenarios,
      metrics,
      cases: this.#cases,
      skipped,
      trials: this.#trials[side].filter((trial) => trial.round <= this.#rounds),
    };
  }
}

async function rehearse(
  cases: readonly Case[],
  agents: readonly AgentLink[],
  isAborted: () => boolean,
): Promise<void> {
  for (const c of rehearsals(cases)) {
    const longer: Case = { ...c, budget: { ...c.budget, measureNs: REHEARSAL_NS } };
    for (const agent of agents) {
      if (isAborted()) return;
      await agent.trial(longer);
    }
  }
}

/** A case with trials as short as pairs want them. */
function shorten(c: Case): Case {
  const budget = { ...c.budget, warmupNs: PAIR_WARMUP_NS, measureNs: PAIR_MEASURE_NS };
  const savedNs = c.budget.warmupNs + c.budget.measureNs - PAIR_WARMUP_NS - PAIR_MEASURE_NS;
  return {
    ...c,
    budget,
    expectedNs: Math.max(c.expectedNs - savedNs, PAIR_WARMUP_NS + PAIR_MEASURE_NS),
  };
}
