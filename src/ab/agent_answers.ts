// What an agent answers, checked: it may be of another version, and a user's module may write to its standard output.

import { type Case, caseId } from "../model/case.ts";
import type { PeerKind } from "../model/placement.ts";
import type { PlannedCases } from "../plan/plan.ts";
import { SettingsError } from "../plan/settings.ts";
import { findTrialFault, readPlannedCases } from "../record/codec.ts";
import type { TrialOutcome } from "../run/run_trial.ts";
import { type AgentAnswer, type AgentNames, PROTOCOL } from "./agent_protocol.ts";

/** Thrown when an agent dies, hangs or violates the protocol; the message names it. */
export class AgentError extends Error {
  /** Always "AgentError". */
  override readonly name = "AgentError";
}

/** Checks the first message: whether it is one, and of an agent that can be understood. */
export function readVersions(first: AgentAnswer, label: string): Readonly<Record<string, string>> {
  const { protocol, versions } = first as Partial<Extract<AgentAnswer, { answer: "ready" }>>;
  if (first.answer !== "ready" || typeof protocol !== "number") {
    throw new AgentError(
      `${label} could not start: it answered ${shown(first)} instead of "ready"`,
    );
  }
  if (protocol !== PROTOCOL) {
    throw new AgentError(
      `${label} is of another sockbench: it speaks protocol ${protocol} and this one ${PROTOCOL}, so that the two cannot be compared`,
    );
  }
  return Object.fromEntries(
    Object.entries(versions ?? {}).filter(([, version]) => typeof version === "string"),
  );
}

/** The outcome of a trial; figures that no record may hold are an outcome with an error. */
export function readOutcome(answer: AgentAnswer, c: Case, label: string): TrialOutcome {
  const outcome = answer.answer === "trial" ? answer.outcome : undefined;
  if (typeof outcome !== "object" || outcome === null || outcome.case !== c.id) {
    throw new AgentError(`${label} answered ${shown(answer)} to a trial of ${c.id}`);
  }
  const fault = findTrialFault({ ...outcome, round: 1, order: 0, startedNs: 0 });
  if (fault === undefined) return outcome;
  return {
    case: c.id,
    peer: label,
    settings: {},
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

/** The names a subject knows. */
export function readNames(answer: AgentAnswer, label: string): AgentNames {
  const names = answer.answer === "names" ? answer.names as Partial<AgentNames> : undefined;
  const lists = [
    names?.scenarios,
    names?.transports,
    names?.own?.scenarios,
    names?.own?.transports,
  ];
  if (lists.every(areTexts)) return names as AgentNames;
  throw new AgentError(`${label} answered ${shown(answer)} to a question for its names`);
}

/** The longest trial that a subject may plan, in nanoseconds: an hour. */
const LONGEST_TRIAL_NS = 3_600e9;

/** The cases that a subject planned. How they are measured, and for how long, is for the driver's arguments to say. */
export function readPlan(answer: AgentAnswer, peer: PeerKind, label: string): PlannedCases {
  if (answer.answer === "refused") {
    const { message, given, candidates = [] } = answer;
    if (typeof message === "string" && areTexts(candidates)) {
      throw new SettingsError(message, typeof given === "string" ? given : undefined, candidates);
    }
  }
  if (answer.answer !== "plan") {
    throw new AgentError(`${label} answered ${shown(answer)} to a question for its plan`);
  }
  const planned = readPlannedCases(answer.plan);
  const fault = typeof planned === "string" ? planned : findCaseFault(planned, peer);
  if (typeof planned === "string" || fault !== undefined) {
    throw new AgentError(`${label} planned what cannot be measured: ${fault}`);
  }
  return planned;
}

function findCaseFault({ cases }: PlannedCases, peer: PeerKind): string | undefined {
  for (const { id, scenario, transport, params, placement, expectedNs } of cases) {
    const name = caseId(scenario, transport, params, placement.pin);
    if (id !== name) return `the case ${JSON.stringify(id)} is ${JSON.stringify(name)}`;
    if (placement.peer !== peer) return `${id} is with peer ${placement.peer}, and not ${peer}`;
    if (expectedNs > LONGEST_TRIAL_NS) return `a trial of ${id} would take more than an hour`;
  }
  return undefined;
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function shown(message: unknown): string {
  const text = JSON.stringify(message);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
