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
import type { Case } from "../model/case.ts";
import type { PeerKind } from "../model/placement.ts";
import type { Plan } from "../plan/plan.ts";
import type { Environment } from "../model/environment.ts";
import { type RunRecord, SCHEMA_VERSION } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";
import { orderRound } from "../run/order.ts";
import { createPrng, type Prng } from "../stats/mod.ts";
import { AgentError, type AgentLink, openAgent } from "./agent_link.ts";
import { PairedTrials, type Side } from "./paired_trials.ts";
import { estimateAbNs, rehearsalCases, ROUNDS_PER_AGENT, shortenCase } from "./pair_trial.ts";
import type { OnMade, PreparedSubject } from "./prepare_subject.ts";
import type { Slowdown } from "./slowed_transport.ts";

export type { Side } from "./paired_trials.ts";
export { ROUNDS_PER_AGENT } from "./pair_trial.ts";

/** The part of a plan that says what can be measured. */
export type PlanPart = Pick<Plan, "cases" | "scenarios" | "metrics">;

/** A plan's cases as one side defines them, and what that side left out. */
export type SidePlan = PlanPart & Pick<Plan, "skipped">;

/** What an A/B job needs. */
export interface AbOptions {
  /** The subjects. */
  readonly subjects: Readonly<Record<Side, PreparedSubject>>;
  /** Pairs of each case at least. */
  readonly pairs: number;
  /** Pairs are added until each case's interval is at most this wide on either side, as a share (0.02 is ±2 %); absent: none are. */
  readonly precision?: number;
  /** Metrics whose intervals `precision` is about, by scenario id; absent: the first of each scenario. */
  readonly watched?: ReadonlyMap<string, readonly string[]>;
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
  /** Written into both records; the versions are those of each side. */
  readonly environment: Environment;
  /** The command that repeats this job. */
  readonly command: string;
  /** ISO 8601 start time, UTC. */
  readonly startedAt: string;
  /** A slowdown to inject into the head: a job whose answer is known. */
  readonly slowdown?: Slowdown;
  /**
   * What one side alone has. Of head it is measured, unpaired, so that limits on new cases can be judged; of base it is only listed in the
   * record, so that the judge can call it missing. Absent: nothing.
   */
  readonly unshared?: Readonly<Record<Side, PlanPart>>;
  /**
   * The plan's cases as base itself defines them, for its record: where head has changed what is measured, which metrics there are or
   * which direction is better, the judge must see that. Absent: as the plan defines them.
   */
  readonly ofBase?: SidePlan;
  /** Told how to end each agent at once, for whoever cannot wait for the pair under way. */
  readonly onMade?: OnMade;
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

const NOTHING: PlanPart = { cases: [], scenarios: [], metrics: [] };

class AbJob {
  readonly #plan: Plan;
  readonly #cases: readonly Case[];
  readonly #unshared: Readonly<Record<Side, PlanPart>>;
  readonly #options: AbOptions;
  readonly #found: PairedTrials;
  readonly #versions: Record<Side, AgentLink["versions"]> = { base: {}, head: {} };
  readonly #startNs: number;
  #rounds = 0;
  #finished = false;

  constructor(plan: Plan, options: AbOptions) {
    this.#plan = plan;
    this.#options = options;
    const { base, head } = options.unshared ?? { base: NOTHING, head: NOTHING };
    this.#unshared = { base, head: { ...head, cases: head.cases.map(shortenCase) } };
    this.#cases = plan.cases.map(shortenCase);
    this.#found = new PairedTrials(
      options.watched ?? new Map(plan.scenarios.map((s) => [s.id, [s.metrics[0]!]])),
    );
    this.#startNs = options.clock.nowNs();
  }

  async measure(): Promise<void> {
    const prng = createPrng(this.#options.seed);
    while (this.#isWanted()) {
      try {
        if (!await this.#generation(prng)) return;
      } catch (error) {
        // Ctrl-C reaches agents too, and one that has not started yet dies of it: that is the interruption, not a failure.
        if (error instanceof AgentError && this.#aborted) return;
        throw error;
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

  /** The rounds of one pair of agents. False when the job was interrupted in the middle. */
  async #generation(prng: Prng): Promise<boolean> {
    const [one, other]: Side[] = prng.nextInt(2) === 0 ? ["base", "head"] : ["head", "base"];
    await using first = await this.#openAgent(one!);
    await using second = await this.#openAgent(other!);
    const agents = { [one!]: first, [other!]: second } as Record<Side, AgentLink>;
    for (const c of rehearsalCases(this.#cases)) {
      for (const agent of [first, second]) {
        if (this.#aborted) return false;
        await agent.trial(c);
      }
    }
    for (const c of rehearsalCases(this.#unshared.head.cases)) await agents.head.trial(c);
    for (let k = 0; k < ROUNDS_PER_AGENT && this.#isWanted(); k++) {
      if (!await this.#round(agents, prng)) return false;
    }
    return true;
  }

  /** One pair of every case. False when the job was interrupted in the middle. */
  async #round(agents: Readonly<Record<Side, AgentLink>>, prng: Prng): Promise<boolean> {
    const round = this.#rounds + 1;
    const isOurs = (c: Case) => !this.#found.isGivenUp(c.id);
    const shared = orderRound(this.#cases.filter(isOurs), this.#plan.scenarios, prng);
    const cases = [
      ...shared.map((c) => ({ c, sides: prng.nextInt(2) === 0 ? BASE_FIRST : HEAD_FIRST })),
      ...this.#unshared.head.cases.filter(isOurs).map((c) => ({ c, sides: HEAD_ONLY })),
    ];
    for (const [index, { c, sides }] of cases.entries()) {
      const startedNs = this.#elapsedNs;
      const trials: Partial<Record<Side, Trial>> = {};
      for (const [place, side] of sides.entries()) {
        const outcome = await agents[side].trial(c);
        trials[side] = { ...outcome, round, order: 2 * index + place, startedNs };
      }
      if (this.#aborted) return false;
      this.#found.add(c, trials);
    }
    this.#rounds = round;
    this.#tell();
    return true;
  }

  #tell(): void {
    const { pairs, onRound } = this.#options;
    onRound?.({
      round: this.#rounds,
      rounds: pairs,
      elapsedNs: this.#elapsedNs,
      ...(this.#rounds >= pairs && { widest: this.#found.widest() }),
    });
  }

  /** On interval width and time only, never on a p-value: stopping when it looks significant would be significant too often. */
  #isWanted(): boolean {
    const { pairs, precision, budgetNs } = this.#options;
    const measured = [...this.#cases, ...this.#unshared.head.cases];
    if (this.#aborted || measured.every((c) => this.#found.isGivenUp(c.id))) return false;
    if (this.#rounds < pairs) return true;
    if (precision === undefined || this.#elapsedNs >= budgetNs) return false;
    return this.#found.widest() > precision;
  }

  async #openAgent(side: Side): Promise<AgentLink> {
    const { subjects, peer, directory, slowdown, onMade } = this.#options;
    const subject = subjects[side];
    const agent = await openAgent(side, subject, {
      modules: subject.modules,
      peer,
      directory,
      // The base gets the same wrapper without the burning, so that the wrapper's own cost is on both sides.
      ...(slowdown !== undefined && {
        slowdown: side === "head" ? slowdown : { ...slowdown, share: 0 },
      }),
    }, onMade === undefined ? {} : { onMade });
    this.#versions[side] = agent.versions;
    return agent;
  }

  /** What was measured, as the side itself defines it. */
  #definitions(side: Side): SidePlan {
    const { ofBase } = this.#options;
    return side === "head" || ofBase === undefined
      ? { ...this.#plan, cases: this.#cases }
      : { ...ofBase, cases: ofBase.cases.map(shortenCase) };
  }

  #record(side: Side): RunRecord {
    const { environment, startedAt, command, peer, subjects, pairs } = this.#options;
    const { settings } = this.#plan;
    const { scenarios, metrics, skipped, cases } = this.#definitions(side);
    const unshared = this.#unshared[side];
    return {
      schemaVersion: SCHEMA_VERSION,
      startedAt,
      durationNs: this.#elapsedNs,
      estimateNs: estimateAbNs(this.#plan, pairs),
      partial: !this.#finished,
      environment: {
        ...environment,
        versions: {
          ...environment.versions,
          ...this.#versions[side],
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
      scenarios: byId([...scenarios, ...unshared.scenarios]),
      metrics: byId([...metrics, ...unshared.metrics]),
      cases: [...cases, ...unshared.cases],
      skipped: [...skipped, ...this.#found.givenUp(side)],
      trials: this.#found.trials[side].filter((trial) => trial.round <= this.#rounds),
    };
  }
}

const BASE_FIRST: readonly Side[] = ["base", "head"];
const HEAD_FIRST: readonly Side[] = ["head", "base"];
const HEAD_ONLY: readonly Side[] = ["head"];

/** The first of each id. */
function byId<T extends { readonly id: string }>(items: readonly T[]): T[] {
  const known = new Set<string>();
  return items.filter(({ id }) => !known.has(id) && known.add(id));
}
