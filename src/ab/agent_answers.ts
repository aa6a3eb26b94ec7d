/**
 * What an agent answers, checked: it may be of another version, and a user's module may write to its standard output.
 *
 * @module
 */

import type { Case } from "../model/case.ts";
import type { Plan } from "../plan/plan.ts";
import { SettingsError } from "../plan/settings.ts";
import { findTrialFault } from "../record/codec.ts";
import type { TrialOutcome } from "../run/run_trial.ts";
import { type AgentAnswer, type AgentNames, PROTOCOL } from "./agent_protocol.ts";

/** Thrown when an agent dies, hangs or talks nonsense; the message names it. */
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
  if (answer.answer === "names") return answer.names;
  throw new AgentError(`${label} answered ${shown(answer)} to a question for its names`);
}

/** The plan of a subject. */
export function readPlan(answer: AgentAnswer, label: string): Plan {
  if (answer.answer === "refused") {
    throw new SettingsError(answer.message, answer.given, answer.candidates);
  }
  if (answer.answer === "plan" && Array.isArray(answer.plan?.cases)) return answer.plan;
  throw new AgentError(`${label} answered ${shown(answer)} to a question for its plan`);
}

function shown(message: unknown): string {
  const text = JSON.stringify(message);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
