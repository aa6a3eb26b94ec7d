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
}

/** An exchange longer than this is a stall: below the shortest delayed ACK of Linux, 40 ms, and above what scheduling does. */
const STALL_NS = 30e6;

/** A percentile of a distribution. */
const at = (of: string, percentile: number): Derivation => ({ of, percentile });

type Row = readonly [
  unit: MetricUnit,
  better: MetricDirection,
  title: string,
  description: string,
  /** Absent: only the workload can know. */
  from?: Derivation,
];

/** By id: camelCase letters and digits. */
// deno-fmt-ignore
const ROWS: Readonly<Record<string, Row>> = {
  min: ["ns", "lower", "min", "Shortest round trip of the trial; never halved.", at("exchange", 0)],
  p50: ["ns", "lower", "p50",
    "Median round-trip latency within the trial; never halved.", at("exchange", 50)],
  p90: ["ns", "lower", "p90",
    "Round-trip latency that 90 % of the exchanges stay within.", at("exchange", 90)],
  p99: ["ns", "lower", "p99",
    "Round-trip latency that 99 % of the exchanges stay within.", at("exchange", 99)],
  p999: ["ns", "lower", "p99.9",
    "Round-trip latency that 99.9 % of the exchanges stay within.", at("exchange", 99.9)],
  p9999: ["ns", "lower", "p99.99",
    "Round-trip latency that 99.99 % of the exchanges stay within.", at("exchange", 99.99)],
  max: ["ns", "lower", "max", "Longest round trip of the trial.", at("exchange", 100)],
  perExchange: ["ns", "lower", "per exchange",
    "Median of batches of 20 round trips; never halved."],
  firstP50: ["ns", "lower", "first p50",
    "Median latency of a connection's first exchange.", at("first", 50)],
  connectP50: ["ns", "lower", "connect p50",
    "Median time from connect to an open channel.", at("connect", 50)],
  connectP99: ["ns", "lower", "connect p99",
    "Connect time that 99 % of the connects stay within.", at("connect", 99)],
  handshakeP50: ["ns", "lower", "handshake p50",
    "Median time of the handshake of TLS or QUIC, within the connect.", at("handshake", 50)],
  closeP50: ["ns", "lower", "close p50",
    "Median time that closing a channel takes.", at("close", 50)],
  stallShare: ["ratio", "lower", "stalls",
    "Share of the exchanges that took longer than 30 ms.",
    { of: "exchange", shareAboveNs: STALL_NS }],
  exchangesPerSecond: ["1/s", "higher", "exchanges/s",
    "Completed round trips per second.", operationsPerSecond],
  requestsPerSecond: ["1/s", "higher", "requests/s",
    "Requests answered per second.", operationsPerSecond],
  connectionsPerSecond: ["1/s", "higher", "connections/s",
    "Connections opened per second.", operationsPerSecond],
  messagesPerSecond: ["1/s", "higher", "messages/s",
    "Messages per second, counted on arrival.",
    ({ window }) => perSecond(window?.messages, window?.elapsedNs)],
  bytesPerSecond: ["bytes/s", "higher", "throughput",
    "Bytes per second, counted on arrival.",
    ({ window }) => perSecond(window?.bytes, window?.elapsedNs)],
  upBytesPerSecond: ["bytes/s", "higher", "up",
    "Of bulk data both ways, bytes per second from the driver to the peer, counted on arrival."],
  downBytesPerSecond: ["bytes/s", "higher", "down",
    "Of bulk data both ways, bytes per second from the peer to the driver, counted on arrival."],
  longestPause: ["ns", "lower", "longest pause",
    "Longest time in which no bulk data arrived, to about 0.1 ms; of both ways the longer."],
  bytesPerRead: ["bytes", "neither", "bytes/read",
    "Mean bytes that one read returned.", ({ window }) => quotient(window?.bytes, window?.reads)],
  bytesPerWrite: ["bytes", "neither", "bytes/write",
    "Mean bytes that one write accepted.", ({ tally }) => quotient(tally.sentBytes, tally.writes)],
  readsPerMiB: ["1/MiB", "neither", "reads/MiB",
    "Reads needed for each MiB that arrived.",
    ({ window }) => perMiB(window?.reads, window?.bytes)],
  writesPerMiB: ["1/MiB", "neither", "writes/MiB",
    "Writes needed for each MiB that left.", ({ tally }) => perMiB(tally.writes, tally.sentBytes)],
  loss: ["ratio", "lower", "loss", "Share of the messages sent that never arrived.", lossShare],
  reordered: ["ratio", "lower", "reordered",
    "Share of the messages that arrived after one that was sent later.",
    ({ tally }) => quotient(tally.reorderedMessages, tally.receivedMessages)],
  duplicated: ["ratio", "lower", "duplicated",
    "Share of the messages that arrived once more.",
    ({ tally }) => quotient(tally.duplicatedMessages, tally.receivedMessages)],
  askedPerSecond: ["1/s", "neither", "asked/s",
    "Messages per second that were asked for; absent where they go as fast as they can."],
  offeredPerSecond: ["1/s", "neither", "offered/s",
    "Messages that were handed over per second: fewer than asked for where the sender cannot " +
      "keep up."],
  heldShare: ["ratio", "neither", "held sends",
    "Share of the sends that took longer than 0.1 ms: held back by a full queue."],
  messagesPerRead: ["count", "neither", "messages/read", "Mean messages that one read returned."],
  wholeReadShare: ["ratio", "neither", "whole reads",
    "Share of the reads that returned one message, whole and alone."],
  writeReturnP50: ["ns", "lower", "write p50",
    "Median time that a write takes to return.", at("return", 50)],
  acceptedBytes: ["bytes", "neither", "accepted",
    "Bytes that writes took before one had to wait, the peer reading nothing."],
  shortWriteShare: ["ratio", "neither", "short writes",
    "Share of the writes that took less than they were given."],
  sendBufferTaken: ["bytes", "neither", "send buffer",
    "What the kernel took at the writing end.", ({ settings }) => sizeIn(settings.sendBuffer)],
  // The reading end is the peer; what does not differ is the driver's.
  receiveBufferTaken: ["bytes", "neither", "receive buffer",
    "What the kernel took at the reading end.",
    ({ settings }) => sizeIn(settings["serve.receiveBuffer"] ?? settings.receiveBuffer)],
  writeWaitP50: ["ns", "neither", "write wait",
    "Median time that a write waited for room.", at("wait", 50)],
  unblockedP50: ["ns", "neither", "unblocked after",
    "Median time from the connect to the end of the wait for room.", at("freed", 50)],
  peerPause: ["ns", "neither", "peer's pause",
    "How long the peer paused before it read, by its own clock."],
  largestMessageBytes: ["bytes", "higher", "largest message",
    "Largest message that was taken and arrived whole."],
  corruptBlocks: ["count", "lower", "corrupt blocks",
    "Blocks of 64 KiB in which a word was not the one that was sent."],
  deliveredShare: ["ratio", "higher", "delivered",
    "Share of the bytes written that the other end read."],
  resetShare: ["ratio", "lower", "resets", "Share of the connections whose other end met a reset."],
  endedFirstShare: ["ratio", "neither", "end first",
    "Share of the connections whose other end read the end of the stream before it met a reset."],
  completedConnects: ["count", "neither", "connects",
    "Connects that completed while the server accepted none."],
  nextConnectP50: ["ns", "lower", "next connect",
    "Time that the connect after those takes, once the server accepts.", at("next", 50)],
  firstWaitP50: ["ns", "lower", "first wait",
    "Median wait of the client that is answered first, from the moment when all have asked.",
    at("firstWait", 50)],
  lastWaitP50: ["ns", "lower", "last wait",
    "Median wait of the client that is answered last, from the moment when all have asked.",
    at("lastWait", 50)],
  operationsPerSecond: ["1/s", "higher", "operations/s",
    "Completed operations by the time that they were measured in, stalls included.",
    operationsPerSecond],
  memoryPerOperation: ["bytes/op", "lower", "memory/op",
    "Growth of heap and external memory between two forced collections, divided by the " +
      "operations completed; 0 where it shrank."],
  cpuPerOperation: ["ns/op", "lower", "CPU/op",
    "CPU time of both ends, user and system, divided by the operations completed.",
    ({ cpu, operations, evidenceOperations }) => quotient(cpu?.totalNs, evidenceOperations ?? operations)],
  cpuPerByte: ["ns/byte", "lower", "CPU/byte",
    "CPU time of both ends, user and system, divided by the bytes that arrived.",
    (counts) => quotient(counts.cpu?.totalNs, arrivedBytes(counts))],
  callsPerOperation: ["calls/op", "lower", "system calls/op",
    "System calls of the thread that runs both ends in one event loop, divided by the operations completed; " +
      "counted by ab in trials of their own, which are not timed, without futex, madvise and the like."],
  systemCallsPerOperation: ["count", "lower", "system calls/op",
    "System calls of the driving thread, divided by the operations completed; counted in trials " +
      "of their own, which are not timed."],
  ffiCall: ["ns", "neither", "FFI call",
    "Time that one call through FFI takes which has nothing to do; a read or a write of driver " +
      "libc holds one such call."],
  sentP50: ["ns", "lower", "from send p50",
    "Median latency from the actual send: what waits for a free connection is not in it.",
    at("sinceSend", 50)],
  sentP99: ["ns", "lower", "from send p99",
    "Latency from the actual send that 99 % of the requests stay within.", at("sinceSend", 99)],
  serviceP50: ["ns", "lower", "service p50",
    "Median time at the serving end from a request read to its reply written."],
  closedP50: ["ns", "lower", "closed loop p50",
    "Median round trip of one client that waits for each reply, before the load."],
  pacedP50: ["ns", "neither", "paced p50",
    "The same beside the pacer: what it takes more is how late the pacer lets replies be read."],
  latenessP50: ["ns", "neither", "late p50",
    "Median time by which the generator sent later than it could have.", at("lateness", 50)],
  latenessP99: ["ns", "neither", "late p99",
    "Time by which 99 % of the sends were later than they could have been, at most.",
    at("lateness", 99)],
  achievedPerSecond: ["1/s", "higher", "achieved/s",
    "Requests answered per second before the last was due."],
  overload: ["ratio", "lower", "overload",
    "1 where the line of requests that wait grew to the end: the rate is above capacity, and no " +
      "latency is given."],
  maxInFlight: ["count", "lower", "in flight",
    "Most requests that were due and not answered at one time."],
  timeoutShare: ["ratio", "lower", "timeouts",
    "Share of the requests without a reply in time; each counts as the timeout at least."],
  dropShare: ["ratio", "lower", "dropped", "Share of the requests that were due and never sent."],
  arrivalHash: ["count", "neither", "arrivals",
    "A hash of the intended times: the same for the same seed."],
  arrivalStatistic: ["count", "neither", "arrivals A²",
    "Anderson–Darling statistic of 1,000 send gaps against the arrival process; above 3.857 at 1 " +
      "%."],
  arrivalDistance: ["ratio", "neither", "arrivals D",
    "Largest distance of the distribution of send gaps from that of the arrival process."],
  latencyTrend: ["deviate", "neither", "latency trend",
    "Kendall's trend of latency over the trial, as a normal deviate."],
  queueTrend: ["deviate", "neither", "queue trend",
    "Kendall's trend of the line of waiting requests over the trial, as a normal deviate."],
  latencyCorrelation: ["deviate", "neither", "serial correlation",
    "Spearman's correlation of latencies with the next ones drawn, as a normal deviate."],
  meanLatency: ["ns", "lower", "mean", "Mean latency from the intended time."],
  meanService: ["ns", "neither", "mean service",
    "Mean time that the server was told to work on a request."],
  lindleyWait: ["ns", "neither", "computed wait",
    "Mean wait that Lindley's recursion gives for the trial's own arrivals and services."],
  driveGap: ["ns", "neither", "driver's gap",
    "Longest time that the spinning driver was kept from looking."],
  serveGap: ["ns", "neither", "server's gap",
    "Longest time that the spinning server was kept from looking."],
  slowestShare: ["ratio", "higher", "slowest client",
    "Exchanges of the slowest client, as a share of the mean of all."],
  fastestShare: ["count", "lower", "fastest client",
    "Exchanges of the fastest client, as a multiple of the mean of all."],
  leastAccepts: ["ratio", "higher", "least accepts",
    "Connections of the worker that accepted fewest, as a share of the mean of all."],
  mostAccepts: ["count", "lower", "most accepts",
    "Connections of the worker that accepted most, as a multiple of the mean of all."],
  driveMemory: ["bytes", "lower", "client memory",
    "Memory of the clients' process per connection."],
  serveMemory: ["bytes", "lower", "server memory",
    "Memory of the server's process per connection."],
};

export const METRIC_ROWS: Readonly<Record<string, MetricRow>> = Object.fromEntries(
  Object.entries(ROWS).map(([id, [unit, better, title, description, from = "given"]]) => [
    id,
    { unit, better, title, description, from },
  ]),
);
