// Evidence of a trial, read outside the measured interval: at its begin the CPU time last, at its end first, so that reading is not counted.

import { counterDeltas, type Counters, readCounters } from "../kernel/counters.ts";
import { openKernel } from "../kernel/libc.ts";
import { readTcpInfo, type TcpInfo } from "../kernel/tcp_info.ts";
import type { PeerMark } from "../peer/peer_link.ts";
import { readThreadMark, type ThreadMark } from "../peer/thread_mark.ts";
import { type HealthMark, readHealthMark } from "../peer/health_mark.ts";
import { processCpuNs } from "../peer/cpu_time.ts";
import type { FirstChannel } from "../peer/first_channel.ts";
import type { CpuTime } from "../model/trial.ts";
import { readKernelFile } from "../kernel/kernel_file.ts";

/** `stealNs`: of all CPUs, in steps of 10 ms; `runnable`: threads, the reading one included. */
type MachineHealth = Readonly<{ stealNs: number; runnable: number }>;

/** USER_HZ is 100 on every Linux that Deno runs on. */
const TICK_NS = 1e7;
/** Fields of the line `cpu`: user, nice, system, idle, iowait, irq, softirq, steal. */
const STEAL_FIELD = 8;

/** Reads the machine. Returns `undefined` where it could not be read. */
function readMachineHealth(): MachineHealth | undefined {
  if (!openKernel().available) return undefined;
  try {
    return parseMachineHealth(readKernelFile("/proc/stat") ?? "");
  } catch {
    // A health that cannot be read fails no trial.
    return undefined;
  }
}

/** Takes what is wanted from the text. Returns `undefined` where it is something else. */
function parseMachineHealth(text: string): MachineHealth | undefined {
  const steal = text.slice(0, text.indexOf("\n")).split(/\s+/)[STEAL_FIELD];
  const [, runnable] = /^procs_running (\d+)$/m.exec(text) ?? [];
  if (steal === undefined || runnable === undefined) return undefined;
  return { stealNs: Number(steal) * TICK_NS, runnable: Number(runnable) };
}

interface Mark {
  readonly machine?: MachineHealth | undefined;
  /** What kept the driver's thread off its CPU. */
  readonly health?: HealthMark | undefined;
  readonly counters?: Counters;
  /** Of the driver's first channel, where it is TCP. */
  readonly socket?: TcpInfo;
  readonly thread?: ThreadMark | undefined;
  /** CPU time of the driver's process, in nanoseconds; absent where it is not known. */
  readonly cpuNs?: number;
  readonly peer: PeerMark;
}

/** What a trial's outcome holds of its evidence. `counters`: those that moved. */
export type TrialEvidence = Readonly<
  { cpu?: CpuTime; counters?: Readonly<Record<string, number>> }
>;

export class EvidenceReader {
  readonly #first: FirstChannel;
  readonly #mark: () => Promise<PeerMark>;
  readonly #isOpen = openKernel().available;
  #isTcp = true;
  #begin: Mark | undefined;
  #end: Mark | undefined;

  /** `first`: the driver's first channel; `mark`: marks at the peer. */
  constructor(first: FirstChannel, mark: () => Promise<PeerMark>) {
    this.#first = first;
    this.#mark = mark;
  }

  /** Reads at the begin of the measured interval. */
  async begin(): Promise<void> {
    const machine = readMachineHealth();
    const counters = this.#readCounters();
    const peer = await this.#mark();
    const socket = this.#readSocket();
    const thread = readThreadMark();
    const health = readHealthMark();
    const cpuNs = processCpuNs();
    this.#begin = { ...present({ machine, counters, socket, thread, health, cpuNs }), peer };
  }

  async end(): Promise<void> {
    const cpuNs = processCpuNs();
    const health = readHealthMark();
    const thread = readThreadMark();
    const peer = await this.#mark();
    const socket = this.#readSocket();
    const counters = this.#readCounters();
    const machine = readMachineHealth();
    this.#end = { ...present({ machine, counters, socket, thread, health, cpuNs }), peer };
    this.#first.readAgain();
  }

  get evidence(): TrialEvidence {
    const [begin, end] = [this.#begin, this.#end];
    if (begin === undefined || end === undefined) return {};
    const cpu = cpuBetween(begin, end);
    if (begin.counters === undefined || end.counters === undefined) return present({ cpu });
    const counters: Record<string, number> = {
      ...counterDeltas(begin.counters, end.counters),
      ...socketDeltas(begin.socket, end.socket),
      ...threadDeltas("drive", begin.thread, end.thread),
      ...threadDeltas("serve", begin.peer.thread, end.peer.thread),
      ...healthDeltas("drive", begin.health, end.health),
      ...healthDeltas("serve", begin.peer.health, end.peer.health),
      ...machineDeltas(begin.machine, end.machine),
    };
    return { ...present({ cpu }), counters };
  }

  /** The cores that the two threads used and may use, by the name they have among a trial's settings. */
  get cores(): Readonly<Record<string, string>> {
    return {
      ...coresOf("drive", this.#begin?.thread, this.#end?.thread),
      ...coresOf("serve", this.#begin?.peer.thread, this.#end?.peer.thread),
    };
  }

  /** Evidence that cannot be had fails no trial. */
  #readCounters(): Counters | undefined {
    if (!this.#isOpen) return undefined;
    try {
      return readCounters();
    } catch {
      return undefined;
    }
  }

  /** A channel that is no TCP says so once. */
  #readSocket(): TcpInfo | undefined {
    const descriptor = this.#isTcp ? this.#first.descriptor : undefined;
    if (descriptor === undefined) return undefined;
    try {
      return readTcpInfo(descriptor);
    } catch {
      this.#isTcp = false;
      return undefined;
    }
  }
}

function present<T extends Record<string, unknown>>(values: T) {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function cpuBetween(begin: Mark, end: Mark): CpuTime | undefined {
  if (begin.cpuNs === undefined || end.cpuNs === undefined) return undefined;
  const drove = end.cpuNs - begin.cpuNs;
  if (begin.peer.cpuNs === null || end.peer.cpuNs === null) return { totalNs: drove };
  if (begin.peer.cpuNs === undefined || end.peer.cpuNs === undefined) return undefined;
  const served = end.peer.cpuNs - begin.peer.cpuNs;
  return { totalNs: drove + served, serveNs: served };
}

/** What TCP_INFO counts from the start of the connection, by the name it has among a trial's counters. */
const SOCKET_TOTALS: Readonly<Record<string, keyof TcpInfo>> = {
  "socket.segsOut": "segsOut",
  "socket.segsIn": "segsIn",
  "socket.bytesSent": "bytesSent",
  "socket.bytesReceived": "bytesReceived",
  "socket.retransmits": "totalRetransmits",
  "socket.busyNs": "busyTimeNs",
  "socket.windowLimitedNs": "rwndLimitedNs",
  "socket.bufferLimitedNs": "sndbufLimitedNs",
};

/** Differences of totals, and as they were last: the smoothed round-trip time and the congestion window. */
function socketDeltas(from: TcpInfo | undefined, to: TcpInfo | undefined): Record<string, number> {
  if (from === undefined || to === undefined) return {};
  const deltas = Object.entries(SOCKET_TOTALS).map(([name, field]): [string, number] => {
    const [before, after] = [from[field], to[field]];
    return [name, typeof before === "number" && typeof after === "number" ? after - before : 0];
  });
  return { ...moved(deltas), "socket.rttNs": to.rttNs, "socket.cwnd": to.cwnd };
}

function threadDeltas(
  end: "drive" | "serve",
  from: ThreadMark | undefined,
  to: ThreadMark | undefined,
): Record<string, number> {
  if (from === undefined || to === undefined) return {};
  const names = ["voluntarySwitches", "involuntarySwitches", "minorFaults"] as const;
  return moved(names.map((name) => [`${end}.${name}`, (to[name] ?? 0) - (from[name] ?? 0)]));
}

/** Here a 0 says that it was looked at and did not happen; periods only where a group counted any. */
function healthDeltas(
  end: "drive" | "serve",
  from: HealthMark | undefined,
  to: HealthMark | undefined,
): Record<string, number> {
  const deltas: Record<string, number> = {};
  if (from === undefined || to === undefined) return deltas;
  for (const name of ["waitNs", "runNs"] as const) {
    const [before, after] = [from[name], to[name]];
    if (before !== undefined && after !== undefined) deltas[`${end}.${name}`] = after - before;
  }
  deltas[`${end}.spanNs`] = to.atNs - from.atNs;
  const [before, after] = [from.throttling, to.throttling];
  if (before === undefined || after === undefined || after.periods === 0) return deltas;
  for (const name of ["periods", "throttledPeriods", "throttledNs"] as const) {
    deltas[`${end}.${name}`] = after[name] - before[name];
  }
  return deltas;
}

/** How many threads wanted to run: the more of the two readings. */
function machineDeltas(
  from: MachineHealth | undefined,
  to: MachineHealth | undefined,
): Record<string, number> {
  if (from === undefined || to === undefined) return {};
  return {
    "machine.stealNs": to.stealNs - from.stealNs,
    "machine.runnable": Math.max(from.runnable, to.runnable),
  };
}

/** What did not move is left out. */
function moved(entries: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(entries.filter(([, delta]) => delta !== 0));
}

function coresOf(end: "drive" | "serve", from: ThreadMark | undefined, to: ThreadMark | undefined) {
  if (from?.core === undefined || to?.affinity === undefined) return {};
  return {
    [`${end}Core`]: from.core === to.core ? `${from.core}` : `${from.core}→${to.core}`,
    [`${end}Affinity`]: to.affinity.join(","),
  };
}
