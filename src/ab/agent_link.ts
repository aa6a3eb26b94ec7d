// The driver's end of an agent.

import { childPermissions } from "../peer/child_permissions.ts";
import { type ProjectFlags, projectFlags } from "../peer/project_flags.ts";
import { startLineProcess } from "../peer/line_process.ts";
import type { Case } from "../model/case.ts";
import type { PlannedCases } from "../plan/plan.ts";
import type { SettingsInput } from "../plan/settings.ts";
import type { TrialOutcome } from "../run/run_trial.ts";
import { AgentError, readNames, readOutcome, readPlan, readVersions } from "./agent_answers.ts";
import type {
  AgentAnswer,
  AgentNames,
  AgentOrder,
  AgentRequest,
  ReplayFile,
} from "./agent_protocol.ts";
import type { Side } from "./paired_trials.ts";
import type { Tracer } from "../peer/tracer.ts";
import type { OnMade, PreparedSubject } from "./prepare_subject.ts";
import { startOf } from "./runtime.ts";

export { AgentError } from "./agent_answers.ts";

/** How long an agent may take. */
export interface AgentPatience {
  /** To start, in milliseconds: its modules may have to be fetched. */
  readonly startMs: number;
  /** To answer beyond what its own watchdog allows a trial, in milliseconds. */
  readonly answerMs: number;
}

/** What {@linkcode openAgent} may be told. */
export interface AgentLinkOptions {
  /** How long it waits; absent: 11 s to start, half a minute to answer. */
  readonly patience?: AgentPatience;
  /** What it replays; absent: nothing. */
  readonly replay?: ReplayFile;
  /** Told how to end the agent at once, for whoever cannot wait. */
  readonly onMade?: OnMade;
}

const PATIENCE: AgentPatience = { startMs: 11_000, answerMs: 30_000 };

/** A running agent. */
export interface AgentLink extends AsyncDisposable {
  /** Names it in errors: `base agent self (process 4711)`. */
  readonly label: string;
  /** Of its process. */
  readonly pid: number;
  /** The versions of its Deno and of its sockbench. */
  readonly versions: Readonly<Record<string, string>>;
  /** Asks what can be named. Throws AgentError when the agent dies, hangs or violates the protocol. */
  names(): Promise<AgentNames>;
  /** Has it plan by its own scenarios and what works in its own Deno. Throws SettingsError, AgentError. */
  plan(input: SettingsInput): Promise<PlannedCases>;
  /** Measures one trial; figures that no record may hold are an outcome with an error. Throws AgentError. */
  trial(c: Case, memory?: boolean): Promise<TrialOutcome>;
  /** Counts system calls of a trial with both ends in one event loop, or says why they cannot be counted. Throws AgentError. */
  count(c: Case, tracer: Tracer): Promise<CountedTrial | { readonly reason: string }>;
  /** Times a bare loop of system calls. Returns nanoseconds a round trip; undefined where the agent has no FFI, or does not know what is asked. */
  control(): Promise<number | undefined>;
}

/** A trial whose system calls were counted. */
export interface CountedTrial {
  readonly outcome: TrialOutcome;
  /** By name. */
  readonly calls: Readonly<Record<string, number>>;
}

/** Starts an agent for `subject` and resolves when it is ready. Throws AgentError when it cannot start. */
export async function openAgent(
  side: Side,
  subject: PreparedSubject,
  order: AgentOrder,
  { patience = PATIENCE, onMade, replay }: AgentLinkOptions = {},
): Promise<AgentLink> {
  let waiting: PromiseWithResolvers<AgentAnswer> | undefined = Promise.withResolvers();
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => {});
  // Until the agent is ready.
  using project = projectOf(subject, order);
  const process = startLineProcess({
    program: subject.program,
    args: [
      ...startOf(subject.runtime),
      ...(subject.runtime === "deno" ? permissionsOf(side, subject, order) : []),
      ...project.flags,
      subject.agentMain,
      JSON.stringify(order),
    ],
    onMessage: take,
    onFailure: (reason) => died.reject(new AgentError(`${label} ${reason}`)),
  });
  // Killing is the first thing end() does, without waiting.
  onMade?.(() => void process.end());
  const label = `${side} agent ${subject.label} (process ${process.pid})`;

  // One answer a question: a second one would be taken for that of the next trial.
  function take(message: unknown): void {
    if (waiting === undefined) {
      died.reject(new AgentError(`${label} answered without being asked`));
    } else {
      waiting.resolve(message as AgentAnswer);
      waiting = undefined;
    }
  }

  async function next(
    { promise }: PromiseWithResolvers<AgentAnswer>,
    patienceMs: number,
  ): Promise<AgentAnswer> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new AgentError(`${label} did not answer within ${patienceMs / 1e3} s`)),
      patienceMs,
    );
    try {
      return await Promise.race([died.promise, promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  let versions: AgentLink["versions"];
  let controls = true;
  let counts = false;
  try {
    const first = await next(waiting, patience.startMs);
    if (first.answer === "failed") {
      throw new AgentError(`${label} could not start: ${first.message}`);
    }
    versions = readVersions(first, label);
    counts = first.answer === "ready" && first.counts === true;
    if (replay !== undefined) {
      if (first.answer !== "ready" || first.replays !== true) {
        throw new AgentError(`${label} cannot replay a file: its sockbench is an earlier one`);
      }
      await ask({ ask: "replay", file: replay });
    }
  } catch (error) {
    await process.end();
    throw error;
  }
  async function ask(request: AgentRequest, patienceMs = patience.answerMs): Promise<AgentAnswer> {
    const answered = waiting = Promise.withResolvers<AgentAnswer>();
    await process.send(request);
    const answer = await next(answered, patienceMs);
    if (answer.answer === "failed") throw new AgentError(`${label} failed: ${answer.message}`);
    return answer;
  }
  return {
    label,
    pid: process.pid,
    versions,
    names: async () => readNames(await ask({ ask: "names" }), label),
    plan: async (input) => readPlan(await ask({ ask: "plan", input }), order.peer, label),
    trial: async (c, memory = false) => {
      const patienceMs = patience.answerMs + 10 * c.expectedNs / 1e6;
      return readOutcome(await ask({ ask: "trial", case: c, memory }, patienceMs), c, label);
    },
    async count(c, tracer) {
      if (!counts) return { reason: "its sockbench does not know how to have them counted" };
      const ready = await ask({ ask: "trace", case: c, tracer: tracer.pid });
      if (ready.answer !== "trace") throw new AgentError(`${label} answered otherwise than asked`);
      if (ready.reason !== undefined) return { reason: String(ready.reason) };
      await tracer.attach(process.pid);
      const patienceMs = patience.answerMs + 10 * c.expectedNs / 1e6;
      const outcome = readOutcome(await ask({ ask: "count", case: c }, patienceMs), c, label);
      return { outcome, calls: await tracer.detach() };
    },
    async control() {
      if (!controls) return undefined;
      const answer = await ask({ ask: "control" });
      const ns = answer.answer === "control" ? answer.ns : undefined;
      controls = typeof ns === "number" && Number.isFinite(ns) && ns > 0;
      return controls ? ns : undefined;
    },
    [Symbol.asyncDispose]: () => process.end(),
  };
}

function permissionsOf(
  side: Side,
  { label, modules, program }: PreparedSubject,
  { directory, peer }: AgentOrder,
): readonly string[] {
  const permissions = childPermissions({
    directory,
    modules,
    // A worker's code is read while it runs.
    folders: [new URL("..", import.meta.url).pathname],
    ...(peer === "process" && { starts: program }),
  });
  if (!("missing" in permissions)) return ["--unstable-net", ...permissions.args];
  throw new AgentError(`${side} agent ${label} needs ${permissions.missing}`);
}

/** A checkout of sockbench is a project by itself; other modules have theirs. */
function projectOf(
  { label, modules, flags, runtime }: PreparedSubject,
  { directory }: AgentOrder,
): ProjectFlags {
  if (runtime !== "deno") return { flags: [], [Symbol.dispose]() {} };
  if (flags !== undefined) return { flags, [Symbol.dispose]() {} };
  try {
    return projectFlags(modules, directory);
  } catch (error) {
    throw new AgentError(`${label}: ${(error as Error).message}`);
  }
}
