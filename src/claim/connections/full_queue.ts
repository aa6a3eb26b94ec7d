// What a connect meets that finds the accept queue full.

import { readTcpInfo } from "../../kernel/tcp_info.ts";
import type { StreamListener } from "../../transport/channel.ts";
import { type Lab } from "../claim.ts";
import { RawSockets, waitUntil } from "../sockets.ts";

/** How long a connect may take before it waits, and how long the queue stays full, in milliseconds. */
export const FULL_MS = 50;
/** A dropped SYN is retransmitted after 1 s, and at worst once more. */
export const LIMIT_MS = 3_500;

/** What the next connect met. `refused`: the error's name; `waitedMs`: from the accept to the end of the connect, `null`: too long. */
export type Next = Readonly<{ who: string; refused: string | null; waitedMs: number | null }>;

/** By system calls, where the retransmitted SYNs can be counted. */
export async function meetFullTcp(lab: Lab): Promise<Next> {
  using sockets = new RawSockets(lab);
  const { clock } = lab;
  const listener = sockets.listen("tcp", 1);
  for (let k = 0; k < 2; k++) sockets.connect("tcp", listener.address);
  const { fd } = sockets.connect("tcp", listener.address);
  await clock.sleepUntilNs(clock.nowNs() + FULL_MS * 1e6);
  sockets.accept(listener);
  const freedNs = clock.nowNs();
  const isIn = await waitUntil(lab, () => sockets.connectState(fd) === "open", LIMIT_MS);
  const waitedMs = (clock.nowNs() - freedNs) / 1e6;
  const again = readTcpInfo(fd).totalRetransmits;
  return {
    who: `tcp, by system calls (its SYN sent ${1 + again} times)`,
    refused: null,
    waitedMs: isIn ? waitedMs : null,
  };
}

/** Through a transport, against a listener of the other driver that can be told its backlog. */
export async function meetFull(id: string, server: string, lab: Lab): Promise<readonly Next[]> {
  const { clock, directory, catalog, availability } = lab;
  const [client, listening] = [id, server].map((one) => catalog.transports.get(one));
  if (client?.mode !== "stream" || listening?.mode !== "stream") return [];
  if (![id, server].every((one) => availability.get(one)?.available)) return [];
  const listener = await listening.listen({ directory, backlog: 1 });
  const open: { close(): void }[] = [];
  const outcome: { error?: string; doneNs?: number } = {};
  const connect = async () => {
    try {
      open.push(await client.connect(listener.endpoint, { directory }));
      outcome.doneNs = clock.nowNs();
    } catch (error) {
      outcome.error = nameOf(error);
    }
  };
  let last: Promise<void> | undefined;
  try {
    for (let k = 0; k < 2; k++) await connect();
    delete outcome.doneNs;
    last = connect();
    await clock.sleepUntilNs(clock.nowNs() + FULL_MS * 1e6);
    const freedNs = await acceptOne(listener, open, clock);
    await waitUntil(
      lab,
      () => outcome.doneNs !== undefined || outcome.error !== undefined,
      LIMIT_MS,
    );
    const waitedMs = outcome.doneNs === undefined ? null : (outcome.doneNs - freedNs) / 1e6;
    return [{ who: formatWho(id), refused: outcome.error ?? null, waitedMs }];
  } finally {
    // What still waits is refused by the listener's end.
    listener.close();
    await last;
    for (const channel of open) channel.close();
  }
}

function formatWho(id: string): string {
  return id.endsWith("@libc")
    ? `${id.slice(0, -5)}, by a connect that may wait`
    : `${id}, through Deno`;
}

async function acceptOne(listener: StreamListener, open: { close(): void }[], clock: Lab["clock"]) {
  open.push(await listener.accept());
  return clock.nowNs();
}

/** What an error is called, as in `EAGAIN`. */
export function nameOf(error: unknown): string {
  const { code, name } = error as { code?: string; name: string };
  return code ?? name;
}
