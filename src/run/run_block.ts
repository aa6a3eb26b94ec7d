// One block: cases that are open at once and take turns by slices. No message passes between slices: the driving end alone decides.

import type { TrialSlice } from "../model/trial.ts";
import type { Tally } from "../model/tally.ts";
import { Histogram } from "../model/histogram.ts";
import type { WorkloadSession } from "../workload/workload.ts";
import { DrivingEnd, type TrialOutcome, type TrialSetup } from "./driving_end.ts";
import { guarded, pinDriver } from "./guarded.ts";

/** Length of a slice in nanoseconds: short against the 0.2 s in which the machine changes its speed, long against its lead-in. */
export const SLICE_NS = 2.5e6;
/** The first operations after a pause take 1.3 to 2.4 times as long; the ninth no longer does. */
export const LEAD_IN = 8;
/** Length of the turn around which the kernel's counters are read, in nanoseconds. */
const EVIDENCE_NS = 2 * SLICE_NS;

/** Measures cases side by side, all of one placement; an outcome each, in their order. Never throws: a failure is an outcome with an `error`. */
export async function runBlock(
  setups: readonly TrialSetup[],
  runStartNs: number,
): Promise<readonly TrialOutcome[]> {
  const turns = setups.map((setup) => new Turn(setup, runStartNs));
  try {
    using _pinned = pinDriver(setups[0]!.case);
    for (const turn of turns) await turn.step(() => turn.open());
    const passes = Math.max(...turns.map(({ passes }) => passes));
    for (let pass = 0; pass < passes; pass++) {
      for (const turn of turns) if (pass < turn.passes) await turn.step(() => turn.measure());
    }
    for (const turn of turns) await turn.step(() => turn.gatherEvidence());
    for (const turn of turns) await turn.step(() => turn.finish());
  } catch (error) {
    for (const turn of turns) await turn.fail(error);
  } finally {
    for (const turn of turns) turn.close();
  }
  return turns.map(({ outcome }) => outcome!);
}

/** One case of a block: what it has measured so far, until there is an outcome. */
class Turn {
  /** Slices that it is to measure. */
  readonly passes: number;
  outcome: TrialOutcome | undefined;
  readonly #setup: TrialSetup;
  readonly #runStartNs: number;
  readonly #end: DrivingEnd;
  readonly #slices: TrialSlice[] = [];
  /** Of all its slices together; `afterPause` of what came first in each. */
  readonly #histograms: Record<string, Histogram> = { afterPause: new Histogram() };
  /** Of the slice that goes on. */
  #own: Record<string, Histogram> = {};
  #session: WorkloadSession | undefined;
  #tally: Tally = {};
  #operations = 0;
  #elapsedNs = 0;
  #evidenceOperations = 0;
  /** Fewer of what takes longer than a slice: a pause adds microseconds to it, and eight of 44 ms would take a third of a second each time. */
  #leadIn = LEAD_IN;

  constructor(setup: TrialSetup, runStartNs: number) {
    this.#setup = setup;
    this.#runStartNs = runStartNs;
    this.#end = new DrivingEnd(setup);
    this.passes = Math.max(1, Math.round(setup.case.budget.measureNs / SLICE_NS));
  }

  /** Does one step, unless the case has failed before: of what fails, the others of the block know nothing. */
  async step(work: () => Promise<void>): Promise<void> {
    if (this.outcome !== undefined) return;
    try {
      await guarded(this.#setup, this.#setup.case.expectedNs, work);
    } catch (error) {
      await this.fail(error);
    }
  }

  async fail(error: unknown): Promise<void> {
    this.outcome ??= await this.#end.failed(error, () => Promise.resolve(this.#measured()));
  }

  async open(): Promise<void> {
    await this.#end.serve();
    const session = await this.#setup.workload.open!(this.#end);
    for (const name of session.records) {
      this.#histograms[name] = new Histogram();
      this.#own[name] = new Histogram();
    }
    this.#own.afterPause = this.#histograms.afterPause!;
    this.#session = session;
  }

  async measure(): Promise<void> {
    const session = this.#session!;
    const startedNs = this.#setup.clock.nowNs() - this.#runStartNs;
    const done = await session.slice({ leadIn: this.#leadIn, sliceNs: SLICE_NS }, this.#own);
    if (done.elapsedNs > SLICE_NS * done.operations) this.#leadIn = 1;
    const [headline] = session.records;
    const p50Ns = headline === undefined ? undefined : this.#own[headline]!.median();
    this.#slices.push({
      startedNs: Math.round(startedNs),
      elapsedNs: Math.round(done.elapsedNs),
      operations: done.operations,
      // To a thousandth of a nanosecond: more digits only fill the record.
      ...(p50Ns !== undefined && { p50Ns: Math.round(p50Ns * 1e3) / 1e3 }),
    });
    this.#operations += done.operations;
    this.#elapsedNs += done.elapsedNs;
    this.#tally = addTallies(this.#tally, done.tally);
    for (const name of session.records) {
      this.#histograms[name]!.merge(this.#own[name]!);
      this.#own[name]!.reset();
    }
  }

  async gatherEvidence(): Promise<void> {
    const session = this.#session!;
    await this.#end.begin();
    const before = this.#histograms.afterPause!.count;
    const { operations } = await session.slice(
      { leadIn: this.#leadIn, sliceNs: EVIDENCE_NS },
      this.#own,
    );
    await this.#end.end();
    this.#evidenceOperations = operations + this.#histograms.afterPause!.count - before;
    // Of no centre figure, and yet none of the longest may vanish.
    for (const name of session.records.slice(0, 1)) {
      this.#histograms.afterPause!.merge(this.#own[name]!);
    }
  }

  async finish(): Promise<void> {
    await this.#session!.close();
    const outcome = this.#end.outcome(this.#measured(), await this.#end.finish());
    this.outcome = {
      ...outcome,
      slices: this.#slices,
      evidenceOperations: this.#evidenceOperations,
    };
  }

  close(): void {
    this.#end.closeAll();
  }

  #measured() {
    return {
      operations: this.#operations,
      elapsedNs: this.#elapsedNs,
      histograms: { ...this.#session?.apart, ...this.#histograms },
      tally: this.#tally,
    };
  }
}

function addTallies(one: Tally, other: Tally): Tally {
  const sum: Record<string, unknown> = { ...one };
  for (const [name, count] of Object.entries(other)) {
    if (typeof count === "number") sum[name] = ((sum[name] as number | undefined) ?? 0) + count;
  }
  return sum;
}
