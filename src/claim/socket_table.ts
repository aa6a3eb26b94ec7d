// The kernel's table of TCP sockets, /proc/net/tcp of proc(5): the only place where those stand that no program holds any more.

import { readSystemFiles } from "../run/system_files.ts";
import { CannotTry } from "./claim.ts";

const TABLE = "/proc/net/tcp";

/** States by the numbers of the table that claims ask for. */
const STATES: Readonly<Record<string, TableState>> = {
  "01": "ESTABLISHED",
  "03": "SYN-RECEIVED",
  "04": "FIN-WAIT-1",
  "05": "FIN-WAIT-2",
  "06": "TIME-WAIT",
  "08": "CLOSE-WAIT",
  "0A": "LISTEN",
};

/** A state that claims ask for; `other` is any that they do not. */
export type TableState =
  | "ESTABLISHED"
  | "SYN-RECEIVED"
  | "FIN-WAIT-1"
  | "FIN-WAIT-2"
  | "TIME-WAIT"
  | "CLOSE-WAIT"
  | "LISTEN"
  | "other";

/** A row of the table. `remotePort`: 0 of a listener; `timerSeconds`: left on its timer, of TIME-WAIT until it is gone. */
export type TableRow = Readonly<
  { localPort: number; remotePort: number; state: TableState; timerSeconds: number }
>;

export async function readSocketTable(): Promise<readonly TableRow[]> {
  const { texts, refusal } = await readSystemFiles([TABLE]);
  const text = texts.get(TABLE);
  if (text === undefined) throw new CannotTry(refusal ?? `there is no ${TABLE} here`);
  return parseSocketTable(text);
}

/** Reads the entries in TIME-WAIT of a port. */
export async function readTimeWait(
  port: number,
  before: readonly TableRow[] = [],
): Promise<readonly TableRow[]> {
  const keyOf = ({ localPort, remotePort }: TableRow) => `${localPort} ${remotePort}`;
  const known = new Set(before.map(keyOf));
  return (await readSocketTable()).filter((row) =>
    row.state === "TIME-WAIT" && (row.localPort === port || row.remotePort === port) &&
    !known.has(keyOf(row))
  );
}

/** USER_HZ: ticks of times that Linux shows to programs, per second, on x86-64 and arm64. */
const TICKS_PER_SECOND = 100;

/** Parses the table; a line that is none of it is left out. */
export function parseSocketTable(text: string): readonly TableRow[] {
  return [
    ...text.matchAll(
      /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) \S+ [0-9A-F]{2}:([0-9A-F]+)/gm,
    ),
  ].map(([, local, remote, state, timer]) => ({
    localPort: parseInt(local!, 16),
    remotePort: parseInt(remote!, 16),
    state: STATES[state!] ?? "other",
    timerSeconds: parseInt(timer!, 16) / TICKS_PER_SECOND,
  }));
}

export async function readSettingsOf(
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const pathOf = (name: string) => `/proc/sys/${name.replaceAll(".", "/")}`;
  const { texts } = await readSystemFiles(names.map(pathOf));
  return Object.fromEntries(names.flatMap((name) => {
    const text = texts.get(pathOf(name));
    return text === undefined ? [] : [[name, text.trim().replace(/\s+/g, " ")]];
  }));
}
