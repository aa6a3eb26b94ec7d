// Counts the system calls of a thread between its marks by ptrace(2), from another process; nothing done meanwhile may be timed.

import { type Libc, requireLibc } from "./libc.ts";
import { ERRNO } from "./system_error.ts";
import { systemCallName } from "./system_call_names.ts";

const PTRACE = {
  SYSCALL: 24,
  DETACH: 17,
  SEIZE: 0x4206,
  INTERRUPT: 0x4207,
  LISTEN: 0x4208,
  GET_SYSCALL_INFO: 0x420e,
} as const;

/** System-call stops are told from others by bit 7 of their signal. */
const PTRACE_O_TRACESYSGOOD = 1n;
const SYSCALL_STOP = 5 /* SIGTRAP */ | 0x80;
const PTRACE_EVENT_STOP = 128;
const STOPPING_SIGNALS: readonly number[] = [19, 20, 21, 22];
/** Wait for threads too, not for processes alone. */
const WALL = 0x40000000;

/** PR_SET_PTRACER of the Yama security module. */
const PR_SET_PTRACER = 0x59616d61;

/** First argument of the getpriority(2) that marks: the kernel refuses it (EINVAL) and does nothing. */
const MARK = 0x534f434b;

export const TRACE_MARK = { begin: 1, end: 2 } as const;

/** Marks the calling thread's system calls for its tracer. Without one it does nothing. */
export function markTrace(mark: typeof TRACE_MARK[keyof typeof TRACE_MARK]): void {
  requireLibc().symbols.getpriority(MARK, mark);
}

/** Lets a process trace this one where the Yama module (kernel.yama.ptrace_scope = 1) lets parents only. */
export function allowTracer(pid: number): void {
  requireLibc().symbols.prctl(PR_SET_PTRACER, BigInt(pid), 0n, 0n, 0n);
}

/** How {@linkcode traceSystemCalls} speaks with who asked for it. */
export interface TraceEvents {
  /** The thread is attached to: a mark that it sets from now on is seen. */
  onAttached(): void;
  /** Asked at each stop of the thread: whether to give up. */
  shouldStop(): boolean;
}

export type TraceResult =
  | {
    /** Both marks were seen. */
    readonly ok: true;
    /** Calls between them by name; {@linkcode systemCallName} says how. */
    readonly calls: Readonly<Record<string, number>>;
  }
  | {
    readonly ok: false;
    /** Why, as in "thread 1234 could not be traced: Operation not permitted (EPERM)". */
    readonly reason: string;
  };

/** Counts the system calls of another process's thread between its marks; blocks until then. */
export function traceSystemCalls(tid: number, events: TraceEvents): TraceResult {
  const libc = requireLibc();
  const { ptrace } = libc.symbols;
  const fault = (what: string): TraceResult => {
    const { message } = libc.error("ptrace", undefined, `thread ${tid} ${what}`);
    return { ok: false, reason: message };
  };
  if (ptrace(PTRACE.SEIZE, tid, 0n, PTRACE_O_TRACESYSGOOD) < 0) return fault("could not be traced");
  if (ptrace(PTRACE.INTERRUPT, tid, 0n, 0n) < 0) return fault("could not be stopped");
  return followThread(libc, tid, events);
}

function followThread(libc: Libc, tid: number, events: TraceEvents): TraceResult {
  const { ptrace } = libc.symbols;
  const count = createCounter(libc, tid);
  const detach = (result: TraceResult): TraceResult => {
    ptrace(PTRACE.DETACH, tid, 0n, 0n);
    return result;
  };
  let isAttached = false;
  for (;;) {
    const status = waitFor(libc, tid);
    if (status === undefined || (status & 0xff) !== 0x7f) {
      return { ok: false, reason: `thread ${tid} ended before it set its end mark` };
    }
    const signal = status >> 8 & 0xff, event = status >> 16;
    let request: number = PTRACE.SYSCALL, passed = 0;
    if (signal === SYSCALL_STOP) {
      const seen = count.take();
      if (seen !== undefined) return detach(seen);
    } else if (event !== PTRACE_EVENT_STOP) {
      passed = signal;
    } else if (STOPPING_SIGNALS.includes(signal)) {
      request = PTRACE.LISTEN;
    }
    if (events.shouldStop()) return detach({ ok: false, reason: count.missing() });
    // A thread that was killed meanwhile: the next wait tells.
    ptrace(request, tid, 0n, BigInt(passed));
    if (!isAttached) events.onAttached();
    isAttached = true;
  }
}

/** Waits for the next stop of the thread, or its end; undefined when it is gone. */
function waitFor(libc: Libc, tid: number): number | undefined {
  const status = new Int32Array(1);
  while (libc.symbols.waitpid(tid, status, WALL) < 0) {
    if (libc.errno !== ERRNO.EINTR) return undefined;
  }
  return status[0]!;
}

/** Op of struct ptrace_syscall_info: the thread is about to make the call. */
const ENTRY = 1;

function createCounter(libc: Libc, tid: number) {
  const { ptrace } = libc.symbols;
  // struct ptrace_syscall_info: op at 0, the call's number at 24, its arguments from 32, 8 bytes each.
  const bytes = new Uint8Array(88);
  const info = new DataView(bytes.buffer);
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
  const counts = new Map<number, number>();
  let isCounting = false;
  return {
    /** Takes a stop; gives the result at the end mark, or when the kernel does not say what was called. */
    take(): TraceResult | undefined {
      if (ptrace(PTRACE.GET_SYSCALL_INFO, tid, BigInt(bytes.length), address) < 0) {
        const what = "PTRACE_GET_SYSCALL_INFO, which needs Linux 5.3, was refused";
        return { ok: false, reason: libc.error("ptrace", undefined, what).message };
      }
      if (info.getUint8(0) !== ENTRY) return undefined;
      const number = info.getUint32(24, true);
      // A mark has arguments that no other call has.
      if (info.getUint32(32, true) === MARK && systemCallName(number) === "getpriority") {
        const mark = info.getUint32(40, true);
        if (mark === TRACE_MARK.end) {
          if (!isCounting) return { ok: false, reason: `thread ${tid} set its end mark only` };
          return { ok: true, calls: named(counts) };
        }
        isCounting = true;
        counts.clear();
      } else if (isCounting) {
        counts.set(number, (counts.get(number) ?? 0) + 1);
      }
      return undefined;
    },
    missing: () => `thread ${tid} did not set its ${isCounting ? "end" : "begin"} mark`,
  };
}

function named(counts: ReadonlyMap<number, number>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...counts].sort((a, b) => b[1] - a[1]).map((
      [number, count],
    ) => [systemCallName(number), count]),
  );
}
