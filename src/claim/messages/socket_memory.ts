// Kernel memory of sockets: how much the kernel's own memory grows with each client of a server.

import { setOption } from "../../kernel/options.ts";
import { SystemError } from "../../kernel/system_error.ts";
import { readSystemFiles } from "../../run/system_files.ts";
import { CannotTry, type ClaimFacts, type Lab } from "../claim.ts";
import { RawSockets } from "../sockets.ts";

const CLIENTS = 1_000;
const KINDS = ["udp", "tcp", "unixpacket", "unix"] as const;
const MEMORY = "/proc/meminfo";

/** Memory of one kind. `bytesPerClient`: growth of the kernel's memory by all of them and their server, for each. */
export type SocketMemoryOf = Readonly<
  { kind: typeof KINDS[number]; clients: number; bytesPerClient: number }
>;

/** Opens clients of a server of each kind and reads what the kernel's memory grew by. What is opened first stays open, so that nothing that was freed is used again. */
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
  return { memory };
}

async function readSlab(): Promise<number> {
  const { texts, refusal } = await readSystemFiles([MEMORY]);
  const kib = /^Slab:\s*(\d+) kB$/m.exec(texts.get(MEMORY) ?? "")?.[1];
  if (kib === undefined) throw new CannotTry(refusal ?? `there is no Slab in ${MEMORY}`);
  return Number(kib) * 1_024;
}

async function open(kind: typeof KINDS[number], clients: number, sockets: RawSockets, lab: Lab) {
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

function connecter(kind: typeof KINDS[number], sockets: RawSockets, lab: Lab) {
  if (kind === "udp" || kind === "unixpacket") {
    const address = sockets.addressOf(sockets.bind(kind));
    return () => void sockets.sender(kind, address);
  }
  const listener = sockets.listen(kind, 16);
  return async () => {
    const [fd] = await sockets.connectTo(listener, lab, kind);
    // Nothing stays in TIME-WAIT.
    if (kind === "tcp") setOption(fd, "SO_LINGER", 0);
  };
}
