/**
 * The driver's end of an agent.
 *
 * @module
 */

import { inheritedPermissions, startLineProcess } from "../peer/line_process.ts";
import type { Case } from "../plan/case.ts";
import type { TrialOutcome } from "../run/run_trial.ts";
import type { AgentAnswer, AgentOrder } from "./agent_protocol.ts";
import type { PreparedSubject } from "./prepare_subject.ts";

/** How long an agent may take to answer beyond what its own watchdog allows a trial, in milliseconds. */
const ANSWER_PATIENCE_MS = 30_000;
/** How long an agent may take to start, in milliseconds: its modules may have to be fetched. */
const START_PATIENCE_MS = 60_000;

/** Thrown when an agent dies, hangs or talks nonsense; the message names it. */
export class AgentError extends Error {
  /** Always "AgentError". */
  override readonly name = "AgentError";
}

/** A running agent. */
export interface AgentLink extends AsyncDisposable {
  /** Names it in errors: `base agent self (process 4711)`. */
  readonly label: string;
  /** The version of its Deno. */
  readonly deno: string;
  /**
   * Measures one trial.
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

  const link = {
    label,
    deno: "",
    async trial(c: Case): Promise<TrialOutcome> {
      waiting = Promise.withResolvers();
      await process.send({ ask: "trial", case: c });
      const answer = await next(ANSWER_PATIENCE_MS + 10 * c.expectedNs / 1e6);
      if (answer.answer === "trial") return answer.outcome;
      throw new AgentError(
        `${label} ${
          answer.answer === "failed"
            ? `failed: ${answer.message}`
            : `answered "${answer.answer}" to a trial`
        }`,
      );
    },
    [Symbol.asyncDispose]: () => process.end(),
  };
  try {
    const first = await next(START_PATIENCE_MS);
    if (first.answer !== "ready") {
      const why = first.answer === "failed" ? first.message : `it said "${first.answer}"`;
      throw new AgentError(`${label} could not start: ${why}`);
    }
    link.deno = first.deno;
    return link;
  } catch (error) {
    await process.end();
    throw error;
  }
}
