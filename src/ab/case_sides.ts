// Which sides measure which case: what base and a head share is measured in pairs, what a head alone has by itself.

import type { Case } from "../model/case.ts";
import type { AbOptions, JobPlan, PlanPart } from "./ab_options.ts";
import { type Head, headsOf, type PairedTrials, type Side, sidesOf } from "./paired_trials.ts";
import { agentWarmUpCases, shortenCase } from "./pair_trial.ts";

const NOTHING: PlanPart = { cases: [], scenarios: [], metrics: [] };

/** A case and the sides that measure it, in the order in which they do. */
export interface SidedCase {
  readonly c: Case;
  readonly sides: readonly Side[];
}

/** The cases of a job with their sides; what is given up is left out. */
export class CaseSides {
  /** Base, then the heads. */
  readonly sides: readonly Side[];
  /** Base last: a shuffle of two exchanges them or leaves them so. */
  readonly reversed: readonly Side[];
  /** The parts of the plan that a head alone has, in the order of heads. */
  readonly alone: readonly { readonly head: Head; readonly part: PlanPart }[];
  readonly #cases: readonly Case[];
  /** By head: the cases that it shares with base; absent: all. */
  readonly #shared: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #found: PairedTrials;
  /** Ids of the shared cases that are still measured; absent: all cases are. */
  #only: ReadonlySet<string> | undefined;

  constructor(plan: JobPlan, options: AbOptions, found: PairedTrials) {
    const { subjects, unshared, ofHeads = {} } = options;
    this.sides = sidesOf(subjects);
    this.reversed = this.sides.toReversed();
    this.alone = headsOf(subjects).map((head) => {
      const part = unshared?.[head] ?? NOTHING;
      return { head, part: { ...part, cases: part.cases.map(shortenCase) } };
    });
    this.#cases = plan.cases.map(shortenCase);
    this.#shared = new Map(
      headsOf(ofHeads).map((head) => [head, new Set(ofHeads[head]!.cases.map(({ id }) => id))]),
    );
    this.#found = found;
  }

  /** From now on these shared cases alone; absent: all cases again. */
  narrow(only?: ReadonlySet<string>): void {
    this.#only = undefined;
    if (this.shared().some(({ id }) => only?.has(id) === false)) this.#only = only;
  }

  /** Whether only some of the shared cases are still measured. */
  get isNarrowed(): boolean {
    return this.#only !== undefined;
  }

  #isAsked({ id }: Case): boolean {
    return this.#only?.has(id) ?? true;
  }

  /** The discarded first trials of fresh agents; of shared cases those of all sides are next to each other. */
  warmUps(): readonly { readonly c: Case; readonly side: Side }[] {
    const shared = this.sides.flatMap((side) =>
      agentWarmUpCases(this.#cases.filter((c) => this.#isAsked(c) && this.#shares(side, c)))
        .map((c, place) => ({ c, side, place }))
    ).sort((a, b) => a.place - b.place);
    const alone = this.#only !== undefined
      ? []
      : this.alone.flatMap(({ head, part }) =>
        agentWarmUpCases(part.cases).map((c) => ({ c, side: head }))
      );
    return [...shared, ...alone];
  }

  /** The shared cases that base and some head still measure. */
  shared(): readonly Case[] {
    return this.#cases.filter((c) => this.#isAsked(c) && this.sidesWith(c).length > 1);
  }

  /** Base and the heads that still measure a shared case, base last. */
  sidesWith(c: Case): readonly Side[] {
    return this.reversed.filter((side) =>
      side === "base" || (this.#shares(side, c) && !this.#found.isGivenUp(c.id, side))
    );
  }

  /** The cases of a head alone that it still measures. */
  unshared(): readonly SidedCase[] {
    if (this.#only !== undefined) return [];
    return this.alone.flatMap(({ head, part }) =>
      part.cases.filter((c) => !this.#found.isGivenUp(c.id, head))
        .map((c) => ({ c, sides: [head] }))
    );
  }

  #shares(side: Side, { id }: Case): boolean {
    return this.#shared.get(side)?.has(id) ?? true;
  }
}
