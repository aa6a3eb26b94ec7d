/**
 * Metric values: the one number that a trial yields for a metric.
 *
 * @module
 */

import type { MetricId } from "../units/metric.ts";
import { sparseCountAbove, sparsePercentile } from "./sparse_histogram.ts";
import type { Trial } from "./trial.ts";

/** An exchange longer than this is a stall: below the shortest delayed ACK of Linux, 40 ms, and above what scheduling does. */
const STALL_NS = 30e6;

const MIB = 2 ** 20;

type Derivation = (trial: Trial) => number | undefined;

/** How each of the suite's metrics follows from what a trial counted; the compiler checks that none is missing. */
const DERIVATIONS: Readonly<Record<MetricId, Derivation>> = {
  min: percentileOf("exchange", 0),
  p50: percentileOf("exchange", 50),
  p90: percentileOf("exchange", 90),
  p99: percentileOf("exchange", 99),
  p999: percentileOf("exchange", 99.9),
  max: percentileOf("exchange", 100),
  perExchange: given,
  firstP50: percentileOf("first", 50),
  connectP50: percentileOf("connect", 50),
  connectP99: percentileOf("connect", 99),
  closeP50: percentileOf("close", 50),
  stallShare: ({ histograms: { exchange } }) =>
    exchange && quotient(sparseCountAbove(exchange, STALL_NS), exchange.count),
  exchangesPerSecond: operationsPerSecond,
  requestsPerSecond: operationsPerSecond,
  connectionsPerSecond: operationsPerSecond,
  messagesPerSecond: ({ window }) => perSecond(window?.messages, window?.elapsedNs),
  bytesPerSecond: ({ window }) => perSecond(window?.bytes, window?.elapsedNs),
  bytesPerRead: ({ window }) => quotient(window?.bytes, window?.reads),
  bytesPerWrite: ({ tally }) => quotient(tally.sentBytes, tally.writes),
  readsPerMiB: ({ window }) => perMiB(window?.reads, window?.bytes),
  writesPerMiB: ({ tally }) => perMiB(tally.writes, tally.sentBytes),
  loss,
  reordered: ({ tally }) => quotient(tally.reorderedMessages, tally.receivedMessages),
  duplicated: ({ tally }) => quotient(tally.duplicatedMessages, tally.receivedMessages),
  offeredPerSecond: given,
  heldShare: given,
  messagesPerRead: given,
  wholeReadShare: given,
  writeReturnP50: percentileOf("return", 50),
  acceptedBytes: given,
  shortWriteShare: given,
  sendBufferTaken: ({ settings }) => sizeIn(settings.sendBuffer),
  // The reading end is the peer; what does not differ is the driver's.
  receiveBufferTaken: ({ settings }) =>
    sizeIn(settings["serve.receiveBuffer"] ?? settings.receiveBuffer),
  writeWaitP50: percentileOf("wait", 50),
  unblockedP50: percentileOf("freed", 50),
  peerPause: given,
  largestMessageBytes: given,
  corruptBlocks: given,
  deliveredShare: given,
  resetShare: given,
  endedFirstShare: given,
  completedConnects: given,
  nextConnectP50: percentileOf("next", 50),
  firstWaitP50: percentileOf("firstWait", 50),
  lastWaitP50: percentileOf("lastWait", 50),
  cpuPerOperation: ({ cpu, operations }) => quotient(cpu?.totalNs, operations),
  cpuPerByte: ({ cpu, tally }) => quotient(cpu?.totalNs, arrivedBytes(tally)),
  systemCallsPerOperation: given,
  ffiCall: given,
};

/** The same by any id; a Map, as an object would answer to `constructor`. */
const DERIVATION_OF: ReadonlyMap<string, Derivation> = new Map(Object.entries(DERIVATIONS));

/**
 * The value of a metric in a trial: the one that the workload computed itself, else the one derived from its counts and
 * distributions.
 *
 * Percentiles are read off the sparse histogram, so that nothing is expanded or cached: about a microsecond each.
 *
 * @param trial The trial.
 * @param metricId The metric's id; one that the suite does not define has a value only where the workload gave it.
 * @returns The value in the metric's unit; `undefined` when the trial failed, lacks what the metric needs, or would
 * divide by zero.
 */
export function metricValue(trial: Trial, metricId: string): number | undefined {
  if (trial.error !== undefined) return undefined;
  const { values } = trial;
  if (values !== undefined && Object.hasOwn(values, metricId)) return values[metricId];
  return DERIVATION_OF.get(metricId)?.(trial);
}

/** There only where the workload gave it: no count or distribution of a trial holds it. */
function given(): undefined {
  return undefined;
}

function percentileOf(name: string, p: number): Derivation {
  return ({ histograms }) => {
    const histogram = Object.hasOwn(histograms, name) ? histograms[name] : undefined;
    return histogram && sparsePercentile(histogram, p);
  };
}

/** A size as settings have it, `212992 B`, in bytes; nothing where it was not read back. */
function sizeIn(setting: string | undefined): number | undefined {
  const [, digits] = /^(\d{1,15}) B$/.exec(setting ?? "") ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function loss({ tally }: Pick<Trial, "tally">): number | undefined {
  return quotient(tally.lostMessages, tally.sentMessages);
}

/**
 * The bytes of the measured interval that arrived: those sent, less the share of messages lost. Not `window.bytes`: the
 * window opens later than the interval in which CPU time is read.
 */
function arrivedBytes(tally: Trial["tally"]): number | undefined {
  return tally.sentBytes === undefined ? undefined : tally.sentBytes * (1 - (loss({ tally }) ?? 0));
}

function operationsPerSecond({ operations, elapsedNs }: Trial): number | undefined {
  return perSecond(operations, elapsedNs);
}

function perSecond(count: number | undefined, elapsedNs: number | undefined): number | undefined {
  return quotient(count, elapsedNs === undefined ? undefined : elapsedNs / 1e9);
}

function perMiB(count: number | undefined, bytes: number | undefined): number | undefined {
  return quotient(count, bytes === undefined ? undefined : bytes / MIB);
}

function quotient(
  dividend: number | undefined,
  divisor: number | undefined,
): number | undefined {
  return dividend === undefined || divisor === undefined || divisor === 0
    ? undefined
    : dividend / divisor;
}
