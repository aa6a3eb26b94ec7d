// Trials as short as pairs want them, and how long a job of them takes.

import type { Case } from "../model/case.ts";
import type { Plan } from "../plan/plan.ts";
import { warmUpCases } from "../plan/assemble_plan.ts";
import type { AbOptions } from "./ab_options.ts";

/** The fewest rounds of a generation. */
const MIN_ROUNDS = 2;
/** And the most: by then the pairs' own noise is small beside what differs from process to process. */
const MAX_ROUNDS = 8;
/** Generations of agents that a job has unless fewer pairs are asked for: the unit of its tests, 12 of which must agree for a suspicion. */
export const DEFAULT_GENERATIONS = 16;

/** Warm-up of a trial of a pair, in nanoseconds: short, as the pair must stay within one speed of the machine. */
const PAIR_WARMUP_NS = 2e6;
/** Measured interval of a trial of a pair, in nanoseconds. */
const PAIR_MEASURE_NS = 10e6;
/** Measured interval of the discarded first trials of an agent, in nanoseconds: long enough for the compiler to have done its work. */
const AGENT_WARM_UP_NS = 60e6;
/** Starting both agents of a generation, in nanoseconds: only for the estimate. */
const AGENTS_START_NS = 700e6;

/**
 * Rounds that one pair of agents measures before fresh ones take over. Pairs of one generation are not independent (of unchanged code 18.8 %
 * of cells had p ≤ .05 with 10 rounds a generation and the pair as unit), so that more of them are no more evidence. They make the value of
 * the generation more precise: two of many cases, and of few as many as take no longer than starting the agents. Who asks for few pairs has
 * them spread over the generations.
 */
export function roundsPerGeneration(cases: readonly Case[], askedPairs?: number): number {
  const roundNs = 2 * cases.map(shortenCase).reduce((sum, c) => sum + c.expectedNs, 0);
  const rounds = Math.ceil(AGENTS_START_NS / Math.max(1, roundNs));
  const asked = Math.ceil((askedPairs ?? Infinity) / DEFAULT_GENERATIONS);
  return Math.min(MAX_ROUNDS, asked, Math.max(MIN_ROUNDS, rounds));
}

/** A case with trials as short as pairs want them. */
export function shortenCase(c: Case): Case {
  const warmupNs = Math.max(PAIR_WARMUP_NS, c.budget.settleNs ?? 0);
  const budget = { ...c.budget, warmupNs, measureNs: PAIR_MEASURE_NS };
  const savedNs = c.budget.warmupNs + c.budget.measureNs - warmupNs - PAIR_MEASURE_NS;
  return { ...c, budget, expectedNs: Math.max(c.expectedNs - savedNs, warmupNs + PAIR_MEASURE_NS) };
}

/** The discarded first trials of an agent. */
export function agentWarmUpCases(cases: readonly Case[]): readonly Case[] {
  return warmUpCases(cases).map((c) => ({
    ...c,
    budget: { ...c.budget, measureNs: AGENT_WARM_UP_NS },
    expectedNs: c.expectedNs + AGENT_WARM_UP_NS - PAIR_MEASURE_NS,
  }));
}

/** How long a job takes at least. Returns nanoseconds. */
export function estimateAbNs(
  plan: Pick<Plan, "cases">,
  { pairs, askedPairs }: Pick<AbOptions, "pairs" | "askedPairs">,
  sides = 2,
): number {
  const cases = plan.cases.map(shortenCase);
  const sumNs = (some: readonly Case[]) => some.reduce((sum, c) => sum + c.expectedNs, 0);
  const agentsNs = Math.ceil(pairs / roundsPerGeneration(cases, askedPairs)) *
    (AGENTS_START_NS + sides * sumNs(agentWarmUpCases(cases)));
  return agentsNs + sides * pairs * sumNs(cases);
}
