// Counting system calls: how many an operation of each case takes on each side, in trials of their own in agents of their own, so that
// nothing that is timed is traced.
//
// Both ends of a case run in one event loop, and the thread that runs it is traced: who has to wait for whom is then always the same, and so
// are its calls. Two trials of a side that disagree, or agents that do, are not counted: a case whose calls depend on the moment has no count.

import { countingOf, notCounted } from "../compare/not_read.ts";
import { COUNTED_METRIC } from "../compare/pooled_values.ts";
import type { Case, Skip } from "../model/case.ts";
import type { Trial } from "../model/trial.ts";
import { startTracer, type Tracer } from "../peer/tracer.ts";
import { CallCount } from "../run/tracing.ts";
import type { AbOptions } from "./ab_options.ts";
import { AgentError, type AgentLink } from "./agent_link.ts";
import { openOneAgent } from "./agent_pair.ts";
import type { CaseSides } from "./case_sides.ts";
import { headsOf, type Side } from "./paired_trials.ts";

/** Operations of a counted trial: what the runtime does now and then is a few hundredths of a call each. */
const OPERATIONS = 30;
/** Fewer say nothing of one. */
const MIN_OPERATIONS = 10;
/** A counted trial ends after so long, whatever its operations, in nanoseconds. */
const MEASURE_NS = 100e6;
/** What a counted trial takes, in nanoseconds; the watchdog takes it many times. */
const EXPECTED_NS = 1e9;
/** Counts of one side may differ by so many calls an operation. */
const TOLERANCE = 0.1;
/** From here on a difference is counted once more, on fresh agents: half of the threshold. */
const SUSPICIOUS = 0.25;

/** What an engine, an allocator or a C library does on its own, now and then: no program asks for it operation by operation. */
const APART = new Set([
  ..."futex madvise mmap munmap mprotect mremap brk sched_yield".split(" "),
  ..."clock_gettime rt_sigreturn rt_sigprocmask restart_syscall".split(" "),
]);

/** What counting found of a case on a side. */
type Counted =
  /** System calls an operation. */
  | { readonly value: number }
  /** They cannot be counted, and that is no fault of the side. */
  | { readonly reason: string }
  /** Its trial failed. */
  | { readonly failed: string };

/** Counts of all sides. */
export class CallCounts {
  readonly #found = new Map<Side, Map<string, Counted>>();

  constructor(
    /** Why nothing is counted at all; absent: something is. */
    readonly refused?: string,
  ) {}

  set(side: Side, { id }: Case, counted: Counted): void {
    const own = this.#found.get(side) ?? new Map<string, Counted>();
    this.#found.set(side, own.set(id, counted));
  }

  value(side: Side, { id }: Case): number | undefined {
    const found = this.#found.get(side)?.get(id);
    return found !== undefined && "value" in found ? found.value : undefined;
  }

  /** A side's trials, the last that ended well of each case with its count. */
  addTo(side: Side, trials: readonly Trial[]): Trial[] {
    const left = new Map(this.#found.get(side));
    return trials.toReversed().map((trial): Trial => {
      const found = left.get(trial.case);
      if (trial.error !== undefined || found === undefined || !("value" in found)) return trial;
      left.delete(trial.case);
      return { ...trial, values: { ...trial.values, [COUNTED_METRIC]: found.value } };
    }).reverse();
  }

  /** What was not counted on a side, with the reason. */
  skipped(side: Side): readonly Skip[] {
    if (this.refused !== undefined) return [{ what: COUNTED_METRIC, reason: this.refused }];
    return [...this.#found.get(side) ?? []].flatMap(([id, found]): readonly Skip[] => {
      if ("value" in found) return [];
      return "reason" in found ? [{ what: notCounted(id), reason: found.reason }] : [{
        what: countingOf(id),
        reason: `its trial failed while its system calls were counted: ${found.failed}`,
      }];
    });
  }
}

/** Counts the calls of every case that base and some head measure. Never throws: what cannot be counted has a reason. */
export async function countCalls(cases: CaseSides, options: AbOptions): Promise<CallCounts> {
  try {
    await using tracer = await startTracer();
    // Whether tracing is allowed at all: tried on this thread.
    const own = new CallCount(tracer);
    await own.begin();
    await own.end();
  } catch (error) {
    return new CallCounts((error as Error).message.replace(/^Cannot count system calls: /, ""));
  }
  const counts = new CallCounts();
  const { signal } = options;
  for (const side of cases.sides) {
    await using counter = new SideCounter(side, options);
    for (const c of cases.shared()) {
      if (signal?.aborted) return counts;
      if (cases.sidesWith(c).includes(side)) counts.set(side, c, await counter.count(c));
    }
  }
  await countAgain(counts, cases, options);
  return counts;
}

/** Where a head has more calls than base, fresh agents of both must find as many again. */
async function countAgain(
  counts: CallCounts,
  cases: CaseSides,
  options: AbOptions,
): Promise<void> {
  for (const side of cases.sides) {
    const suspicious = cases.shared().filter((c) => {
      const base = counts.value("base", c);
      const heads = side === "base" ? headsOf(options.subjects) : [side];
      return base !== undefined &&
        heads.some((head) => (counts.value(head, c) ?? 0) - base > SUSPICIOUS);
    });
    if (suspicious.length === 0) continue;
    await using counter = new SideCounter(side, options);
    for (const c of suspicious) {
      const before = counts.value(side, c);
      if (before === undefined || options.signal?.aborted) continue;
      const again = await counter.count(c);
      const isSame = "value" in again && Math.abs(again.value - before) <= TOLERANCE;
      if (!isSame) counts.set(side, c, "value" in again ? varying(before, again.value) : again);
    }
  }
}

function varying(...values: readonly number[]): Counted {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((one) => one.toFixed(2));
  return { reason: `its count varies from trial to trial, ${low} to ${high} an operation` };
}

/** Counts for one side, with an agent and a tracer that live as long as all goes well. */
class SideCounter implements AsyncDisposable {
  #open: { readonly agent: AgentLink; readonly tracer: Tracer } | undefined;

  constructor(readonly side: Side, readonly options: AbOptions) {}

  /** Two trials that agree; where they do not, two more must. A trial that failed is tried once more. */
  async count(c: Case): Promise<Counted> {
    const values: number[] = [];
    let failure: Counted | undefined;
    while (values.length < 4 && !this.options.signal?.aborted) {
      const found = await this.#trial(shorten(c));
      if ("reason" in found) return found;
      if ("failed" in found) {
        if (failure !== undefined) return found;
        failure = found;
        continue;
      }
      values.push(found.value);
      const [one, other] = values.slice(-2);
      const isPair = values.length % 2 === 0;
      if (isPair && Math.abs(one! - other!) <= TOLERANCE) {
        return { value: Math.round(50 * (one! + other!)) / 100 };
      }
    }
    return values.length < 2 ? { reason: "the job was interrupted" } : varying(...values);
  }

  async #trial(c: Case): Promise<Counted> {
    try {
      const { agent, tracer } = this.#open ??= await openPair(this.side, this.options);
      const found = await agent.count(c, tracer);
      if ("reason" in found) return found;
      const { error, operations } = found.outcome;
      if (error !== undefined) return { failed: `${error.kind}: ${error.message}` };
      if (!(operations >= MIN_OPERATIONS)) {
        return { reason: `a trial has fewer than ${MIN_OPERATIONS} operations` };
      }
      const calls = Object.entries(found.calls).filter(([name]) => !APART.has(name));
      return { value: calls.reduce((sum, [, count]) => sum + count, 0) / operations };
    } catch (error) {
      // Either may hang: both are replaced.
      await this[Symbol.asyncDispose]();
      if (!(error instanceof Error)) throw error;
      return error instanceof AgentError
        ? { failed: error.message }
        : { reason: error.message.replace(/^Cannot count system calls: /, "") };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    // The tracer first: an agent that it holds would not end.
    await open?.tracer[Symbol.asyncDispose]();
    await open?.agent[Symbol.asyncDispose]();
  }
}

async function openPair(side: Side, options: AbOptions) {
  const tracer = await startTracer();
  try {
    return { tracer, agent: await openOneAgent(side, { ...options, peer: "loop" }) };
  } catch (error) {
    await tracer[Symbol.asyncDispose]();
    throw error;
  }
}

/** A case as it is counted: a few operations, both ends in one event loop and nothing pinned. */
function shorten(c: Case): Case {
  const maxOperations = Math.min(c.budget.maxOperations ?? OPERATIONS, OPERATIONS);
  const minOperations = Math.min(MIN_OPERATIONS, maxOperations);
  return {
    ...c,
    budget: { warmupNs: 1e6, measureNs: MEASURE_NS, minOperations, maxOperations },
    expectedNs: EXPECTED_NS,
    placement: { peer: "loop", pin: "none" },
  };
}
