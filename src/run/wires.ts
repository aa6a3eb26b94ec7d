// The options in force on a subject's sockets, read from outside while it measures: Node and Bun cannot ask the kernel themselves, and what a
// runtime was told is not what it did (Bun: setNoDelay(false) leaves TCP_NODELAY set).

import { type ForeignSocket, readForeignSockets } from "../kernel/foreign_sockets.ts";
import { openKernel } from "../kernel/libc.ts";
import type { Trial } from "../model/trial.ts";

/** Settings of both ends by name, as a trial has them; or why they could not be read. */
export type Wire = Readonly<Record<string, string>> | { readonly reason: string };

/** By case id. */
export type Wires = ReadonlyMap<string, Wire>;

/** Whether other processes can be looked into here at all. */
export const canReadWires = (): boolean => openKernel().available;

/** How often a subject is looked at while a trial goes on, in milliseconds. */
const LOOK_EVERY_MS = 4;

/** Measures a trial with both ends in one process and looks at its sockets meanwhile; undefined where none were open when it looked. */
export async function watchWire(
  pid: number,
  transport: string,
  measure: () => Promise<unknown>,
  read: (pid: number) => readonly ForeignSocket[] = readForeignSockets,
): Promise<Wire | undefined> {
  let isOver = false;
  let wire: Wire | undefined;
  const measured = measure().finally(() => isOver = true);
  while (!isOver && wire === undefined) {
    const later = Promise.withResolvers<void>();
    const timer = setTimeout(later.resolve, LOOK_EVERY_MS);
    await Promise.race([measured, later.promise]).finally(() => clearTimeout(timer));
    if (isOver) break;
    try {
      wire = findWire(read(pid), /^(udp|unixpacket)/.test(transport));
    } catch (error) {
      wire = { reason: (error as Error).message };
    }
  }
  await measured;
  return wire;
}

/** The first connection that was accepted from a listener of the same process, or a pair of datagram sockets; undefined: there is none yet. */
function findWire(sockets: readonly ForeignSocket[], isDatagram: boolean): Wire | undefined {
  if (isDatagram) {
    const [serve, drive] = sockets.filter(({ type, local }) =>
      type === "datagram" && local !== undefined
    );
    return drive === undefined ? undefined : joinEnds(drive, serve!);
  }
  const keyOf = (address: ForeignSocket["local"]) =>
    address === undefined ? "" : address.kind === "ip" ? String(address.port) : address.path;
  for (const listener of sockets.filter(({ listening }) => listening)) {
    const at = keyOf(listener.local);
    if (at === "") continue;
    const ends = sockets.filter(({ listening }) => !listening);
    const serve = ends.find(({ local }) => keyOf(local) === at);
    const drive = ends.find(({ remote }) => keyOf(remote) === at);
    if (serve === undefined || drive === undefined) continue;
    const { backlog } = listener;
    return {
      ...joinEnds(drive, serve),
      ...(backlog !== undefined && { backlog: String(backlog) }),
    };
  }
  return undefined;
}

/** Those of the serving end where they differ. */
function joinEnds(drive: ForeignSocket, serve: ForeignSocket): Record<string, string> {
  const settings = { ...drive.settings };
  for (const [name, value] of Object.entries(serve.settings)) {
    if (value !== drive.settings[name]) settings[`serve.${name}`] = value;
  }
  return settings;
}

const NOT_READ = / \(not read back: .*\)$/s;

/** A trial with what was read from outside: of a runtime that reads its own options back, only what it cannot. */
export function withWire(trial: Trial, wire: Wire | undefined): Trial {
  if (wire === undefined || trial.error !== undefined) return trial;
  const { settings } = trial;
  if ("reason" in wire) {
    const because = Object.entries(settings).map(([name, value]) =>
      [name, value.replace(NOT_READ, ` (not read back: ${wire.reason})`)] as const
    );
    return { ...trial, settings: Object.fromEntries(because) };
  }
  const isReadBack = settings.sendBuffer !== undefined && !NOT_READ.test(settings.sendBuffer);
  const { backlog } = wire;
  if (isReadBack) {
    return backlog === undefined ? trial : { ...trial, settings: { ...settings, backlog } };
  }
  return { ...trial, settings: { ...settings, ...wire } };
}
