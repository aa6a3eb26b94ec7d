// From cases to a plan: the scenarios and metrics that they refer to, and how long it takes.

import type { Case, Skip } from "../model/case.ts";
import { PEERS } from "../model/placement.ts";
import type { Catalog } from "../catalog.ts";
import type { Plan } from "./plan.ts";
import type { Scenario } from "../model/scenario.ts";
import type { ParameterSpec, ScenarioSpec } from "../model/scenario_spec.ts";
import { MAX_ROUNDS, type Settings, SettingsError } from "./settings.ts";

/** Starting the peer and probing transports, in nanoseconds. */
export const START_NS = 300e6;

/** Rounds that one peer serves, where it is not the driver's own loop: a comparison set meets it in as many blocks. */
export const ROUNDS_PER_PEER = 4;

/** A plan of cases that were planned in parts. */
export function assemblePlan(
  asked: Settings,
  catalog: Catalog,
  cases: readonly Case[],
  skipped: readonly Skip[],
): Plan {
  const settings = { ...asked, rounds: roundsOf(asked, cases) };
  const used = new Set(cases.map((c) => c.scenario));
  const scenarios = [...catalog.scenarios.values()].filter((s) => used.has(s.id))
    .map((scenario) => specOf(scenario, cases));
  const metricIds = new Set(
    scenarios.flatMap((s) => [
      ...s.metrics,
      ...s.contrasts.map((c) => c.metric),
      ...s.tables ?? [],
      ...(s.split === undefined ? [] : [s.split.metric]),
    ]),
  );
  const roundNs = cases.reduce((sum, c) => sum + c.expectedNs, 0);
  return {
    settings,
    cases,
    skipped,
    scenarios,
    metrics: [...metricIds].map((id) => catalog.metrics.get(id)!),
    rounds: settings.rounds,
    estimateNs: peersOf(settings) * (START_NS + warmUpPassNs(cases, catalog)) +
      settings.rounds * roundNs,
  };
}

/** As many rounds as measure a case, on average of all, for the time asked for. */
function roundsOf({ rounds, durationNs }: Settings, cases: readonly Case[]): number {
  if (durationNs === undefined || cases.length === 0) return rounds;
  const meanNs = cases.reduce((sum, { budget }) => sum + budget.measureNs, 0) / cases.length;
  const wanted = Math.max(1, Math.round(durationNs / meanNs));
  if (wanted <= MAX_ROUNDS) return wanted;
  throw new SettingsError(
    `duration asks for more rounds than ${MAX_ROUNDS}: ` +
      `a case is measured for ${meanNs / 1e6} ms in each`,
  );
}

/** Cases of the discarded pass: one for each workload and transport, and one of those that open a connection for each operation. */
export function warmUpCases(cases: readonly Case[]): readonly Case[] {
  const first = new Map<string, Case>();
  for (const c of cases) {
    // Each worker has code of its own to compile.
    const { workload, transport, budget: { maxOperations }, params: { workers } } = c;
    const key = `${workload} ${transport} ${maxOperations === undefined} ${workers}`;
    const known = first.get(key);
    if (known === undefined || c.expectedNs < known.expectedNs) first.set(key, c);
  }
  return [...first.values()];
}

function peersOf({ peer, rounds }: Settings): number {
  return PEERS[peer].sharesLoop ? 1 : Math.ceil(rounds / ROUNDS_PER_PEER);
}

function warmUpPassNs(cases: readonly Case[], { workloads }: Catalog): number {
  return warmUpCases(cases).reduce((sum, { workload, budget, expectedNs, params }) => {
    const cold = (workloads.get(workload)?.coldOperations ?? 0) * Number(params.workers ?? 1);
    return sum + expectedNs * Math.max(1, Math.ceil(cold / (budget.maxOperations ?? Infinity)));
  }, 0);
}

/** The part of a scenario that a record carries, with the notes that say something of these cases. */
export function specOf(scenario: Scenario, cases: readonly Case[]): ScenarioSpec {
  const { id, question, operation, parameters, metrics, columns, contrasts } = scenario;
  const { tables, split, search, evidence, notes, partialNotes = [] } = scenario;
  const own = cases.filter((one) => one.scenario === id);
  const files = [...new Set(own.flatMap(({ params: { replay } }) => replay ?? []))].map(String);
  const replayed: ParameterSpec[] = files.length === 0 ? [] : [
    { name: "replay", kind: "choice", choices: files, description: "file that is replayed" },
  ];
  return {
    id,
    question,
    operation,
    // What may be asked for and was not has no place in a report.
    parameters: [
      ...parameters
        .filter(({ name, optional }) => !optional || own.some(({ params }) => name in params))
        .filter(({ name }) => replayed.length === 0 || own.some(({ params }) => name in params))
        .map(({ optional: _, ...parameter }) => parameter),
      ...replayed,
    ],
    metrics,
    columns,
    contrasts,
    ...(tables !== undefined && { tables }),
    ...(split !== undefined && { split }),
    ...(search !== undefined && { search }),
    ...(evidence !== undefined && { evidence }),
    notes: [...notes, ...partialNotes.filter(({ isOf }) => own.some(isOf)).map(({ text }) => text)],
  };
}
