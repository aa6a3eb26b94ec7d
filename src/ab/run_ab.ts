// Runs an A/B job: two subjects or more, each in agent processes of its own, measured in interleaved pairs.
//
// On a machine that changes speed within a second only neighbours in time can be compared. So a pair is one trial of each side, one
// right after the other, in random order; several heads share that of base. A round is one pair of every case. Agents are replaced every
// few rounds, since what a process happens to be (memory layout, compiled code) would otherwise count as a difference between the
// subjects: the generation is the unit.

import { createCatalog } from "../catalog.ts";
import type { ValuePair } from "../compare/effect.ts";
import type { Case } from "../model/case.ts";
import { metricValue } from "../model/metric_value.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";
import { createRunId } from "../run/run_id.ts";
import { orderRound } from "../run/order.ts";
import type { TrialOutcome } from "../run/run_trial.ts";
import { warmUp } from "../run/warm_up.ts";
import { createPrng, type Prng } from "../stats/mod.ts";
import type { AbOptions, AbRecords, JobPlan, PlanPart } from "./ab_options.ts";
import { buildAbRecord } from "./ab_record.ts";
import { AgentError, type AgentLink } from "./agent_link.ts";
import { AgentPair, lostTrial } from "./agent_pair.ts";
import { CaseSides } from "./case_sides.ts";
import { type CallCounts, countCalls } from "./count_calls.ts";
import { type Head, headsOf, PairedTrials, type Side } from "./paired_trials.ts";
import { AGENT_WARM_UP_NS, roundsPerGeneration } from "./pair_trial.ts";
import { canReadWires, type Wire } from "../run/wires.ts";

/** Thrown when agents are lost again and again; what was measured before is kept. */
export class LostAgentsError extends AgentError {
  /**
   * Makes the error of the last loss.
   *
   * @param message names the agent
   * @param records what was measured until then, partial
   */
  constructor(message: string, readonly records: AbRecords) {
    super(message);
  }
}

/** Of a user's transport it is not known here how it starts. */
const OWN_TRANSPORTS = createCatalog().transports;

/** So many lost agents are replaced; a subject that loses more of them cannot be measured. */
const MAX_LOST_AGENTS = 4;
/** Pairs are added to so many cases at a time, those with the widest intervals: of few, a generation has more pairs. */
const MAX_WIDE = 4;
/** Share of a case's rounds, and two more, in which a pair without a headline value is measured again: no subject may choose its trials. */
const REPEATED_SHARE = 0.2;

/** Measures every case for all subjects; a lost agent fails its trial, and new ones take over. Throws LostAgentsError. */
export async function runAb(plan: JobPlan, options: AbOptions): Promise<AbRecords> {
  const job = new AbJob(plan, options);
  await job.measure();
  return job.records();
}

type Versions = Record<Side, AgentLink["versions"]>;
type Records = Readonly<Record<Side, RunRecord>>;

class AbJob {
  readonly #plan: JobPlan;
  readonly #cases: CaseSides;
  readonly #options: AbOptions;
  readonly #found: PairedTrials;
  readonly #versions: Record<Side, AgentLink["versions"]>;
  readonly #headlines: ReadonlyMap<string, string>;
  readonly #startNs: number;
  readonly #runId = createRunId();
  #generation = 0;
  #agents: AgentPair | undefined;
  readonly #repeated = new Map<string, number>();
  #lost = 0;
  #readsMemory = false;
  readonly #control: Partial<Record<Head, ValuePair[]>>;
  readonly #wires: Record<Side, Map<string, Wire>>;
  #rounds = 0;
  #wholeRounds = 0;
  #calls: CallCounts | undefined;
  #finished = false;

  constructor(plan: JobPlan, options: AbOptions) {
    this.#plan = plan;
    this.#options = options;
    const heads = headsOf(options.subjects);
    this.#control = Object.fromEntries(heads.map((head) => [head, []]));
    this.#found = new PairedTrials(
      options.watched ?? new Map(plan.scenarios.map((s) => [s.id, [s.metrics[0]!]])),
      heads,
    );
    this.#cases = new CaseSides(plan, options, this.#found);
    this.#versions = Object.fromEntries(this.#cases.sides.map((side) => [side, {}])) as Versions;
    this.#wires = Object.fromEntries(
      this.#cases.sides.map((side) => [side, new Map()]),
    ) as Record<Side, Map<string, Wire>>;
    this.#headlines = findHeadlines([plan, ...this.#cases.alone.map(({ part }) => part)]);
    this.#startNs = options.clock.nowNs();
  }

  async measure(): Promise<void> {
    const prng = createPrng(this.#options.seed);
    try {
      while (this.#isWanted()) {
        try {
          if (!await this.#measureGeneration(prng)) return;
        } catch (error) {
          // Ctrl-C reaches agents too, and one that has not started yet dies of it: that is the interruption, not a failure.
          if (error instanceof AgentError && this.#aborted) return;
          this.#countLoss(error);
        }
      }
    } finally {
      await this.#closeAgents();
    }
    this.#cases.narrow();
    if (!this.#aborted && this.#options.countsCalls) {
      this.#calls = await countCalls(this.#cases, this.#options);
    }
    this.#finished = !this.#aborted;
  }

  records(): AbRecords {
    const found = {
      trials: this.#found,
      runId: this.#runId,
      versions: this.#versions,
      wires: this.#wires,
      ...(this.#calls !== undefined && { calls: this.#calls }),
      rounds: this.#rounds,
      wholeRounds: this.#wholeRounds,
      isFinished: this.#finished,
      durationNs: this.#elapsedNs,
    };
    const records = this.#cases.sides.map((side) =>
      [side, buildAbRecord(side, this.#plan, this.#options, found)] as const
    );
    return { ...Object.fromEntries(records) as Records, control: this.#control };
  }

  get #aborted(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  get #elapsedNs(): number {
    return this.#options.clock.nowNs() - this.#startNs;
  }

  /** The rounds of one pair of agents. False when the job was interrupted in the middle. */
  async #measureGeneration(prng: Prng): Promise<boolean> {
    if (!await this.#replaceAgents(prng)) return false;
    const { pairs, askedPairs, precision } = this.#options;
    const isAdding = this.#rounds >= pairs;
    const measured = isAdding ? this.#cases.shared() : this.#plan.cases;
    const rounds = roundsPerGeneration(measured, askedPairs);
    // A generation that was begun is finished: all weigh alike.
    for (let k = 1; k <= rounds; k++) {
      if (precision === undefined && this.#rounds >= pairs) break;
      // The last, as the first trials of a process make its heap grow.
      this.#readsMemory = k === rounds;
      if (!await this.#round(prng)) return false;
    }
    return true;
  }

  /** Fresh agents, with their discarded first trials behind them. False when the job was interrupted in the middle. */
  async #replaceAgents(prng: Prng): Promise<boolean> {
    await this.#closeAgents();
    const agents = await AgentPair.open(prng.shuffle(this.#cases.reversed), this.#options);
    this.#agents = agents;
    this.#generation++;
    for (const side of this.#cases.sides) this.#versions[side] = agents.versions(side);
    for (const { c, side } of this.#cases.warmUps()) await this.#warmUp(side, c);
    await this.#readWires();
    return !this.#aborted;
  }

  /** Once a job: what is in force on each subject's sockets. Of a peer that is another process it is not known which. */
  async #readWires(): Promise<void> {
    if (this.#generation > 1 || this.#options.peer !== "loop" || !canReadWires()) return;
    const sided = [
      ...this.#cases.shared().map((c) => ({ c, sides: this.#cases.sidesWith(c) })),
      ...this.#cases.unshared(),
    ];
    for (const { c, sides } of sided) {
      const longer = { ...c, budget: { ...c.budget, measureNs: AGENT_WARM_UP_NS } };
      for (const side of sides) {
        if (this.#aborted) return;
        // An agent that is lost in it is lost in its next trial as well, which counts.
        const wire = await this.#agents!.wire(side, longer).catch(unlessLost);
        if (wire !== undefined) this.#wires[side]!.set(c.id, wire);
      }
    }
  }

  async #warmUp(side: Side, c: Case): Promise<void> {
    await warmUp(
      OWN_TRANSPORTS.get(c.transport)?.coldOperations ?? 0,
      async () => this.#aborted ? undefined : await this.#agents!.trial(side, c),
    );
  }

  async #closeAgents(): Promise<void> {
    await this.#agents?.[Symbol.asyncDispose]();
    this.#agents = undefined;
  }

  /** Counts an agent that was lost. Throws what else it may be, and a {@link LostAgentsError} when it is one too many. */
  #countLoss(error: unknown): void {
    if (!(error instanceof AgentError)) throw error;
    if (++this.#lost > MAX_LOST_AGENTS) {
      const message = `${error.message}; ${this.#lost} agents were lost in this job`;
      throw new LostAgentsError(message, this.records());
    }
    this.#options.onLost?.(error.message);
  }

  /** One pair of every case. False when the job was interrupted in the middle. */
  async #round(prng: Prng): Promise<boolean> {
    const round = this.#rounds + 1;
    const shared = orderRound(this.#cases.shared(), this.#plan.scenarios, () => false, prng)
      .flatMap(({ cases }) => cases);
    const cases = [
      ...shared.map((c) => ({ c, sides: prng.shuffle(this.#cases.sidesWith(c)) })),
      ...this.#cases.unshared(),
    ];
    const pairs: [Case, Partial<Record<Side, Trial>>][] = [];
    for (const [index, { c, sides }] of cases.entries()) {
      const order = this.#cases.sides.length * index;
      pairs.push([c, await this.#pair(c, sides, { round, order }, prng)]);
      if (this.#aborted) return false;
    }
    this.#addControl(await this.#agents!.control(prng.shuffle(this.#cases.reversed)));
    for (const [c, trials] of pairs) this.#found.add(c, trials);
    this.#rounds = round;
    if (!this.#cases.isNarrowed) this.#wholeRounds++;
    this.#reportProgress();
    return true;
  }

  #addControl(found: Readonly<Partial<Record<Side, number>>>): void {
    const { base } = found;
    for (const head of headsOf(found)) {
      if (base === undefined) continue;
      this.#control[head]!.push({ base, head: found[head]!, generation: this.#generation });
    }
  }

  /** A trial of each side. On a loaded machine one may end without a value, which says nothing of its side: all are measured once more. */
  async #pair(
    c: Case,
    sides: readonly Side[],
    { round, order }: Pick<Trial, "round" | "order">,
    prng: Prng,
  ): Promise<Partial<Record<Side, Trial>>> {
    for (;;) {
      const startedNs = this.#elapsedNs;
      const trials: Partial<Record<Side, Trial>> = {};
      for (const [place, side] of sides.entries()) {
        const outcome = await this.#trial(side, c, prng);
        trials[side] = {
          ...outcome,
          round,
          order: order + place,
          generation: this.#generation,
          startedNs,
        };
      }
      const lacks = (side: Side) => this.#lacksHeadline(c, trials[side]!);
      if (!sides.some(lacks)) return trials;
      const repeated = this.#repeated.get(c.id) ?? 0;
      if (this.#aborted || repeated >= 2 + REPEATED_SHARE * round) return trials;
      this.#repeated.set(c.id, repeated + 1);
    }
  }

  #lacksHeadline({ scenario }: Case, trial: Trial): boolean {
    const headline = this.#headlines.get(scenario);
    return headline !== undefined && trial.error === undefined &&
      metricValue(trial, headline) === undefined;
  }

  /** One trial; one whose agent is lost in it has failed, and the next meets fresh agents. */
  async #trial(side: Side, c: Case, prng: Prng): Promise<TrialOutcome> {
    try {
      return await this.#agents!.trial(side, c, this.#readsMemory);
    } catch (error) {
      if (!(error instanceof AgentError) || this.#aborted) throw error;
      this.#countLoss(error);
      await this.#replaceAgents(prng);
      return lostTrial(c, error);
    }
  }

  #reportProgress(): void {
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
    const isDone = this.#cases.shared().length + this.#cases.unshared().length === 0;
    if (this.#aborted || isDone) return false;
    if (this.#rounds < pairs) return true;
    if (precision === undefined || this.#elapsedNs >= budgetNs) return false;
    const wide = [...this.#found.widths()].filter(([, width]) => width > precision)
      .sort(([, a], [, b]) => b - a).slice(0, MAX_WIDE);
    this.#cases.narrow(new Set(wide.map(([id]) => id)));
    return wide.length > 0;
  }
}

function unlessLost(error: unknown): undefined {
  if (!(error instanceof AgentError)) throw error;
}

/** By scenario id: the first metric that has a better direction. */
function findHeadlines(parts: readonly PlanPart[]): ReadonlyMap<string, string> {
  return new Map(
    parts.flatMap(({ scenarios, metrics }) =>
      scenarios.flatMap(({ id, metrics: own }): [string, string][] => {
        const isJudged = (name: string) => metrics.find((m) => m.id === name)?.better !== "neither";
        const headline = own.find(isJudged);
        return headline === undefined ? [] : [[id, headline]];
      })
    ),
  );
}
