// The A/B gate: measure, judge, and call red only what fresh pairs of fresh agents confirm.

import type { Cell, RecordComparison } from "../compare/comparison.ts";
import { compareRecords } from "../compare/compare_records.ts";
import { COUNTED_METRIC, isPooled, withGenerationMetrics } from "../compare/pooled_values.ts";
import { type BestSubject, findBestSubjects } from "../gate/best_subject.ts";
import { confirmHeads, flagged } from "../gate/confirm.ts";
import { judgeControl, smallestThreshold } from "../gate/control.ts";
import { CONFIRMATION_FACTOR } from "../gate/detectable.ts";
import { largestCorrection } from "../gate/families.ts";
import { COMPARE_POLICY, gates, type Policy } from "../gate/gate_policy.ts";
import type { GateResult } from "../gate/gate_result.ts";
import { judgeHeads } from "../gate/judge.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import { minimumPairs } from "../stats/mod.ts";
import type { AbEvent, AbOptions, AbRecords, JobPlan, PlanPart } from "./ab_options.ts";
import { type Head, headsOf, type Side } from "./paired_trials.ts";
import { DEFAULT_GENERATIONS, roundsPerGeneration } from "./pair_trial.ts";
import { LostAgentsError, runAb } from "./run_ab.ts";

/** What an A/B gate found. */
export interface AbGateOutcome {
  /** The first phase: all cells. */
  readonly records: AbRecords;
  /** Fresh pairs of the flagged cells and of the heads that have some; absent: none has, or the job was interrupted before. */
  readonly confirmation?: Confirmation;
  /** The verdicts of each head, in their order; of a job that was interrupted those of the pairs there are, unconfirmed. */
  readonly results: readonly GateResult[];
  /** Of several heads the best subject of each cell. */
  readonly best?: readonly BestSubject<Side>[];
  /** The worst of the heads: 1 before 3 before 0; where they are compared 0, and 3 where nothing is decided of any. */
  readonly exitCode: GateResult["exitCode"];
  /** Whether the job was interrupted. */
  readonly interrupted: boolean;
}

type Confirmation = Pick<AbRecords, "base" | "control"> & Partial<AbRecords>;

/** What an A/B gate reports while it goes on. */
export interface AbGateEvents {
  /** Called after each round of either phase, between trials. */
  onRound?(phase: "first" | "confirmation", event: AbEvent): void;
  /** Called when an agent was lost and both are replaced: one sentence that names it. */
  onLost?(message: string): void;
  /** Called when cells are to be measured again. */
  onFlagged?(cells: readonly Pick<Cell, "case" | "metric">[]): void;
}

/** The confirmation may take this share of the budget beyond it: three minutes in all for the default of two, preparations included. */
const CONFIRMATION_SHARE = 0.45;
/** An interval this share of the threshold wide, either side, shows a slowdown of the threshold's size where there is one. */
const PRECISION_SHARE = 0.5;
/** The narrowest interval worth waiting for, as a share: no machine of the kind this was built on gets there. */
const MIN_PRECISION = 0.002;

/** Whether a gate has system calls counted. */
export function countsCalls(policy: Policy): boolean {
  return gates(policy, { metric: COUNTED_METRIC, headline: false });
}

/** All cells first, then those that look slower once more on fresh agents, which alone decide. Throws LostAgentsError with the records. */
export async function runAbGate(
  plan: JobPlan,
  options: AbOptions,
  policy: Policy,
  events: AbGateEvents = {},
): Promise<AbGateOutcome> {
  const job = firstPhase(plan, { ...options, countsCalls: countsCalls(policy) }, policy, events);
  const records = await runAb(plan, job);
  const heads = headsOf(records);
  const results = judgeHeads(heads.map((head) => compareHead(records, head, policy)), policy);
  const interrupted = () => options.signal?.aborted ?? false;
  const asked = new Map(
    heads.map((head, index) => [head, flagged(results[index]!)] as const)
      .filter(([, cells]) => cells.length > 0),
  );
  if (interrupted() || asked.size === 0) {
    return { ...conclude(records, results, worstExit), interrupted: interrupted() };
  }
  const cells = [...asked.values()].flat();
  events.onFlagged?.(cells);
  const again = narrow(plan, cells);
  const { askedPairs } = job;
  const generations = CONFIRMATION_FACTOR * job.pairs /
    roundsPerGeneration(plan.cases, askedPairs);
  const confirmation: Confirmation = await keepingFirst(records, () =>
    runAb(again, {
      ...narrowOptions(job, again, asked),
      // A count is no estimate: it was counted again where it differed.
      countsCalls: false,
      pairs: roundsPerGeneration(again.cases, askedPairs) * Math.ceil(generations),
      budgetNs: options.budgetNs * CONFIRMATION_SHARE,
      seed: `${options.seed} confirmation`,
      onRound: (event) => events.onRound?.("confirmation", event),
    }));
  if (interrupted()) {
    return { ...conclude(records, results, worstExit), confirmation, interrupted: true };
  }
  const flaggedHeads = [...asked.keys()];
  const confirmed = confirmHeads(
    flaggedHeads.map((head) => {
      const { compared, control } = compareHead(confirmation, head, policy);
      return { first: results[heads.indexOf(head)]!, fresh: compared, control };
    }),
    policy,
  );
  const decided = heads.map((head, index) =>
    confirmed[flaggedHeads.indexOf(head)] ?? results[index]!
  );
  return { ...conclude(records, decided, worstExit), confirmation, interrupted: false };
}

/** Exit codes of several heads, the worst first. */
const WORST: readonly GateResult["exitCode"][] = [1, 3, 0];

const worstExit = (codes: readonly GateResult["exitCode"][]) =>
  WORST.find((code) => codes.includes(code)) ?? 3;

/** What follows from the verdicts of all heads. */
function conclude(
  records: AbRecords,
  results: readonly GateResult[],
  exitOf: (codes: readonly GateResult["exitCode"][]) => GateResult["exitCode"],
): Pick<AbGateOutcome, "records" | "results" | "best" | "exitCode"> {
  const heads = headsOf(records);
  const sided = new Map<Side, GateResult>(heads.map((head, index) => [head, results[index]!]));
  const best = heads.length === 1 ? undefined : findBestSubjects<Side>(
    "base",
    sided,
    (base, head) => compareRecords(records[base]!, records[head]!, { paired: true }),
  );
  return {
    records,
    results,
    ...(best !== undefined && { best }),
    exitCode: exitOf(results.map(({ exitCode }) => exitCode)),
  };
}

/** Measures and compares runtimes: nothing is red, and nothing is confirmed. Throws LostAgentsError. */
export async function runAbComparison(
  plan: JobPlan,
  options: AbOptions,
  policy: Policy,
  events: AbGateEvents = {},
): Promise<AbGateOutcome> {
  const records = await runAb(plan, firstPhase(plan, options, policy, events));
  const isDecided = ({ headline, verdict }: GateResult["cells"][number]) =>
    headline && verdict !== "inconclusive" && verdict !== "incomparable";
  const results = judgeHeads(
    headsOf(records).map((head) => ({ compared: comparePair(records, head) })),
    { ...COMPARE_POLICY, threshold: policy.threshold },
  ).map((result): GateResult => ({ ...result, exitCode: result.cells.some(isDecided) ? 0 : 3 }));
  return {
    ...conclude(records, results, (codes) => codes.includes(0) ? 0 : 3),
    interrupted: options.signal?.aborted ?? false,
  };
}

function firstPhase(
  plan: JobPlan,
  options: AbOptions,
  policy: Policy,
  events: AbGateEvents,
): AbOptions {
  return {
    ...options,
    pairs: Math.max(
      options.pairs,
      neededPairs(plan, policy, options.askedPairs, headsOf(options.subjects).length),
    ),
    precision: options.precision ?? defaultPrecision(policy),
    watched: options.watched ?? watchedMetrics(plan, policy),
    onRound: (event) => events.onRound?.("first", event),
    onLost: (message) => events.onLost?.(message),
  };
}

/** Agents that are lost while cells are measured again take nothing of what was measured before. */
async function keepingFirst(
  first: AbRecords,
  measure: () => Promise<AbRecords>,
): Promise<AbRecords> {
  try {
    return await measure();
  } catch (error) {
    throw error instanceof LostAgentsError ? new LostAgentsError(error.message, first) : error;
  }
}

/** The pairs of {@linkcode DEFAULT_GENERATIONS}, or of more where cells are many. */
export function defaultPairs(plan: JobPlan, policy: Policy, heads = 1): number {
  return Math.max(
    roundsPerGeneration(plan.cases) * DEFAULT_GENERATIONS,
    neededPairs(plan, policy, undefined, heads),
  );
}

/** The fewest pairs with which a regression of one cell could be called at all; the cells of all heads share the error rate. */
export function neededPairs(
  plan: JobPlan,
  policy: Policy,
  askedPairs?: number,
  heads = 1,
): number {
  const cells = plan.cases.flatMap((c) => {
    const scenario = plan.scenarios.find(({ id }) => id === c.scenario);
    return scenario === undefined ? [] : gatedMetrics(plan, scenario, policy);
  }).filter(({ metric }) => metric !== COUNTED_METRIC);
  return roundsPerGeneration(plan.cases, askedPairs) *
    minimumPairs({ alpha: policy.alpha, comparisons: Math.ceil(heads * largestCorrection(cells)) });
}

/** Half of the smallest threshold of a policy, as a share. */
export function defaultPrecision(policy: Policy): number {
  return Math.max(MIN_PRECISION, PRECISION_SHARE * smallestThreshold(policy));
}

function comparePair(records: Confirmation, head: Head): RecordComparison {
  return compareRecords(records.base, records[head]!, { paired: true });
}

function compareHead(records: Confirmation, head: Head, policy: Policy) {
  return {
    compared: comparePair(records, head),
    control: judgeControl(records.control[head] ?? [], policy),
  };
}

function watchedMetrics(plan: JobPlan, policy: Policy): AbOptions["watched"] & object {
  return new Map(plan.scenarios.map((spec) => {
    const own = gatedMetrics(plan, spec, policy).filter(({ metric, headline }) =>
      headline || !isPooled(metric)
    );
    return [spec.id, own.map(({ metric }) => metric)];
  }));
}

/** The metrics of a scenario that gate, those among them that generations are compared in besides. */
function gatedMetrics(plan: JobPlan, spec: ScenarioSpec, policy: Policy) {
  const judged = spec.metrics.filter((metric) =>
    plan.metrics.find(({ id }) => id === metric)?.better !== "neither"
  );
  return withGenerationMetrics(judged.map((id) => ({ id })))
    .map(({ id: metric }, index) => ({ metric, headline: index === 0 }))
    .filter((cell) => gates(policy, cell));
}

type Cells = readonly Pick<Cell, "case" | "metric">[];

function narrow(plan: JobPlan, cells: Cells): JobPlan {
  const ids = new Set(cells.map((cell) => cell.case));
  return { ...plan, cases: plan.cases.filter(({ id }) => ids.has(id)) };
}

/** The heads that have flagged cells, each with those alone, and limits on cases that only a head has. */
function narrowOptions(
  options: AbOptions,
  again: JobPlan,
  asked: ReadonlyMap<Head, Cells>,
): AbOptions {
  const { unshared, ofBase, ofHeads, subjects, ...rest } = options;
  const only = <Part extends PlanPart>(part: Part, cells: Cells): Part => ({
    ...part,
    cases: part.cases.filter(({ id }) => cells.some((cell) => cell.case === id)),
  });
  const heads = [...asked.keys()];
  const ofEach = <T>(of: (head: Head, cells: Cells) => T) =>
    Object.fromEntries(heads.map((head) => [head, of(head, asked.get(head)!)]));
  const nothing: PlanPart = { cases: [], scenarios: [], metrics: [] };
  return {
    ...rest,
    subjects: {
      base: subjects.base,
      ...ofEach((head) => subjects[head]),
    } as AbOptions["subjects"],
    ...(ofBase !== undefined && { ofBase: only(ofBase, [...asked.values()].flat()) }),
    ...(ofHeads !== undefined && {
      ofHeads: ofEach((head, cells) => only(ofHeads[head] ?? again, cells)),
    }),
    ...(unshared !== undefined && {
      unshared: {
        base: nothing,
        ...ofEach((head, cells) => only(unshared[head] ?? nothing, cells)),
      } as AbOptions["unshared"] & object,
    }),
  };
}
