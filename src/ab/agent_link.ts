/**
 * The driver's end of an agent.
 *
 * @module
 */

import { inheritedPermissions, startLineProcess } from "../peer/line_process.ts";
import type { Case } from "../plan/case.ts";
import { findTrialFault } from "../record/codec.ts";
import type { TrialOutcome } from "../run/run_trial.ts";
import { type AgentAnswer, type AgentOrder, PROTOCOL } from "./agent_protocol.ts";
import type { PreparedSubject } from "./prepare_subject.ts";

/** How long an agent may take. */
export interface AgentPatience {
  /** To start, in milliseconds: its modules may have to be fetched. */
  readonly startMs: number;
  /** To answer beyond what its own watchdog allows a trial, in milliseconds. */
  readonly answerMs: number;
}

const PATIENCE: AgentPatience = { startMs: 60_000, answerMs: 30_000 };

/** Thrown when an agent dies, hangs or talks nonsense; the message names it. */
export class AgentError extends Error {
  /** Always "AgentError". */
  override readonly name = "AgentError";
}

/** A running agent. */
export interface AgentLink extends AsyncDisposable {
  /** Names it in errors: `base agent self (process 4711)`. */
  readonly label: string;
  /** The versions of its Deno and of its sockbench. */
  readonly versions: Readonly<Record<string, string>>;
  /**
   * Measures one trial. Figures that no record may hold, as those of a user's workload may be, are an outcome with an error.
   *
   * @throws {AgentError} when the agent dies, hangs or talks nonsense.
   */
  trial(c: Case): Promise<TrialOutcome>;
}

/**
 * Starts an agent for `subject` and resolves when it is ready.
 *
 * @param side which side it measures, for errors
 * @throws {AgentError} when it cannot start.
 */
export async function openAgent(
  side: "base" | "head",
  subject: PreparedSubject,
  order: AgentOrder,
  patience: AgentPatience = PATIENCE,
): Promise<AgentLink> {
  let waiting: PromiseWithResolvers<AgentAnswer> = Promise.withResolvers();
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => {});
  const process = startLineProcess({
    deno: subject.deno,
    args: [
      "--unstable-net",
      "--allow-net",
      "--allow-read",
      `--allow-write=${order.directory}`,
      ...(order.peer === "process" ? ["--allow-run"] : []),
      ...inheritedPermissions(),
      ...(subject.config === undefined
        ? ["--no-config"]
        : [`--config=${subject.config}`, "--no-lock"]),
      subject.agentMain,
      JSON.stringify(order),
    ],
    onMessage: (message) => waiting.resolve(message as AgentAnswer),
    onFailure: (reason) => died.reject(new AgentError(`${label} ${reason}`)),
  });
  const label = `${side} agent ${subject.label} (process ${process.pid})`;

  async function next(patienceMs: number): Promise<AgentAnswer> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new AgentError(`${label} did not answer within ${patienceMs / 1e3} s`)),
      patienceMs,
    );
    try {
      return await Promise.race([waiting.promise, died.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  let versions: AgentLink["versions"];
  try {
    const first = await next(patience.startMs);
    if (first.answer === "failed") {
      throw new AgentError(`${label} could not start: ${first.message}`);
    }
    versions = readVersions(first, label);
  } catch (error) {
    await process.end();
    throw error;
  }
  return {
    label,
    versions,
    async trial(c) {
      waiting = Promise.withResolvers();
      await process.send({ ask: "trial", case: c });
      const answer = await next(patience.answerMs + 10 * c.expectedNs / 1e6);
      if (answer.answer === "failed") throw new AgentError(`${label} failed: ${answer.message}`);
      return readOutcome(answer, c, label);
    },
    [Symbol.asyncDispose]: () => process.end(),
  };
}

/** Checks the first message: whether it is one, and of an agent that can be understood. */
function readVersions(first: AgentAnswer, label: string): AgentLink["versions"] {
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

function readOutcome(answer: AgentAnswer, c: Case, label: string): TrialOutcome {
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

function shown(message: unknown): string {
  const text = JSON.stringify(message);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
