// Counting the system calls of trials whose workload asks for it: one tracer for a run.

import type { Catalog } from "../catalog.ts";
import { openKernel, requireLibc } from "../kernel/libc.ts";
import { allowTracer, markTrace, TRACE_MARK } from "../kernel/trace_system_calls.ts";
import { describeHost } from "../peer/host.ts";
import { startTracer, type Tracer } from "../peer/tracer.ts";
import type { Case } from "../model/case.ts";
import type { Plan } from "../plan/plan.ts";
import type { Workload } from "../workload/workload.ts";

/** How counters of system calls are called among those of a trial: `syscall.recvfrom`. */
const PREFIX = "syscall.";

/** What a run may trace with, and what is left of its plan. */
export interface Tracing extends AsyncDisposable {
  /** The plan; without its traced cases, and with the reason, where nothing can be traced here. */
  readonly plan: Plan;
  /** The tracer; absent where no case needs one, or none can be had. */
  readonly tracer?: Tracer;
}

/** A tracer where a case needs one, tried on this thread; never throws: without it those cases are skipped. */
export async function openTracing(plan: Plan, { workloads }: Catalog): Promise<Tracing> {
  const isTraced = (one: Case) => asksForTracing(workloads.get(one.workload), one);
  if (!plan.cases.some(isTraced)) return { plan, [Symbol.asyncDispose]: () => Promise.resolve() };
  let tracer: Tracer | undefined;
  try {
    tracer = await startTracer();
    const count = new CallCount(tracer);
    await count.begin();
    await count.end();
    const started = tracer;
    return { plan, tracer, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
  } catch (error) {
    await tracer?.[Symbol.asyncDispose]();
    const reason = (error as Error).message;
    const skip = { what: "cases that count system calls", reason };
    const cases = plan.cases.filter((one) => !isTraced(one));
    return {
      plan: { ...plan, cases, skipped: [...plan.skipped, skip] },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
}

/** Whether a case's system calls are to be counted. */
export function asksForTracing(
  workload: Workload | undefined,
  { fixed, params }: Pick<Case, "fixed" | "params">,
): boolean {
  return workload?.traces?.({ ...fixed, ...params }) ?? false;
}

/** What marks the calls of a trial for a tracer that another process has, and that {@linkcode allowTracing} let in. */
export const MARKING: Tracer = {
  pid: 0,
  attach: () => Promise.resolve(),
  detach: () => Promise.resolve({}),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** Sets the end mark, which a tracer waits for, whatever became of the trial. */
export const endMarking = () => markTrace(TRACE_MARK.end);

/** Lets another process trace this thread, which must be the first of its own; the reason where it cannot, as a clause. */
export function allowTracing(tracer: number): string | undefined {
  const kernel = openKernel();
  if (!kernel.available) return kernel.reason;
  // A process's first thread has its id: what is to be traced is then not for who is traced to name.
  const { pid, tid } = describeHost();
  if (pid !== tid) return "its sockets are not served by the first thread of its process";
  allowTracer(tracer);
  return undefined;
}

/** Counts the system calls of the calling thread, from `begin` to `end`. */
export class CallCount {
  readonly #tracer: Tracer;
  #calls: Readonly<Record<string, number>> = {};
  #isAttached = false;

  /** @param tracer traces nothing else meanwhile */
  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** Attaches the tracer. The calls that follow are counted. */
  async begin(): Promise<void> {
    await this.#tracer.attach(requireLibc().symbols.gettid());
    this.#isAttached = true;
    markTrace(TRACE_MARK.begin);
  }

  /** Ends counting at once, and then detaches the tracer. */
  end(): Promise<void> {
    markTrace(TRACE_MARK.end);
    return this.#detach();
  }

  /** Detaches the tracer of a trial that did not come to its end. Never throws. */
  async abandon(): Promise<void> {
    if (!this.#isAttached) return;
    try {
      await this.#detach();
    } catch {
      // It has no counts, and nobody asks for them.
    }
  }

  async #detach(): Promise<void> {
    this.#isAttached = false;
    this.#calls = await this.#tracer.detach();
  }

  /** What was counted, by the name it has among a trial's counters. */
  get counters(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.#calls).map(([name, count]) => [`${PREFIX}${name}`, count]),
    );
  }

  get total(): number {
    return Object.values(this.#calls).reduce((sum, count) => sum + count, 0);
  }
}
