// reports/floor.md: the suite's libc driver beside a loop in C.

import { median, medianInterval, type Pair, pairedRatio } from "../../../src/stats/mod.ts";
import { isSure, judgeGoal } from "../reference_tools/tool_report.ts";

/** A transport and what an exchange took by each step, a value a round, in nanoseconds. */
export interface FloorRow {
  /** As in `tcp`. */
  readonly transport: string;
  /** The C loop first, the suite last. */
  readonly steps: readonly { readonly step: string; readonly ns: readonly number[] }[];
}

/** A run of the floor. */
export interface FloorRun {
  /** Machine, versions and time. */
  readonly facts: readonly string[];
  /** Rounds. */
  readonly rounds: number;
  /** A row a transport. */
  readonly rows: readonly FloorRow[];
}

/** What is promised of suite / C. */
const GOALS: Readonly<Record<string, number>> = {
  tcp: 1.05,
  udp: 1.05,
  unix: 1.1,
  unixpacket: 1.1,
};

/** The report as Markdown. */
export function renderFloor({ facts, rounds, rows }: FloorRun): string {
  const head = [
    "transport",
    "C loop",
    "suite",
    "suite / C",
    "95 % interval",
    "n",
    "goal",
    "verdict",
  ];
  const steps = rows[0]?.steps.slice(1).map(({ step }) => step) ?? [];
  return [
    "# The libc driver beside a loop in C",
    "",
    `${facts.join(" · ")}. Repeat it: \`deno task floor\``,
    "",
    `${rounds} rounds; in each, every transport by every step in random order, on fresh sockets between two processes on one core. 64 B round trips, ` +
    "blocking calls; each value is the median over batches of 20 exchanges of what one of them takes. Ratios are medians of the rounds' log-ratios " +
    "with their order-statistic interval.",
    "",
    ...table(head, rows.map(ratioRow)),
    "",
    "## What each step adds",
    "",
    "Nanoseconds an exchange, both ends together: the median of the rounds' differences from the step before, with the interval of order statistics. " +
    "`calls`: two calls through FFI at each end instead of two of C. `timeouts`: the kernel's timer that SO_RCVTIMEO and SO_SNDTIMEO set in each call that " +
    "sleeps; the driver needs it so that its thread gets back to the event loop. `clock and histogram`: two readings and a histogram entry at the driving end. " +
    "`channel`: the methods of the suite's channels. `suite`: the whole trial, its peer's protocol and watchdog included.",
    "",
    ...table(["transport", ...steps], rows.map(stepRow)),
    "",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function ratioRow({ transport, steps }: FloorRow): readonly string[] {
  const base = steps[0]!.ns;
  const suite = steps.at(-1)!.ns;
  const ratio = pairedRatio(suite.map((ns, round): Pair => [ns, base[round]!]));
  const goal = GOALS[transport]!;
  const microseconds = (ns: readonly number[]) => `${(median(ns) / 1e3).toFixed(2)} µs`;
  return [
    `${transport}@libc`,
    microseconds(base),
    microseconds(suite),
    ratio.estimate.toFixed(3),
    isSure(ratio) ? `[${ratio.low.toFixed(3)}, ${ratio.high.toFixed(3)}]` : "– (too few rounds)",
    String(ratio.n),
    `≤ ${goal.toFixed(2)}`,
    judgeGoal(ratio, { must: "be at most", value: goal }),
  ];
}

function stepRow({ transport, steps }: FloorRow): readonly string[] {
  return [
    `${transport}@libc`,
    ...steps.slice(1).map(({ ns }, index) => {
      const found = medianInterval(ns.map((value, round) => value - steps[index]!.ns[round]!));
      const text = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(0)}`;
      const interval = isSure(found) ? ` [${text(found.low)}, ${text(found.high)}]` : "";
      return `${text(found.estimate)}${interval}`;
    }),
  ];
}
