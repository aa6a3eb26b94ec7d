// Scenario `overhead`.

import { LOOPS } from "../workload/exchange_loops.ts";
import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { GridBlock, Scenario } from "../model/scenario.ts";
import type { SplitCell } from "../model/scenario_spec.ts";

/** Exchanges of a traced trial: their count per exchange is the same every time, but for what the runtime does now and then. */
const TRACED_EXCHANGES = 25;
/** What a traced trial takes, attaching included, in nanoseconds. */
const TRACED_NS = 90e6;

const TRANSPORTS = ["tcp", "unix", "udp", "unixpacket"];
const IPV6 = ["tcp6", "udp6"];

/** Where does the time of an exchange go? */
export const overhead: Scenario = {
  id: "overhead",
  question: "How much of an exchange is the kernel, how much Deno, and how much the suite itself?",
  operation: "exchange",
  parameters: [
    { name: "bytes", kind: "size", description: "size of the request and of the reply" },
    {
      name: "loop",
      kind: "choice",
      choices: LOOPS,
      description:
        "who makes the exchanges: a bare loop, the suite, or the suite while system calls are counted",
    },
  ],
  metrics: ["perExchange", "cpuPerOperation", "systemCallsPerOperation", "ffiCall"],
  columns: ["loop"],
  contrasts: [{ factor: "loop", base: "bare", metric: "perExchange" }],
  tables: ["cpuPerOperation", "systemCallsPerOperation"],
  split: {
    metric: "perExchange",
    parts: [
      { title: "kernel", of: cell("libc", "bare") },
      { title: "Deno", of: cell("deno", "bare"), less: cell("libc", "bare") },
      { title: "suite", of: cell("deno", "suite"), less: cell("deno", "bare") },
      { title: "all of it", of: cell("deno", "suite") },
      { title: "suite over libc", of: cell("libc", "suite"), less: cell("libc", "bare") },
    ],
  },
  evidence: ["syscall.*"],
  notes: [
    "bare: a hand-written loop of the driver's own calls at both ends, one reading of the clock for 20 exchanges. suite: the workload of `round-trip`, with its channels, two readings of the clock and a histogram entry for each exchange.",
    "kernel is the bare loop over libc: its system calls, the change of context between the two ends, and two calls through FFI at each end (see FFI call for one of them). Deno is what the same loop takes more over Deno's own sockets: its ops, promises and event loop. suite is what the suite takes more than that. The three add up to all of it.",
    "traced: system calls of the driving thread, counted by ptrace in trials of their own that are not timed. Their peer answers 1 ms late, as a thread that is stopped at each call would else find its reply there and not have to wait. A blocking exchange is one send and one receive; what waits in an event loop asks before and after.",
    "An interval of a difference that includes 0 says that the difference is too small to be seen here. Read the parts on one core: on two, each exchange waits for an idle core to wake, which takes longer than all of them and varies by more.",
  ],
  workload: "exchange-loops",
  onDemand: true,
  fixed: { nagle: "off" },
  grid: {
    quick: gridOf(TRANSPORTS, ["same"]),
    standard: gridOf(TRANSPORTS, ["same", "cross"]),
    thorough: gridOf([...TRANSPORTS, ...IPV6], ["same", "cross", "none"]),
  },
  budget: (params, budget) =>
    isTraced(params) ? { ...budget, measureNs: 0, minOperations: TRACED_EXCHANGES } : budget,
  // The longest, so that no warm-up pass is a traced one.
  expectedNs: (params: Params, { warmupNs, measureNs }: Budget) =>
    Math.max(warmupNs + measureNs, isTraced(params) ? TRACED_NS : 0),
};

function isTraced({ loop }: Params): boolean {
  return loop === "traced";
}

function cell(driver: string, loop: string): SplitCell {
  return { driver, params: { loop } };
}

function gridOf(names: readonly string[], pins: NonNullable<GridBlock["pins"]>): GridBlock[] {
  const transports = names.flatMap((name) => [name, `${name}@libc`]);
  const bytes = [64];
  return [
    { transports, pins, params: { bytes, loop: ["bare", "suite"] } },
    { transports, pins: ["same"], params: { bytes, loop: ["traced"] }, needs: "ffi" },
  ];
}
