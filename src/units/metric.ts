/**
 * Metrics: what a number of this suite counts, in which unit, and which direction is better.
 *
 * A leaf of the import graph: it imports nothing. "Better" belongs to the metric here, so that no
 * comparison, gate or chart decides it a second time. The registry is frozen; a user module that
 * needs another metric calls {@linkcode defineMetric} and carries the definition itself. Nothing is
 * registered globally: two modules may define the same id and never meet.
 *
 * @module
 */

/**
 * A MetricUnit is what one step of a metric's value is.
 *
 * `ns` nanoseconds · `bytes` · `bytes/s` · `1/s` events per second · `ratio` a plain quotient, 0 to
 * 1 for shares · `count` a number of things · `1/MiB` calls per 1,048,576 bytes · `ns/op` and
 * `ns/byte` nanoseconds of CPU time per operation and per byte.
 */
export type MetricUnit =
  | "ns"
  | "bytes"
  | "bytes/s"
  | "1/s"
  | "ratio"
  | "count"
  | "1/MiB"
  | "ns/op"
  | "ns/byte";

/** Which direction is an improvement; `neither` describes and is never judged. */
export type MetricDirection = "lower" | "higher" | "neither";

/** A MetricDefinition is the name, unit and meaning of one number that a trial yields. */
export interface MetricDefinition<Id extends string = string> {
  /** The stable name used in code, records, flags and reports: camelCase, letters and digits. */
  readonly id: Id;
  /** The unit of the value as stored; renderers may scale it. */
  readonly unit: MetricUnit;
  /** Which direction is an improvement. */
  readonly better: MetricDirection;
  /** A few words for a column heading. */
  readonly title: string;
  /** One sentence that says what is counted, where, and what it is not. */
  readonly description: string;
}

/** Every unit a metric may have. */
export const METRIC_UNITS: readonly MetricUnit[] = Object.freeze(
  ["ns", "bytes", "bytes/s", "1/s", "ratio", "count", "1/MiB", "ns/op", "ns/byte"] as const,
);

const DIRECTIONS: readonly MetricDirection[] = ["lower", "higher", "neither"];

/**
 * Checks a metric definition and returns a frozen copy of it; nothing is registered anywhere.
 *
 * @typeParam Id The literal type of the id.
 * @param definition The metric to define.
 * @returns A frozen copy that holds the five known fields only.
 * @throws {RangeError} If the id is not camelCase letters and digits, if unit or direction is
 * unknown, or if title or description is blank.
 */
export function defineMetric<const Id extends string>(
  definition: MetricDefinition<Id>,
): MetricDefinition<Id> {
  const { id, unit, better, title, description } = definition;
  if (typeof id !== "string" || !/^[a-z][a-zA-Z0-9]*$/.test(id)) {
    throw new RangeError(
      `Cannot define a metric as id must be camelCase letters and digits: current value is ${
        JSON.stringify(id)
      }`,
    );
  }
  if (!METRIC_UNITS.includes(unit)) {
    throw new RangeError(
      `Cannot define metric "${id}" as unit must be one of ${METRIC_UNITS.join(", ")}: ` +
        `current value is ${JSON.stringify(unit)}`,
    );
  }
  if (!DIRECTIONS.includes(better)) {
    throw new RangeError(
      `Cannot define metric "${id}" as better must be one of ${DIRECTIONS.join(", ")}: ` +
        `current value is ${JSON.stringify(better)}`,
    );
  }
  for (const [field, text] of [["title", title], ["description", description]] as const) {
    if (typeof text !== "string" || text.trim() === "") {
      throw new RangeError(
        `Cannot define metric "${id}" as ${field} must be a text that is not blank: ` +
          `current value is ${JSON.stringify(text)}`,
      );
    }
  }
  return Object.freeze({ id, unit, better, title, description });
}

/** The id of a metric that the suite itself defines. */
export type MetricId =
  | "min"
  | "p50"
  | "p90"
  | "p99"
  | "p999"
  | "max"
  | "perExchange"
  | "firstP50"
  | "connectP50"
  | "connectP99"
  | "closeP50"
  | "stallShare"
  | "exchangesPerSecond"
  | "requestsPerSecond"
  | "connectionsPerSecond"
  | "messagesPerSecond"
  | "bytesPerSecond"
  | "bytesPerRead"
  | "bytesPerWrite"
  | "readsPerMiB"
  | "writesPerMiB"
  | "loss"
  | "reordered"
  | "duplicated"
  | "offeredPerSecond"
  | "heldShare"
  | "messagesPerRead"
  | "wholeReadShare"
  | "writeReturnP50"
  | "acceptedBytes"
  | "shortWriteShare"
  | "sendBufferTaken"
  | "receiveBufferTaken"
  | "writeWaitP50"
  | "unblockedP50"
  | "peerPause"
  | "largestMessageBytes"
  | "corruptBlocks"
  | "deliveredShare"
  | "resetShare"
  | "endedFirstShare"
  | "completedConnects"
  | "nextConnectP50"
  | "firstWaitP50"
  | "lastWaitP50"
  | "cpuPerOperation"
  | "cpuPerByte"
  | "systemCallsPerOperation"
  | "ffiCall";

type Row = readonly [MetricUnit, MetricDirection, string, string];

/** One row a metric, in report order; the compiler checks that every id has one. */
const ROWS: Readonly<Record<MetricId, Row>> = {
  min: ["ns", "lower", "min", "Shortest round trip of the trial; never halved."],
  p50: ["ns", "lower", "p50", "Median round-trip latency within the trial; never halved."],
  p90: ["ns", "lower", "p90", "Round-trip latency that 90 % of the exchanges stay within."],
  p99: ["ns", "lower", "p99", "Round-trip latency that 99 % of the exchanges stay within."],
  p999: ["ns", "lower", "p99.9", "Round-trip latency that 99.9 % of the exchanges stay within."],
  max: ["ns", "lower", "max", "Longest round trip of the trial."],
  perExchange: [
    "ns",
    "lower",
    "per exchange",
    "Median of batches of 20 round trips; never halved.",
  ],
  firstP50: ["ns", "lower", "first p50", "Median latency of a connection's first exchange."],
  connectP50: ["ns", "lower", "connect p50", "Median time from connect to an open channel."],
  connectP99: ["ns", "lower", "connect p99", "Connect time that 99 % of the connects stay within."],
  closeP50: ["ns", "lower", "close p50", "Median time that closing a channel takes."],
  stallShare: ["ratio", "lower", "stalls", "Share of the exchanges that took longer than 30 ms."],
  exchangesPerSecond: ["1/s", "higher", "exchanges/s", "Completed round trips per second."],
  requestsPerSecond: ["1/s", "higher", "requests/s", "Requests answered per second."],
  connectionsPerSecond: ["1/s", "higher", "connections/s", "Connections opened per second."],
  messagesPerSecond: ["1/s", "higher", "messages/s", "Messages per second, counted on arrival."],
  bytesPerSecond: ["bytes/s", "higher", "throughput", "Bytes per second, counted on arrival."],
  bytesPerRead: ["bytes", "neither", "bytes/read", "Mean bytes that one read returned."],
  bytesPerWrite: ["bytes", "neither", "bytes/write", "Mean bytes that one write accepted."],
  readsPerMiB: ["1/MiB", "neither", "reads/MiB", "Reads needed for each MiB that arrived."],
  writesPerMiB: ["1/MiB", "neither", "writes/MiB", "Writes needed for each MiB that left."],
  loss: ["ratio", "lower", "loss", "Share of the messages sent that never arrived."],
  reordered: [
    "ratio",
    "lower",
    "reordered",
    "Share of the messages that arrived after one that was sent later.",
  ],
  duplicated: ["ratio", "lower", "duplicated", "Share of the messages that arrived once more."],
  offeredPerSecond: ["1/s", "neither", "offered/s", "Messages handed over per second."],
  heldShare: [
    "ratio",
    "neither",
    "held sends",
    "Share of the sends that took longer than 0.1 ms: held back by a full queue.",
  ],
  messagesPerRead: ["count", "neither", "messages/read", "Mean messages that one read returned."],
  wholeReadShare: [
    "ratio",
    "neither",
    "whole reads",
    "Share of the reads that returned one message, whole and alone.",
  ],
  writeReturnP50: ["ns", "lower", "write p50", "Median time that a write takes to return."],
  acceptedBytes: [
    "bytes",
    "neither",
    "accepted",
    "Bytes that writes took before one had to wait, the peer reading nothing.",
  ],
  shortWriteShare: [
    "ratio",
    "neither",
    "short writes",
    "Share of the writes that took less than they were given.",
  ],
  sendBufferTaken: ["bytes", "neither", "send buffer", "What the kernel took at the writing end."],
  receiveBufferTaken: [
    "bytes",
    "neither",
    "receive buffer",
    "What the kernel took at the reading end.",
  ],
  writeWaitP50: ["ns", "neither", "write wait", "Median time that a write waited for room."],
  unblockedP50: [
    "ns",
    "neither",
    "unblocked after",
    "Median time from the connect to the end of the wait for room.",
  ],
  peerPause: [
    "ns",
    "neither",
    "peer's pause",
    "How long the peer paused before it read, by its own clock.",
  ],
  largestMessageBytes: [
    "bytes",
    "higher",
    "largest message",
    "Largest message that was taken and arrived whole.",
  ],
  corruptBlocks: [
    "count",
    "lower",
    "corrupt blocks",
    "Blocks of 64 KiB in which a word was not the one that was sent.",
  ],
  deliveredShare: [
    "ratio",
    "higher",
    "delivered",
    "Share of the bytes written that the other end read.",
  ],
  resetShare: ["ratio", "lower", "resets", "Share of the connections whose other end met a reset."],
  endedFirstShare: [
    "ratio",
    "neither",
    "end first",
    "Share of the connections whose other end read the end of the stream before it met a reset.",
  ],
  completedConnects: [
    "count",
    "neither",
    "connects",
    "Connects that completed while the server accepted none.",
  ],
  nextConnectP50: [
    "ns",
    "lower",
    "next connect",
    "Time that the connect after those takes, once the server accepts.",
  ],
  firstWaitP50: [
    "ns",
    "lower",
    "first wait",
    "Median wait of the client that is answered first, from the moment when all have asked.",
  ],
  lastWaitP50: [
    "ns",
    "lower",
    "last wait",
    "Median wait of the client that is answered last, from the moment when all have asked.",
  ],
  cpuPerOperation: [
    "ns/op",
    "lower",
    "CPU/op",
    "CPU time of both ends, user and system, divided by the operations completed.",
  ],
  cpuPerByte: [
    "ns/byte",
    "lower",
    "CPU/byte",
    "CPU time of both ends, user and system, divided by the bytes that arrived.",
  ],
  systemCallsPerOperation: [
    "count",
    "lower",
    "system calls/op",
    "System calls of the driving thread, divided by the operations completed; counted in trials of their own, which are not timed.",
  ],
  ffiCall: [
    "ns",
    "neither",
    "FFI call",
    "Time that one call through FFI takes which has nothing to do; a read or a write of driver libc holds one such call.",
  ],
};

/** The ids of the suite's own metrics, in the order in which reports list them. */
export const METRIC_IDS: readonly MetricId[] = Object.freeze(Object.keys(ROWS) as MetricId[]);

const REGISTRY: ReadonlyMap<string, MetricDefinition<MetricId>> = new Map(
  METRIC_IDS.map((id) => {
    const [unit, better, title, description] = ROWS[id];
    return [id, defineMetric<MetricId>({ id, unit, better, title, description })];
  }),
);

/**
 * Whether a text is the id of one of the suite's own metrics.
 *
 * @param id Any text.
 * @returns `true` if {@linkcode metricOf} knows it.
 */
export function isMetricId(id: string): id is MetricId {
  return REGISTRY.has(id);
}

/**
 * The definition of one of the suite's own metrics.
 *
 * @param id The metric's id.
 * @returns Its frozen definition.
 * @throws {RangeError} If no metric has that id.
 */
export function metricOf<Id extends MetricId>(id: Id): MetricDefinition<Id> {
  const found = REGISTRY.get(id);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find a metric as id must be one of ${METRIC_IDS.join(", ")}: ` +
        `current value is ${JSON.stringify(id)}`,
    );
  }
  return found as MetricDefinition<Id>;
}
