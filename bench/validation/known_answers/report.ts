/**
 * The report on the known answers, as Markdown.
 *
 * @module
 */

import type { Skip } from "../../../src/model/case.ts";
import { describeMachine } from "../../../src/model/format_fact.ts";
import { coresOf, type Environment, type Fact, factOf } from "../../../src/model/environment.ts";
import { type Answer, CONFIDENCE, recoveryOf, TOLERANCE } from "./answer.ts";

/** Everything that the known answers gave. */
export interface KnownAnswers {
  /** Judged. */
  readonly answers: readonly Answer[];
  /** Shown beside them and not judged: their truth is not exact. */
  readonly beside: readonly Answer[];
  /** What could not be tried. */
  readonly skipped: readonly Skip[];
  /** Facts that bear on the answers, one sentence each. */
  readonly notes: readonly string[];
  /** The machine, with its load at the start. */
  readonly environment: Environment;
  /** The load average of the last minute at the end; `null` where it could not be read. */
  readonly loadAfter: Fact;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Wall time in nanoseconds. */
  readonly tookNs: number;
  /** What repeats it. */
  readonly command: string;
}

/** Renders the report. */
export function renderKnownAnswers(known: KnownAnswers): string {
  const { answers, beside, skipped, notes, environment } = known;
  const recovered = answers.filter((answer) => recoveryOf(answer) === "yes").length;
  return [
    "# Known answers",
    "",
    `${describeMachine(environment).join(" · ")} · ` +
    `${known.startedAt.slice(0, 16).replace("T", " ")} UTC · took ${
      Math.round(known.tookNs / 1e9)
    } s`,
    "",
    `Repeat it: \`${known.command}\``,
    "",
    loadLine(environment, known.loadAfter),
    "",
    `${recovered} of ${answers.length} known answers recovered: the interval holds the truth, and lies within ${
      100 * TOLERANCE
    } % of it as a whole.`,
    "",
    "| what | true | measured | interval | error | n | recovered |",
    "| :-- | --: | --: | --: | --: | --: | :-- |",
    ...answers.map((answer) => `${row(answer)} ${recoveryOf(answer)} |`),
    "",
    ...skipped.flatMap(({ what, reason }) => [`Skipped: ${what}: ${reason}.`, ""]),
    ...(beside.length === 0 ? [] : [
      "## Beside them",
      "",
      "The same delays with the peer in a process of its own. They are not judged, as their truth is not exact: while one end spins the other's " +
      "core falls asleep, and wakes the later the longer it slept, or finishes work that the round trip without a delay had to wait for.",
      "",
      "| what | true | measured | interval | difference | n |",
      "| :-- | --: | --: | --: | --: | --: |",
      ...beside.map(row),
      "",
    ]),
    "## What is true, and how it is known",
    "",
    "- A delay: the peer, on the driver's own event loop, spins on the clock from the moment a request arrived and notes for how long. The suite " +
    "measures delay and round trip together, so the delay is held against the difference of two median round trips of one round, with it and " +
    "without. The interval is widened by what the histogram may be off, a stated share of each round trip.",
    "- A fault: every k-th datagram is dropped, sent twice or sent after the next, by its number and not by chance; the sender counts. UDP is " +
    "sent slowly enough for its receiver, Unix datagrams push back, so that nothing else is lost. Reordered is what arrives after a higher number " +
    "(RFC 4737, section 3.3).",
    "- A pace: the sender spins until each write is due, by a schedule that lateness does not shift, and notes what it sent in which time. " +
    "The suite measures where the bytes arrive, in another process. The interval is widened by one read of the receiver's window, which may hold one more or less at its ends.",
    "- A load: both ends spin in system calls (driver libc; V8 without helper threads, which two spinning ends leave no core for), the server for a known time on each request. The wait is the mean latency less the mean " +
    "of the service times and the socket's own part (the median at a tenth of the load, beside each trial), held against Lindley's recursion over " +
    "the trial's own arrivals and services. A trial in which either end was kept from looking for more than 100 µs is left out; fewer than 5 that " +
    "are left say that the machine is too noisy. Clients that wait for their replies: rate × mean latency is their number (Little), within 1 %. " +
    "Recovered is an estimate within 5 %.",
    "- A stall: the serving end stands still for L = 100 ms of each second P and is asked at a constant rate over 20 connections, for whole seconds. With r, the share " +
    "of its time that it needs for the rate (from a closed loop beside each trial), the mean latency is L²/(2P(1 − r)), less the round trip itself, and p99 is L(1 − 0.01·P(1 − r)/L); " +
    "in flight at most is what comes in L. Recovered is a mean within 5 %, a p99 within 2 %.",
    "- A link: two network namespaces, joined by veth pairs of MTU 1500. A token bucket (`tc tbf`) limits one direction and counts whole frames: 14 " +
    "bytes of Ethernet, 20 of IPv4, then 8 of UDP or 20 of TCP and 12 of its timestamps, the rest is payload. Segments are not batched (`gso_max_segs 1`), " +
    "TCP uses reno, and the queues are longer than all that a sender's buffer holds, so that they drop nothing; what they counted is below. The interval is widened by one read, as that of a pace.",
    `- Every reading is divided by its own truth; the figure is the median of these ratios and its ${
      100 * CONFIDENCE
    } % interval (order statistics), ` +
    "wide enough for all of up to fifty intervals to hold at once with 95 %.",
    "- `no`: the interval does not hold the truth (exit code 1). `cannot tell`: it holds the truth, and more beside it than the tolerance (exit " +
    "code 3): the machine was too noisy; `--times 3` takes three times the rounds.",
    "",
    ...notes.map((note) => `- ${note}`),
    ...(notes.length === 0 ? [] : [""]),
  ].join("\n");
}

/** The run itself keeps about one core busy: more is somebody else's, and took from what was to be measured. */
function loadLine(environment: Environment, after: Fact): string {
  const [loadAverage, cores] = [factOf(environment, "load"), coresOf(environment)];
  const [before, end] = [loadAverage, after].map((load) => typeof load === "number" ? load : 0);
  const line = `Load average ${loadAverage ?? "unknown"} before, ${
    after ?? "unknown"
  } after, on ${cores} cores.`;
  return before! > cores / 2 || end! > cores
    ? `${line} The machine was busy with something else: what was not recovered may be due to that.`
    : line;
}

function row({ what, unit, true: truth, ratio: { estimate, low, high, n } }: Answer): string {
  const figure = (value: number) => `${value.toPrecision(4)}${unit}`;
  const percent = (share: number) => {
    const text = (100 * share).toFixed(2);
    return share > 0 && Number(text) !== 0 ? `+${text} %` : `${text.replace(/^-(0\.00)$/, "$1")} %`;
  };
  const interval = `[${(truth * low).toPrecision(4)}, ${(truth * high).toPrecision(4)}]`;
  const cells = [what, figure(truth), figure(truth * estimate), interval, percent(estimate - 1), n];
  return `| ${cells.join(" | ")} |`;
}
