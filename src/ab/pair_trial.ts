// Trials as short as pairs want them, and how long a job of them takes.

import { createCatalog } from "../catalog.ts";
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
export const AGENT_WARM_UP_NS = 60e6;
/** A connection, in nanoseconds: only for the estimate, and half of what one may take while an agent warms up. */
const CONNECTION_NS = 120e3;
/** Counting the system calls of a case on one side, in nanoseconds: only for the estimate (24 cases, both sides: 5 s). */
const COUNT_NS = 75e6;

/** Of a user's workload it is not known here how it starts. */
const WORKLOADS = createCatalog().workloads;

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

/**
 * The discarded first trials of an agent. Code that runs once a connection is compiled after a thousand of them: as many are made by each agent
 * over each transport, by all its cases together, so that neither side is cold and ports suffice.
 */
export function agentWarmUpCases(cases: readonly Case[]): readonly Case[] {
  const chosen = warmUpCases(cases);
  const coldOf = ({ workload }: Case) => WORKLOADS.get(workload)?.coldOperations ?? 0;
  return chosen.map((c) => {
    const sharing = chosen.filter((one) => one.transport === c.transport && coldOf(one) > 0);
    const cold = coldOf(c) === 0 ? 0 : Math.ceil(coldOf(c) / sharing.length);
    const { maxOperations } = c.budget;
    const budget = {
      ...c.budget,
      measureNs: Math.max(AGENT_WARM_UP_NS, 2 * cold * CONNECTION_NS),
      ...(maxOperations !== undefined && { maxOperations: Math.max(maxOperations, cold) }),
    };
    const addedNs = Math.max(AGENT_WARM_UP_NS - PAIR_MEASURE_NS, cold * CONNECTION_NS);
    return { ...c, budget, expectedNs: c.expectedNs + addedNs };
  });
}

/** How long a job takes at least. Returns nanoseconds. */
export function estimateAbNs(
  plan: Pick<Plan, "cases">,
  { pairs, askedPairs, countsCalls = false }: Pick<
    AbOptions,
    "pairs" | "askedPairs" | "countsCalls"
  >,
  sides = 2,
): number {
  const cases = plan.cases.map(shortenCase);
  const sumNs = (some: readonly Case[]) => some.reduce((sum, c) => sum + c.expectedNs, 0);
  const agentsNs = Math.ceil(pairs / roundsPerGeneration(cases, askedPairs)) *
    (AGENTS_START_NS + sides * sumNs(agentWarmUpCases(cases)));
  const countingNs = countsCalls ? sides * (AGENTS_START_NS + cases.length * COUNT_NS) : 0;
  return agentsNs + sides * pairs * sumNs(cases) + countingNs;
}
