// Environments: what a run found out about machine and runtime, as a list of facts that describe themselves.

import type { Skip } from "./case.ts";

/** The value of a fact; `null` where it could not be read. */
export type Fact = string | number | boolean | null;

/**
 * What a fact means to a comparison of two records of different jobs. `must`: both must know it, and it must be the same. `should`: it must
 * be the same where either knows it. `info`: it may differ.
 */
export type FactComparison = "must" | "should" | "info";

/** One fact about the machine or the runtime. */
export interface EnvironmentFact {
  /** Stable, as in `cpu` or `net.core.rmem_max`. */
  readonly id: string;
  /** Its value. */
  readonly value: Fact;
  /** What it is, for readers. */
  readonly label: string;
  /** What it means to a comparison. */
  readonly compare: FactComparison;
  /** What a number counts, where that is not plain. */
  readonly unit?: "bytes" | "ns";
}

/** What no trial holds where libc cannot be called, as {@linkcode Environment.missing} names it. */
export const KERNEL_READINGS =
  "what the kernel counts and sets (its counters, TCP_INFO, socket options, waiting for a CPU)";

/** The machine and the runtime: facts that explain figures, and that make two records comparable. */
export interface Environment {
  /** The facts, in the order in which they are shown; no two have the same id. */
  readonly facts: readonly EnvironmentFact[];
  /** What could not be learned and why. */
  readonly missing: readonly Skip[];
}

/**
 * The value of a fact.
 *
 * @param environment The environment.
 * @param id The fact's id.
 * @returns Its value; `null` where it is not known.
 */
export function factOf({ facts }: Pick<Environment, "facts">, id: string): Fact {
  return facts.find((fact) => fact.id === id)?.value ?? null;
}

/** The number of logical cores. Returns at least 1, which it is where nobody knows more. */
export function coresOf(environment: Pick<Environment, "facts">): number {
  const cores = factOf(environment, "cores");
  return typeof cores === "number" && cores >= 1 ? cores : 1;
}

/** An environment with some of its facts replaced. Returns a copy. */
export function withFacts(
  environment: Environment,
  facts: readonly EnvironmentFact[],
): Environment {
  const given = new Map(facts.map((fact) => [fact.id, fact]));
  const kept = environment.facts.map((fact) => given.get(fact.id) ?? fact);
  const known = new Set(kept.map(({ id }) => id));
  return { ...environment, facts: [...kept, ...facts.filter(({ id }) => !known.has(id))] };
}
