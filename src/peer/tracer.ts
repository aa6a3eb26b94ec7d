// A process that counts the system calls of a thread of this process, or of another one.

import { mainUrl } from "../mains.ts";
import { allowTracer, type TraceResult } from "../kernel/trace_system_calls.ts";
import { isWhole } from "./child_permissions.ts";
import { denoRun, startLineProcess } from "./line_process.ts";

/** A tracer's request, as its process reads it. */
export type TracerRequest =
  | { readonly request: "trace"; readonly tid: number }
  | { readonly request: "stop" };

/** A tracer's answer, as its process writes it. */
export type TracerAnswer =
  | { readonly answer: "ready" }
  | { readonly answer: "unavailable"; readonly reason: string }
  | { readonly answer: "attached" }
  | { readonly answer: "traced"; readonly result: TraceResult };

/** A Tracer is a process that counts the system calls of one thread at a time. */
export interface Tracer extends AsyncDisposable {
  /** Its process id: another process that is to be traced may have to allow it (`allowTracer`). */
  readonly pid: number;
  /**
   * Begins to trace a thread. It runs on, slowly, until it sets its end mark (`markTrace`), or {@linkcode Tracer.detach} is called.
   * @param tid the thread's id, gettid(2)
   * @throws {Error} with the reason when it cannot be traced
   */
  attach(tid: number): Promise<void>;
  /**
   * The calls that the thread made between its marks, by name. Call it after the thread set its end mark. Throws Error when it
   * did not set both marks, or ended before.
   */
  detach(): Promise<Readonly<Record<string, number>>>;
}

/** How long a tracer may take for what it has at hand: a thread that makes no call at all cannot be given up on otherwise. */
const PATIENCE_MS = 5000;

/** Starts a tracer. Throws Error with the reason when there can be none here. */
export async function startTracer(): Promise<Tracer> {
  if (!isWhole({ name: "ffi" })) {
    throw new Error("Cannot count system calls: it needs --allow-ffi, for a process of its own");
  }
  const inbox = createInbox();
  const process = startLineProcess({
    program: Deno.execPath(),
    args: [...denoRun(), "--allow-ffi", "--no-config", mainUrl("tracer").href],
    onMessage: (message) => inbox.put(message as TracerAnswer),
    onFailure: (reason) => inbox.fail(`the tracer ${reason}`),
  });
  const tracer: Tracer = {
    pid: process.pid,
    async attach(tid) {
      allowTracer(process.pid);
      await process.send({ request: "trace", tid } satisfies TracerRequest);
      const answer = await inbox.take();
      if (answer.answer !== "attached") throw new Error(reasonOf(answer));
    },
    async detach() {
      await process.send({ request: "stop" } satisfies TracerRequest);
      const answer = await inbox.take();
      if (answer.answer !== "traced" || !answer.result.ok) throw new Error(reasonOf(answer));
      return answer.result.calls;
    },
    // The kernel detaches whatever a dead tracer held.
    [Symbol.asyncDispose]: () => process.end(),
  };
  try {
    const answer = await inbox.take();
    if (answer.answer !== "ready") throw new Error(reasonOf(answer));
    return tracer;
  } catch (error) {
    await process.end();
    throw error;
  }
}

function reasonOf(answer: TracerAnswer): string {
  const reason = answer.answer === "unavailable"
    ? answer.reason
    : answer.answer === "traced" && !answer.result.ok
    ? answer.result.reason
    : `the tracer answered ${answer.answer}`;
  return `Cannot count system calls: ${reason}`;
}

/** Answers in the order they came, one for each {@linkcode take}. */
function createInbox() {
  const answers: TracerAnswer[] = [];
  let failure: string | undefined;
  let wake: (() => void) | undefined;
  return {
    put(answer: TracerAnswer) {
      answers.push(answer);
      wake?.();
    },
    fail(reason: string) {
      failure ??= reason;
      wake?.();
    },
    async take(): Promise<TracerAnswer> {
      if (answers.length === 0 && failure === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(() => {
          failure ??= `the tracer did not answer within ${PATIENCE_MS / 1000} s`;
          resolve();
        }, PATIENCE_MS);
        await promise;
        clearTimeout(timer);
      }
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`Cannot count system calls: ${failure}`);
      return answer;
    },
  };
}
