// Runs a plan: the only step that touches sockets and clocks.

import { openPeer } from "../peer/open_peer.ts";
import type { PeerLink } from "../peer/peer_link.ts";
import type { Tracer } from "../peer/tracer.ts";
import type { Case, Skip } from "../model/case.ts";
import { ROUNDS_PER_PEER, warmUpCases } from "../plan/assemble_plan.ts";
import type { Plan } from "../plan/plan.ts";
import { findTrialFault } from "../record/codec.ts";
import { metricValue } from "../model/metric_value.ts";
import { PEERS } from "../model/placement.ts";
import { createRunId } from "./run_id.ts";
import { type RunRecord, SCHEMA_MINOR, SCHEMA_VERSION } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";
import { unlessAborted } from "./unless_aborted.ts";
import { createPrng } from "../stats/prng.ts";
import { MAX_ROUNDS } from "../plan/settings.ts";
import { isVoid } from "./interruption.ts";
import { orderRound, pauseObstacle } from "./order.ts";
import type { RunEvent, RunOptions } from "./run_options.ts";
import { widestHalfWidth } from "./precision.ts";
import { runBlock } from "./run_block.ts";
import { runTrial, type TrialOutcome, type TrialSetup } from "./run_trial.ts";
import { asksForTracing, openTracing } from "./tracing.ts";
import { coldOperations, warmUp } from "./warm_up.ts";

export type { RunEvent, RunOptions };
/** Measures a plan round by round; partial when `signal` ended it early. Throws PeerError when no peer can be started at all. */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunRecord> {
  await using tracing = await openTracing(plan, options.catalog);
  const run = new Run(tracing.plan, options, tracing.tracer);
  try {
    await run.warmUpPass();
    await run.measure();
  } catch (error) {
    // What fails once the run is to end, such as a peer that the same Ctrl-C has reached while it started, is the interruption.
    if (options.signal?.aborted !== true) throw error;
  } finally {
    await run.close();
  }
  return run.record();
}

/** A trial whose figures could not be written or read back, as those of a user's workload may be, is a failed trial. */
function faulty(outcome: TrialOutcome, fault: string): TrialOutcome {
  const { case: id, peer, settings } = outcome;
  return {
    case: id,
    peer,
    settings,
    elapsedNs: 0,
    operations: 0,
    histograms: {},
    tally: {},
    error: {
      kind: "invalid-figures",
      message: `the workload handed back what no record may hold: ${fault}`,
    },
  };
}

/** How long an adaptive run measures at least, in nanoseconds: a machine that changes its speed every second has then shown both. */
const MIN_PRECISE_NS = 15e9;
/** Peers that an adaptive run meets at least; of `loop`, as many times their rounds. */
const MIN_GENERATIONS = 8;

/** A case that fails this often in a row is given up, and said to be. */
const MAX_FAILURES = 3;
class Run {
  readonly #plan: Plan;
  readonly #options: RunOptions;
  readonly #tracer: Tracer | undefined;
  readonly #trials: Trial[] = [];
  readonly #runId = createRunId();
  #generation = 0;
  #blocks = 0;
  readonly #startNs: number;
  readonly #roundNs: number;
  #link: PeerLink | undefined;
  readonly #headlines: ReadonlyMap<string, string | undefined>;
  readonly #failures = new Map<string, number>();
  readonly #givenUp: Skip[] = [];
  #failed = 0;
  #doneNs = 0;
  #measuringNs = 0;
  #rounds = 0;
  #finished = false;

  constructor(plan: Plan, options: RunOptions, tracer?: Tracer) {
    this.#plan = plan;
    this.#tracer = tracer;
    this.#options = options;
    this.#startNs = options.clock.nowNs();
    this.#headlines = new Map(plan.scenarios.map(({ id, metrics }) => [id, metrics[0]]));
    this.#roundNs = plan.cases.reduce((sum, c) => sum + c.expectedNs, 0);
  }

  /** Drives each workload over each transport once and discards it, so that the first round meets compiled code. */
  async warmUpPass(): Promise<void> {
    for (const c of warmUpCases(this.#plan.cases)) {
      await warmUp(
        coldOperations(c, this.#options.catalog),
        async () => this.#aborted ? undefined : (await this.#trial(c))[0],
      );
    }
  }

  async measure(): Promise<void> {
    const { cases, scenarios, settings } = this.#plan;
    const prng = createPrng(settings.seed);
    this.#measuringNs = this.#elapsedNs;
    for (let round = 1; this.#isWanted(round); round++) {
      if (!await this.#renewPeer(round)) return;
      let order = 0;
      for (const block of orderRound(cases, scenarios, (c) => this.#canPause(c), prng)) {
        for (const part of block.isSliced ? [block.cases] : block.cases.map((c) => [c])) {
          if (this.#aborted) return;
          const measured = part.filter((c) => this.#failures.get(c.id) !== MAX_FAILURES);
          if (measured.length === 0) continue;
          const startedNs = this.#elapsedNs;
          const outcomes = await this.#measureWhilePeersStart(measured, block.isSliced);
          if (this.#aborted || outcomes === undefined) return;
          for (const [index, outcome] of outcomes.entries()) {
            this.#keep(measured[index]!, { ...outcome, round, order: order++, startedNs });
          }
        }
      }
      this.#rounds = round;
      this.#options.onEvent?.({
        kind: "round",
        round,
        rounds: Math.max(round, this.#plan.rounds),
        failed: this.#failed,
        elapsedNs: this.#elapsedNs,
        remainingNs: this.#remainingNs,
      });
    }
    this.#finished = true;
  }

  /** Replaces the peer every few rounds, as it may be luck too. False where none could be started and the run has to end. */
  async #renewPeer(round: number): Promise<boolean> {
    const { cases, settings: { peer } } = this.#plan;
    if (PEERS[peer].sharesLoop || round === 1 || (round - 1) % ROUNDS_PER_PEER !== 0) return true;
    await this.close();
    for (const c of warmUpCases(cases.filter((c) => this.#failures.get(c.id) !== MAX_FAILURES))) {
      let isLost = false;
      await warmUp(coldOperations(c, this.#options.catalog), async () => {
        const outcomes = this.#aborted ? [] : await this.#measureWhilePeersStart([c], false);
        isLost ||= outcomes === undefined;
        return outcomes?.[0];
      });
      if (this.#aborted || isLost) return false;
    }
    return true;
  }

  #keep(c: Case, trial: Trial): void {
    this.#trials.push({ ...trial, generation: this.#generation });
    this.#doneNs += c.expectedNs;
    this.#countFailures(c, trial);
    this.#reportTrial(c, trial);
  }

  #canPause(c: Case): boolean {
    const { workloads, transports } = this.#options.catalog;
    const workload = workloads.get(c.workload)!;
    return pauseObstacle(c, workload, transports.get(c.transport)!) === undefined;
  }

  /** Whether an adaptive run goes on: by interval width and time only, never by what the figures say. */
  #isWanted(round: number): boolean {
    const { rounds, scenarios, cases, settings: { precision, budgetNs } } = this.#plan;
    if (round <= rounds) return true;
    if (precision === undefined || round > MAX_ROUNDS || this.#elapsedNs >= budgetNs) return false;
    const metNs = this.#elapsedNs - this.#measuringNs;
    if (metNs < MIN_PRECISE_NS || round <= MIN_GENERATIONS * ROUNDS_PER_PEER) return true;
    const measured = cases.filter((c) => this.#failures.get(c.id) !== MAX_FAILURES);
    return widestHalfWidth(this.#trials, scenarios, measured) > precision;
  }

  async close(): Promise<void> {
    await this.#link?.close();
    this.#link = undefined;
  }

  record(): RunRecord {
    const [plan, options] = [this.#plan, this.#options];
    const { profile, rounds: planned, seed, peer, precision } = plan.settings;
    const rounds = Math.max(planned, this.#rounds + (this.#finished ? 0 : 1));
    return {
      schemaVersion: SCHEMA_VERSION,
      minor: SCHEMA_MINOR,
      runId: this.#runId,
      startedAt: options.startedAt,
      durationNs: this.#elapsedNs,
      estimateNs: plan.estimateNs,
      partial: !this.#finished,
      environment: options.environment,
      settings: {
        profile,
        rounds,
        ...(precision !== undefined && { precision }),
        seed,
        peer,
        command: options.command,
      },
      scenarios: plan.scenarios,
      metrics: plan.metrics,
      cases: plan.cases,
      skipped: [...plan.skipped, ...this.#givenUp],
      trials: this.#trials,
    };
  }

  get #aborted(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  get #elapsedNs(): number {
    return this.#options.clock.nowNs() - this.#startNs;
  }

  /** What is planned still, scaled by how the plan has held so far. */
  get #remainingNs(): number {
    const plannedNs = this.#roundNs * this.#plan.rounds;
    const pace = this.#doneNs === 0 ? 1 : (this.#elapsedNs - this.#measuringNs) / this.#doneNs;
    return Math.max(0, plannedNs - this.#doneNs) * pace;
  }

  /** A peer that cannot be replaced ends the run, not what it has measured: the record says why. */
  async #measureWhilePeersStart(
    cases: readonly Case[],
    isSliced: boolean,
  ): Promise<readonly TrialOutcome[] | undefined> {
    try {
      return await (isSliced ? this.#block(cases) : this.#trial(cases[0]!));
    } catch (error) {
      if (this.#trials.length === 0 || !(error instanceof Error)) throw error;
      const reason = `no further peer could be started: ${error.message}`;
      this.#givenUp.push({ what: "the rest of the run", reason });
      this.#options.onEvent?.({ kind: "peer", message: reason });
      return undefined;
    }
  }

  async #trial(c: Case): Promise<readonly TrialOutcome[]> {
    return await this.#sound([await runTrial(await this.#setup(c))]);
  }

  async #block(cases: readonly Case[]): Promise<readonly TrialOutcome[]> {
    const setups: TrialSetup[] = [];
    for (const c of cases) setups.push(await this.#setup(c));
    const block = ++this.#blocks;
    const outcomes = await runBlock(setups, this.#startNs);
    return await this.#sound(outcomes.map((outcome) => ({ ...outcome, block })));
  }

  async #setup(c: Case): Promise<TrialSetup> {
    const { catalog, clock, directory, signal } = this.#options;
    const workload = catalog.workloads.get(c.workload)!;
    const tracer = asksForTracing(workload, c) ? this.#tracer : undefined;
    // The cases of a round draw alike: what they are given to do does not differ.
    const { replay, seed } = this.#plan.settings;
    const draws = createPrng(seed).split(`round ${this.#rounds + 1}`);
    return {
      case: c,
      seed: draws.nextUint32(),
      ...(replay !== undefined && c.params.replay !== undefined && { replay }),
      transport: catalog.transports.get(c.transport)!,
      workload,
      ...(tracer !== undefined && { tracer }),
      link: this.#link ??= await this.#openPeer(),
      clock,
      directory,
      ...(signal !== undefined && { signal }),
    };
  }

  /** Outcomes that a record may hold. A peer that failed once is in an unknown state: what comes next gets a new one. */
  async #sound(outcomes: readonly TrialOutcome[]): Promise<readonly TrialOutcome[]> {
    if (outcomes.some(({ error }) => error !== undefined)) await this.close();
    return outcomes.map((outcome) => {
      const fault = findTrialFault({ ...outcome, round: 1, order: 0, startedNs: 0 });
      return fault === undefined ? outcome : faulty(outcome, fault);
    });
  }

  async #openPeer(): Promise<PeerLink> {
    const { catalog, clock, directory, signal } = this.#options;
    const { peer, modules } = this.#plan.settings;
    this.#generation++;
    const opening = openPeer(peer, { catalog, clock, directory, modules });
    try {
      return await unlessAborted(opening, signal);
    } catch (error) {
      // One that starts too late has nobody to serve.
      opening.then((late) => late.close()).catch(() => {});
      throw error;
    }
  }

  // A case that hangs costs its watchdog's patience every time: it is not tried for ever.
  #countFailures(c: Case, { error }: TrialOutcome): void {
    if (error === undefined) {
      this.#failures.delete(c.id);
      return;
    }
    this.#failed++;
    if (isVoid(error)) return;
    const count = (this.#failures.get(c.id) ?? 0) + 1;
    this.#failures.set(c.id, count);
    if (count === MAX_FAILURES) {
      const reason = `given up after ${MAX_FAILURES} failed trials in a row: ${error.message}`;
      this.#givenUp.push({ what: c.id, reason });
    }
  }

  /** Outside every measured interval: the next trial has not begun. */
  #reportTrial(c: Case, trial: Trial): void {
    if (this.#options.onEvent === undefined) return;
    const { round, order: index, error } = trial;
    const value = metricValue(trial, this.#headlines.get(c.scenario) ?? "");
    if (error?.kind === "peer-died") {
      this.#options.onEvent?.({ kind: "peer", message: `${error.message}; a new one takes over` });
    }
    this.#options.onEvent?.({
      kind: "trial",
      round,
      rounds: Math.max(round, this.#plan.rounds),
      index,
      // What others are compared with may be in several blocks of a round.
      cases: Math.max(this.#plan.cases.length, index + 1),
      caseId: c.id,
      ...(value !== undefined && { value }),
      ...(error !== undefined && { error: error.message }),
      elapsedNs: this.#elapsedNs,
      remainingNs: this.#remainingNs,
    });
  }
}
