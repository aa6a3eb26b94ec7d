// Kernel memory of sockets: how much the kernel's own memory grows with each client of a server.

import { requireLibc } from "../../kernel/libc.ts";
import { setOption } from "../../kernel/options.ts";
import { encodeAddress } from "../../kernel/socket_address.ts";
import { SystemError } from "../../kernel/system_error.ts";
import { readSystemFiles } from "../../run/system_files.ts";
import { CannotTry, type ClaimFacts, type Lab } from "../claim.ts";
import { loopback, RawSockets, waitUntil } from "../connections/raw_sockets.ts";

const CLIENTS = 1_000;
const KINDS = ["udp", "tcp", "unixpacket", "unix"] as const;
const MEMORY = "/proc/meminfo";
const LIMIT_MS = 1_000;

/** Memory of one kind. */
export interface SocketMemoryOf {
  readonly kind: typeof KINDS[number];
  readonly clients: number;
  /** Growth of the kernel's memory by all of them and their server, for each. */
  readonly bytesPerClient: number;
}

/**
 * Opens clients of a server of each kind and reads what the kernel's memory grew by. What is opened first stays open, so that nothing that was
 * freed is used again.
 */
export async function measureSocketMemory(lab: Lab, clients = CLIENTS): Promise<ClaimFacts> {
  using sockets = new RawSockets(lab);
  const memory: SocketMemoryOf[] = [];
  for (const kind of KINDS) {
    const before = await readSlab();
    const opened = await open(kind, clients, sockets, lab);
    if (opened === 0) throw new CannotTry("there are no descriptors left for clients");
    memory.push({
      kind,
      clients: opened,
      bytesPerClient: Math.round((await readSlab() - before) / opened),
    });
  }
  return { memory } as unknown as ClaimFacts;
}

async function readSlab(): Promise<number> {
  const { texts, refusal } = await readSystemFiles([MEMORY]);
  const kib = /^Slab:\s*(\d+) kB$/m.exec(texts.get(MEMORY) ?? "")?.[1];
  if (kib === undefined) throw new CannotTry(refusal ?? `there is no Slab in ${MEMORY}`);
  return Number(kib) * 1_024;
}

async function open(
  kind: typeof KINDS[number],
  clients: number,
  sockets: RawSockets,
  lab: Lab,
): Promise<number> {
  let opened = 0;
  try {
    const connect = connecter(kind, sockets, lab);
    while (opened < clients && !lab.signal.aborted) {
      await connect();
      opened++;
    }
  } catch (error) {
    if (!(error instanceof SystemError) || !["EMFILE", "ENFILE"].includes(error.code)) throw error;
  }
  return opened;
}

function connecter(
  kind: typeof KINDS[number],
  sockets: RawSockets,
  lab: Lab,
): () => void | Promise<void> {
  const libc = requireLibc();
  if (kind === "udp" || kind === "unixpacket") {
    const server = sockets.socket(kind);
    const any = kind === "udp" ? loopback(0) : encodeAddress({ kind: "unix", path: "" });
    libc.check(libc.symbols.bind(server, any, any.length), "bind");
    const address = sockets.addressOf(server);
    return () => {
      const client = sockets.socket(kind);
      libc.check(libc.symbols.connect(client, address, address.length), "connect");
    };
  }
  const listener = sockets.listen(kind, 16);
  return async () => {
    const { fd } = sockets.connect(kind, listener.address);
    // Nothing stays in TIME-WAIT.
    if (kind === "tcp") setOption(fd, "SO_LINGER", 0);
    let accepted: number | undefined;
    await waitUntil(lab, () => (accepted = sockets.accept(listener)) !== undefined, LIMIT_MS);
    if (accepted === undefined) throw new CannotTry("a connection was not accepted in time");
  };
}
