// What an open loop counts: latencies from three starts, and what changes while it lasts.

import { Histogram } from "../model/histogram.ts";

/** Parts of a measured interval, for what changes while it lasts. */
const PARTS = 20;
/** Gaps and latencies that are kept for the checks, drawn evenly. */
const SAMPLES = 1_000;

/** The counts of one run. Flat in memory, however long it lasts. */
export class LoadCounts {
  /** From the intended time, from the actual send, and of a send behind the time at which it could have been. */
  readonly latency = new Histogram();
  readonly sinceSend = new Histogram();
  readonly lateness = new Histogram();
  latencySumNs = 0;
  arrived = 0;
  sent = 0;
  sentBytes = 0;
  receivedBytes = 0;
  /** Answered. */
  done = 0;
  /** Answered before the last intended time. */
  doneInTime = 0;
  timeouts = 0;
  reordered = 0;
  duplicated = 0;
  maxInFlight = 0;
  /** Not sent when the last was due. */
  unsentAtEnd = 0;
  isOverload = false;
  elapsedNs = 0;
  longestSpinGapNs = 0;
  readonly gaps: number[] = [];
  readonly latencies: number[] = [];
  readonly #latencySums = new Float64Array(PARTS);
  readonly #latencyCounts = new Float64Array(PARTS);
  readonly #queueSums = new Float64Array(PARTS);
  readonly #arrivals = new Float64Array(PARTS);
  readonly #durationNs: number;
  readonly #timeoutNs: number;
  /** Every so many-th request is drawn. */
  protected readonly stride: number;

  constructor(plan: {
    readonly expected: number;
    readonly durationNs: number;
    readonly timeoutNs: number;
  }) {
    this.#durationNs = plan.durationNs;
    this.#timeoutNs = plan.timeoutNs;
    this.stride = Math.max(1, Math.ceil(plan.expected / SAMPLES));
  }

  /** How long requests were due. */
  get intendedNs(): number {
    return this.#durationNs;
  }

  /** Mean latency of each part; NaN where nothing was recorded. */
  latencyMeans(): number[] {
    return Array.from(this.#latencySums, (sum, part) => sum / this.#latencyCounts[part]!);
  }

  /** Mean number of waiting requests that an arrival of each part found. */
  queueMeans(): number[] {
    return Array.from(this.#queueSums, (sum, part) => sum / Math.max(1, this.#arrivals[part]!));
  }

  /** One more is due. */
  protected countArrival(sinceStartNs: number): void {
    this.arrived++;
    const part = this.#partOf(sinceStartNs);
    this.#arrivals[part]!++;
    this.#queueSums[part]! += this.arrived - this.sent - 1;
    const inFlight = this.arrived - this.done;
    if (inFlight > this.maxInFlight) this.maxInFlight = inFlight;
  }

  /** One is answered, or counts as if it were. */
  protected countLatency(number: number, sinceStartNs: number, latencyNs: number): void {
    this.latency.record(latencyNs);
    this.latencySumNs += latencyNs;
    if (latencyNs >= this.#timeoutNs) this.timeouts++;
    const part = this.#partOf(sinceStartNs);
    this.#latencySums[part]! += latencyNs;
    this.#latencyCounts[part]!++;
    if (number % this.stride === 0) this.latencies[number / this.stride] = latencyNs;
  }

  /** Whether the line of those that wait grew from part to part: the system cannot do what is asked of it. */
  protected grows(): boolean {
    const few = Math.max(10, this.arrived / 100);
    if (this.arrived < 2 * PARTS || this.unsentAtEnd <= few) return false;
    const means = this.queueMeans();
    const grown = means.filter((mean, part) => part > 0 && mean > means[part - 1]!).length;
    return grown >= 0.75 * (PARTS - 1);
  }

  #partOf(sinceStartNs: number): number {
    return Math.min(PARTS - 1, Math.floor(sinceStartNs / this.#durationNs * PARTS));
  }
}
