// The kernel's counters of the network stack, which count for the whole network namespace of the calling thread.

import { SELECTED } from "./counter_names.ts";
import { readKernelBytes } from "./kernel_file.ts";

/** Values by name, as in `TcpExt.DelayedACKs`; what this kernel does not have is not in it. */
export type Counters = Readonly<Record<string, number>>;

/** Thread-self, not self: a thread may have moved to another namespace than its process. */
const DIRECTORY = "/proc/thread-self/net";

const decoder = new TextDecoder("latin1");

/**
 * Reads the counters that matter to sockets ({@linkcode describeCounter} says which). Takes about 150 µs, most of it the kernel's own
 * for writing four files: call it outside of what is measured.
 *
 * @returns totals since the namespace was made; empty where /proc is not there
 * @throws {SystemError} when a file could not be opened for lack of file descriptors or memory
 */
export function readCounters(): Counters {
  const counters: Record<string, number> = {};
  parseTables(readText("snmp"), counters);
  parseTables(readText("netstat"), counters);
  parseUdp6(readText("snmp6"), counters);
  parseSockstat(readText("sockstat"), counters);
  return counters;
}

/**
 * What moved between two readings.
 *
 * @param before the earlier one
 * @param after the later one
 * @returns differences other than 0, by name, in the order of `after`; those of gauges (`sockstat.…`) may be below 0
 */
export function counterDeltas(before: Counters, after: Counters): Readonly<Record<string, number>> {
  const deltas: Record<string, number> = {};
  for (const name in after) {
    const delta = after[name]! - (before[name] ?? 0);
    if (delta !== 0) deltas[name] = delta;
  }
  return deltas;
}

/**
 * What a counter counts, for reports.
 *
 * @param name as in `TcpExt.DelayedACKs`
 * @returns a noun phrase with a small initial, without a full stop; undefined for a name that is not read
 */
export function describeCounter(name: string): string | undefined {
  return SELECTED.get(name);
}

function readText(file: string): string {
  const bytes = readKernelBytes(`${DIRECTORY}/${file}`);
  return bytes === undefined ? "" : decoder.decode(bytes);
}

/** A column of a table that is selected. */
type Column = Readonly<{ index: number; name: string }>;

/** Columns by line of names: a kernel never changes them while it runs, so that each is looked through once. */
const columnsByHeader = new Map<string, readonly Column[]>();

/** Adds what is selected of a file of tables, each a line of names and a line of values that start with the same word. */
export function parseTables(text: string, counters: Record<string, number>): void {
  let at = 0;
  while (at < text.length) {
    const headerEnd = text.indexOf("\n", at);
    const valuesEnd = headerEnd < 0 ? -1 : text.indexOf("\n", headerEnd + 1);
    if (valuesEnd < 0) return;
    const columns = selectedColumns(text.slice(at, headerEnd));
    if (columns.length > 0) takeValues(text.slice(headerEnd + 1, valuesEnd), columns, counters);
    at = valuesEnd + 1;
  }
}

function selectedColumns(header: string): readonly Column[] {
  let columns = columnsByHeader.get(header);
  if (columns === undefined) {
    const [table, ...names] = header.split(" ");
    columns = names
      .map((name, i) => ({ index: i + 1, name: `${table!.replace(":", "")}.${name}` }))
      .filter(({ name }) => SELECTED.has(name));
    columnsByHeader.set(header, columns);
  }
  return columns;
}

function takeValues(line: string, columns: readonly Column[], counters: Record<string, number>) {
  const values = line.split(" ");
  for (const { index, name } of columns) counters[name] = Number(values[index]);
}

/** Adds what is selected of UDP over IPv6. */
export function parseUdp6(text: string, counters: Record<string, number>): void {
  const start = text.indexOf("Udp6");
  if (start < 0) return;
  for (const [, field, value] of text.slice(start).matchAll(/^Udp6(\w+)\s+(\d+)$/gm)) {
    const name = `Udp6.${field}`;
    if (SELECTED.has(name)) counters[name] = Number(value);
  }
}

export function parseSockstat(text: string, counters: Record<string, number>): void {
  const tcp = /^TCP: inuse (\d+) orphan (\d+) tw (\d+) alloc \d+ mem (\d+)/m.exec(text);
  if (tcp !== null) {
    counters["sockstat.tcpInUse"] = Number(tcp[1]);
    counters["sockstat.tcpOrphan"] = Number(tcp[2]);
    counters["sockstat.tcpTimeWait"] = Number(tcp[3]);
    counters["sockstat.tcpMemPages"] = Number(tcp[4]);
  }
  const udp = /^UDP: inuse (\d+)/m.exec(text);
  if (udp !== null) counters["sockstat.udpInUse"] = Number(udp[1]);
}
