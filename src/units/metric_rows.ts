// The metrics that the suite itself defines: one row each, in the order in which reports list them. A row is all there is to a metric;
// to add one is to add a row.

import {
  arrivedBytes,
  type Derivation,
  lossShare,
  operationsPerSecond,
  perMiB,
  perSecond,
  quotient,
} from "./derivation.ts";
import { sizeIn } from "./parse_size.ts";
import type { MetricUnit } from "./unit.ts";

/** Which direction is an improvement; `neither` describes and is never judged. */
export type MetricDirection = "lower" | "higher" | "neither";

/** A MetricRow is what the suite knows of one metric, by its id. What follows from the unit stands in the unit's row. */
export interface MetricRow {
  readonly unit: MetricUnit;
  readonly better: MetricDirection;
  readonly title: string;
  /** One sentence that states what is counted, where, and what it is not. */
  readonly description: string;
  /** How it follows from what a trial counted. */
  readonly from: Derivation;
  /** The largest value that can be true, where the unit allows more: a share is at most 1. */
  readonly largest?: number;
}

/** An exchange longer than this is a stall: below the shortest delayed ACK of Linux, 40 ms, and above what scheduling does. */
const STALL_NS = 30e6;

/** By id: camelCase letters and digits. */
export const METRIC_ROWS: Readonly<Record<string, MetricRow>> = {
  min: {
    unit: "ns",
    better: "lower",
    title: "min",
    description: "Shortest round trip of the trial; never halved.",
    from: { of: "exchange", percentile: 0 },
  },
  p50: {
    unit: "ns",
    better: "lower",
    title: "p50",
    description: "Median round-trip latency within the trial; never halved.",
    from: { of: "exchange", percentile: 50 },
  },
  p90: {
    unit: "ns",
    better: "lower",
    title: "p90",
    description: "Round-trip latency that 90 % of the exchanges stay within.",
    from: { of: "exchange", percentile: 90 },
  },
  p99: {
    unit: "ns",
    better: "lower",
    title: "p99",
    description: "Round-trip latency that 99 % of the exchanges stay within.",
    from: { of: "exchange", percentile: 99 },
  },
  p999: {
    unit: "ns",
    better: "lower",
    title: "p99.9",
    description: "Round-trip latency that 99.9 % of the exchanges stay within.",
    from: { of: "exchange", percentile: 99.9 },
  },
  p9999: {
    unit: "ns",
    better: "lower",
    title: "p99.99",
    description: "Round-trip latency that 99.99 % of the exchanges stay within.",
    from: { of: "exchange", percentile: 99.99 },
  },
  max: {
    unit: "ns",
    better: "lower",
    title: "max",
    description: "Longest round trip of the trial.",
    from: { of: "exchange", percentile: 100 },
  },
  perExchange: {
    unit: "ns",
    better: "lower",
    title: "per exchange",
    description: "Median of batches of 20 round trips; never halved.",
    from: "given",
  },
  firstP50: {
    unit: "ns",
    better: "lower",
    title: "first p50",
    description: "Median latency of a connection's first exchange.",
    from: { of: "first", percentile: 50 },
  },
  connectP50: {
    unit: "ns",
    better: "lower",
    title: "connect p50",
    description: "Median time from connect to an open channel.",
    from: { of: "connect", percentile: 50 },
  },
  connectP99: {
    unit: "ns",
    better: "lower",
    title: "connect p99",
    description: "Connect time that 99 % of the connects stay within.",
    from: { of: "connect", percentile: 99 },
  },
  handshakeP50: {
    unit: "ns",
    better: "lower",
    title: "handshake p50",
    description: "Median time of the handshake of TLS or QUIC, within the connect.",
    from: { of: "handshake", percentile: 50 },
  },
  closeP50: {
    unit: "ns",
    better: "lower",
    title: "close p50",
    description: "Median time that closing a channel takes.",
    from: { of: "close", percentile: 50 },
  },
  stallShare: {
    unit: "ratio",
    better: "lower",
    title: "stalls",
    description: "Share of the exchanges that took longer than 30 ms.",
    from: { of: "exchange", shareAboveNs: STALL_NS },
    largest: 1,
  },
  exchangesPerSecond: {
    unit: "1/s",
    better: "higher",
    title: "exchanges/s",
    description: "Completed round trips per second.",
    from: operationsPerSecond,
  },
  requestsPerSecond: {
    unit: "1/s",
    better: "higher",
    title: "requests/s",
    description: "Requests answered per second.",
    from: operationsPerSecond,
  },
  connectionsPerSecond: {
    unit: "1/s",
    better: "higher",
    title: "connections/s",
    description: "Connections opened per second.",
    from: operationsPerSecond,
  },
  messagesPerSecond: {
    unit: "1/s",
    better: "higher",
    title: "messages/s",
    description: "Messages per second, counted on arrival.",
    from: ({ window }) => perSecond(window?.messages, window?.elapsedNs),
  },
  bytesPerSecond: {
    unit: "bytes/s",
    better: "higher",
    title: "throughput",
    description: "Bytes per second, counted on arrival.",
    from: ({ window }) => perSecond(window?.bytes, window?.elapsedNs),
  },
  bytesPerRead: {
    unit: "bytes",
    better: "neither",
    title: "bytes/read",
    description: "Mean bytes that one read returned.",
    from: ({ window }) => quotient(window?.bytes, window?.reads),
  },
  bytesPerWrite: {
    unit: "bytes",
    better: "neither",
    title: "bytes/write",
    description: "Mean bytes that one write accepted.",
    from: ({ tally }) => quotient(tally.sentBytes, tally.writes),
  },
  readsPerMiB: {
    unit: "1/MiB",
    better: "neither",
    title: "reads/MiB",
    description: "Reads needed for each MiB that arrived.",
    from: ({ window }) => perMiB(window?.reads, window?.bytes),
  },
  writesPerMiB: {
    unit: "1/MiB",
    better: "neither",
    title: "writes/MiB",
    description: "Writes needed for each MiB that left.",
    from: ({ tally }) => perMiB(tally.writes, tally.sentBytes),
  },
  loss: {
    unit: "ratio",
    better: "lower",
    title: "loss",
    description: "Share of the messages sent that never arrived.",
    from: lossShare,
    largest: 1,
  },
  reordered: {
    unit: "ratio",
    better: "lower",
    title: "reordered",
    description: "Share of the messages that arrived after one that was sent later.",
    from: ({ tally }) => quotient(tally.reorderedMessages, tally.receivedMessages),
    largest: 1,
  },
  duplicated: {
    unit: "ratio",
    better: "lower",
    title: "duplicated",
    description: "Share of the messages that arrived once more.",
    from: ({ tally }) => quotient(tally.duplicatedMessages, tally.receivedMessages),
    largest: 1,
  },
  askedPerSecond: {
    unit: "1/s",
    better: "neither",
    title: "asked/s",
    description:
      "Messages per second that were asked for; absent where they go as fast as they can.",
    from: "given",
  },
  offeredPerSecond: {
    unit: "1/s",
    better: "neither",
    title: "offered/s",
    description:
      "Messages that were handed over per second: fewer than asked for where the sender cannot keep up.",
    from: "given",
  },
  heldShare: {
    unit: "ratio",
    better: "neither",
    title: "held sends",
    description: "Share of the sends that took longer than 0.1 ms: held back by a full queue.",
    from: "given",
    largest: 1,
  },
  messagesPerRead: {
    unit: "count",
    better: "neither",
    title: "messages/read",
    description: "Mean messages that one read returned.",
    from: "given",
  },
  wholeReadShare: {
    unit: "ratio",
    better: "neither",
    title: "whole reads",
    description: "Share of the reads that returned one message, whole and alone.",
    from: "given",
    largest: 1,
  },
  writeReturnP50: {
    unit: "ns",
    better: "lower",
    title: "write p50",
    description: "Median time that a write takes to return.",
    from: { of: "return", percentile: 50 },
  },
  acceptedBytes: {
    unit: "bytes",
    better: "neither",
    title: "accepted",
    description: "Bytes that writes took before one had to wait, the peer reading nothing.",
    from: "given",
  },
  shortWriteShare: {
    unit: "ratio",
    better: "neither",
    title: "short writes",
    description: "Share of the writes that took less than they were given.",
    from: "given",
    largest: 1,
  },
  sendBufferTaken: {
    unit: "bytes",
    better: "neither",
    title: "send buffer",
    description: "What the kernel took at the writing end.",
    from: ({ settings }) => sizeIn(settings.sendBuffer),
  },
  receiveBufferTaken: {
    unit: "bytes",
    better: "neither",
    title: "receive buffer",
    description: "What the kernel took at the reading end.",
    // The reading end is the peer; what does not differ is the driver's.
    from: ({ settings }) => sizeIn(settings["serve.receiveBuffer"] ?? settings.receiveBuffer),
  },
  writeWaitP50: {
    unit: "ns",
    better: "neither",
    title: "write wait",
    description: "Median time that a write waited for room.",
    from: { of: "wait", percentile: 50 },
  },
  unblockedP50: {
    unit: "ns",
    better: "neither",
    title: "unblocked after",
    description: "Median time from the connect to the end of the wait for room.",
    from: { of: "freed", percentile: 50 },
  },
  peerPause: {
    unit: "ns",
    better: "neither",
    title: "peer's pause",
    description: "How long the peer paused before it read, by its own clock.",
    from: "given",
  },
  largestMessageBytes: {
    unit: "bytes",
    better: "higher",
    title: "largest message",
    description: "Largest message that was taken and arrived whole.",
    from: "given",
  },
  corruptBlocks: {
    unit: "count",
    better: "lower",
    title: "corrupt blocks",
    description: "Blocks of 64 KiB in which a word was not the one that was sent.",
    from: "given",
  },
  deliveredShare: {
    unit: "ratio",
    better: "higher",
    title: "delivered",
    description: "Share of the bytes written that the other end read.",
    from: "given",
    largest: 1,
  },
  resetShare: {
    unit: "ratio",
    better: "lower",
    title: "resets",
    description: "Share of the connections whose other end met a reset.",
    from: "given",
    largest: 1,
  },
  endedFirstShare: {
    unit: "ratio",
    better: "neither",
    title: "end first",
    description:
      "Share of the connections whose other end read the end of the stream before it met a reset.",
    from: "given",
    largest: 1,
  },
  completedConnects: {
    unit: "count",
    better: "neither",
    title: "connects",
    description: "Connects that completed while the server accepted none.",
    from: "given",
  },
  nextConnectP50: {
    unit: "ns",
    better: "lower",
    title: "next connect",
    description: "Time that the connect after those takes, once the server accepts.",
    from: { of: "next", percentile: 50 },
  },
  firstWaitP50: {
    unit: "ns",
    better: "lower",
    title: "first wait",
    description:
      "Median wait of the client that is answered first, from the moment when all have asked.",
    from: { of: "firstWait", percentile: 50 },
  },
  lastWaitP50: {
    unit: "ns",
    better: "lower",
    title: "last wait",
    description:
      "Median wait of the client that is answered last, from the moment when all have asked.",
    from: { of: "lastWait", percentile: 50 },
  },
  operationsPerSecond: {
    unit: "1/s",
    better: "higher",
    title: "operations/s",
    description: "Completed operations by the time that they were measured in, stalls included.",
    from: operationsPerSecond,
  },
  memoryPerOperation: {
    unit: "bytes/op",
    better: "lower",
    title: "memory/op",
    description:
      "Growth of heap and external memory between two forced collections, divided by the operations completed; 0 where it shrank.",
    from: "given",
  },
  cpuPerOperation: {
    unit: "ns/op",
    better: "lower",
    title: "CPU/op",
    description: "CPU time of both ends, user and system, divided by the operations completed.",
    from: ({ cpu, operations, evidenceOperations }) =>
      quotient(cpu?.totalNs, evidenceOperations ?? operations),
  },
  cpuPerByte: {
    unit: "ns/byte",
    better: "lower",
    title: "CPU/byte",
    description: "CPU time of both ends, user and system, divided by the bytes that arrived.",
    from: (counts) => quotient(counts.cpu?.totalNs, arrivedBytes(counts)),
  },
  callsPerOperation: {
    unit: "calls/op",
    better: "lower",
    title: "system calls/op",
    description:
      "System calls of the thread of both ends, divided by the operations completed; counted in trials of their own, which are not timed, without futex, madvise and the like.",
    from: "given",
  },
  systemCallsPerOperation: {
    unit: "count",
    better: "lower",
    title: "system calls/op",
    description:
      "System calls of the driving thread, divided by the operations completed; counted in trials of their own, which are not timed.",
    from: "given",
  },
  ffiCall: {
    unit: "ns",
    better: "neither",
    title: "FFI call",
    description:
      "Time that one call through FFI takes which has nothing to do; a read or a write of driver libc holds one such call.",
    from: "given",
  },
  sentP50: {
    unit: "ns",
    better: "lower",
    title: "from send p50",
    description:
      "Median latency from the actual send: what waits for a free connection is not in it.",
    from: { of: "sinceSend", percentile: 50 },
  },
  sentP99: {
    unit: "ns",
    better: "lower",
    title: "from send p99",
    description: "Latency from the actual send that 99 % of the requests stay within.",
    from: { of: "sinceSend", percentile: 99 },
  },
  serviceP50: {
    unit: "ns",
    better: "lower",
    title: "service p50",
    description: "Median time at the serving end from a request read to its reply written.",
    from: "given",
  },
  closedP50: {
    unit: "ns",
    better: "lower",
    title: "closed loop p50",
    description: "Median round trip of one client that waits for each reply, before the load.",
    from: "given",
  },
  pacedP50: {
    unit: "ns",
    better: "neither",
    title: "paced p50",
    description:
      "The same beside the pacer: what it takes more is how late the pacer lets replies be read.",
    from: "given",
  },
  latenessP50: {
    unit: "ns",
    better: "neither",
    title: "late p50",
    description: "Median time by which the generator sent later than it could have.",
    from: { of: "lateness", percentile: 50 },
  },
  latenessP99: {
    unit: "ns",
    better: "neither",
    title: "late p99",
    description: "Time by which 99 % of the sends were later than they could have been, at most.",
    from: { of: "lateness", percentile: 99 },
  },
  achievedPerSecond: {
    unit: "1/s",
    better: "higher",
    title: "achieved/s",
    description: "Requests answered per second before the last was due.",
    from: "given",
  },
  overload: {
    unit: "ratio",
    better: "lower",
    title: "overload",
    description:
      "1 where the line of requests that wait grew to the end: the rate is above capacity, and no latency is given.",
    from: "given",
    largest: 1,
  },
  maxInFlight: {
    unit: "count",
    better: "lower",
    title: "in flight",
    description: "Most requests that were due and not answered at one time.",
    from: "given",
  },
  timeoutShare: {
    unit: "ratio",
    better: "lower",
    title: "timeouts",
    description:
      "Share of the requests without a reply in time; each counts as the timeout at least.",
    from: "given",
    largest: 1,
  },
  dropShare: {
    unit: "ratio",
    better: "lower",
    title: "dropped",
    description: "Share of the requests that were due and never sent.",
    from: "given",
    largest: 1,
  },
  arrivalHash: {
    unit: "count",
    better: "neither",
    title: "arrivals",
    description: "A hash of the intended times: the same for the same seed.",
    from: "given",
  },
  arrivalStatistic: {
    unit: "count",
    better: "neither",
    title: "arrivals A²",
    description:
      "Anderson–Darling statistic of 1,000 send gaps against the arrival process; above 3.857 at 1 %.",
    from: "given",
  },
  arrivalDistance: {
    unit: "ratio",
    better: "neither",
    title: "arrivals D",
    description:
      "Largest distance of the distribution of send gaps from that of the arrival process.",
    from: "given",
    largest: 1,
  },
  latencyTrend: {
    unit: "count",
    better: "neither",
    title: "latency trend",
    description: "Kendall's trend of latency over the trial, as a normal deviate.",
    from: "given",
  },
  queueTrend: {
    unit: "count",
    better: "neither",
    title: "queue trend",
    description:
      "Kendall's trend of the line of waiting requests over the trial, as a normal deviate.",
    from: "given",
  },
  latencyCorrelation: {
    unit: "count",
    better: "neither",
    title: "serial correlation",
    description:
      "Spearman's correlation of latencies with the next ones drawn, as a normal deviate.",
    from: "given",
  },
  meanLatency: {
    unit: "ns",
    better: "lower",
    title: "mean",
    description: "Mean latency from the intended time.",
    from: "given",
  },
  meanService: {
    unit: "ns",
    better: "neither",
    title: "mean service",
    description: "Mean time that the server was told to work on a request.",
    from: "given",
  },
  lindleyWait: {
    unit: "ns",
    better: "neither",
    title: "computed wait",
    description:
      "Mean wait that Lindley's recursion gives for the trial's own arrivals and services.",
    from: "given",
  },
  driveGap: {
    unit: "ns",
    better: "neither",
    title: "driver's gap",
    description: "Longest time that the spinning driver was kept from looking.",
    from: "given",
  },
  serveGap: {
    unit: "ns",
    better: "neither",
    title: "server's gap",
    description: "Longest time that the spinning server was kept from looking.",
    from: "given",
  },
  slowestShare: {
    unit: "ratio",
    better: "higher",
    title: "slowest client",
    description: "Exchanges of the slowest client, as a share of the mean of all.",
    from: "given",
    largest: 1,
  },
  fastestShare: {
    unit: "count",
    better: "lower",
    title: "fastest client",
    description: "Exchanges of the fastest client, as a multiple of the mean of all.",
    from: "given",
  },
  driveMemory: {
    unit: "bytes",
    better: "lower",
    title: "client memory",
    description: "Memory of the clients' process per connection.",
    from: "given",
  },
  serveMemory: {
    unit: "bytes",
    better: "lower",
    title: "server memory",
    description: "Memory of the server's process per connection.",
    from: "given",
  },
};
