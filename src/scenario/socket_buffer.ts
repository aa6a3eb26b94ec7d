// Scenario `socket-buffer`.

import { settledBudget } from "./throughput.ts";
import type { Budget } from "../model/budget.ts";
import type { Params } from "../model/params.ts";
import type { GridBlock, Scenario } from "../model/scenario.ts";

const KIB = 1_024;
const MIB = 1_024 * KIB;
/** The last is beyond what kernels allow (net.core.rmem_max, wmem_max): it stands for the largest that there is. */
const SIZES = {
  quick: [4 * KIB, 64 * KIB, 64 * MIB],
  standard: [4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 64 * MIB],
  thorough: [4 * KIB, 16 * KIB, 32 * KIB, 64 * KIB, 128 * KIB, 256 * KIB, MIB, 2 * MIB, 64 * MIB],
};
const CHUNKS = {
  quick: [64 * KIB],
  standard: [4 * KIB, 64 * KIB],
  thorough: [KIB, 4 * KIB, 64 * KIB, MIB],
};
/** While the peer reads nothing, in nanoseconds. */
const FILLING_NS = 105e6;

const TINY_BYTES = 8 * KIB;
/** How long a trial with so small a send buffer measures, in nanoseconds. */
const TINY_NS = 250e6;

/** Which buffer in the kernel? */
export const socketBuffer: Scenario = {
  id: "socket-buffer",
  question: "What do the kernel's send and receive buffers change?",
  operation: "message",
  parameters: [
    {
      name: "sendBuffer",
      kind: "size",
      description: "SO_SNDBUF asked for at both ends; absent: the kernel's own",
    },
    {
      name: "receiveBuffer",
      kind: "size",
      description: "SO_RCVBUF asked for at both ends; absent: the kernel's own",
    },
    { name: "bytes", kind: "size", description: "size of each write, or of each datagram" },
  ],
  metrics: [
    "bytesPerSecond",
    "acceptedBytes",
    "loss",
    "sendBufferTaken",
    "receiveBufferTaken",
    "cpuPerByte",
  ],
  columns: ["transport"],
  contrasts: [
    { factor: "sendBuffer", base: 64 * KIB, metric: "bytesPerSecond" },
    { factor: "receiveBuffer", base: 64 * KIB, metric: "bytesPerSecond" },
  ],
  tables: ["acceptedBytes", "loss"],
  evidence: ["Udp.RcvbufErrors", "TcpExt.DelayedACKs", "TcpExt.TCPToZeroWindowAdv"],
  notes: [
    "The same one-way transfer as `throughput`, read with 64 KiB, Nagle off. Before it a second connection of the same settings is filled while the peer reads nothing for 100 ms: what was accepted is what writes took before one had to wait.",
    "The kernel takes twice the size that is asked for, as it accounts its own structures too, and no more than twice net.core.wmem_max and rmem_max, nor less than a few KiB: send and receive buffer are what it took. 64 MiB is asked for to get the largest.",
    "Where no size is asked for (–), TCP tunes its buffers while it runs; asking for one ends that. A TCP send buffer of a few KiB holds less than what makes the receiver acknowledge at once: the writer then waits for delayed acknowledgements, which are counted below. A send buffer counts at the writer, and at both ends of Unix-domain sockets, whose receive buffer does nothing; UDP drops what its receive buffer does not hold.",
    "Over driver deno, sizes are asked for after `Deno.connect()` and `Deno.listen()`, through FFI; over libc before, as tcp(7) advises.",
  ],
  workload: "socket-buffer",
  onDemand: true,
  fixed: { nagle: "off", read: 64 * KIB },
  grid: { quick: gridOf("quick"), standard: gridOf("standard"), thorough: gridOf("thorough") },
  budget: unhurriedBudget,
  expectedNs: (_params, { warmupNs, measureNs }: Budget) => FILLING_NS + warmupNs + measureNs,
};

/** A writer that waits for delayed acknowledgements, of 40 ms, must be seen for several of them. */
function unhurriedBudget(params: Params, profileBudget: Budget): Budget {
  const budget = settledBudget(params, profileBudget);
  const isTiny = typeof params.sendBuffer === "number" && params.sendBuffer <= TINY_BYTES;
  return isTiny ? { ...budget, measureNs: Math.max(budget.measureNs, TINY_NS) } : budget;
}

function gridOf(profile: keyof typeof SIZES): readonly GridBlock[] {
  const bytes = CHUNKS[profile];
  const sizes = SIZES[profile];
  const datagram = [KIB];
  return [
    { transports: ["tcp", "unix"], params: { bytes } },
    { transports: ["tcp", "unix"], params: { sendBuffer: sizes, bytes }, needs: "ffi" },
    { transports: ["tcp"], params: { receiveBuffer: sizes, bytes }, needs: "ffi" },
    { transports: ["udp", "unixpacket"], params: { bytes: datagram } },
    { transports: ["udp"], params: { receiveBuffer: sizes, bytes: datagram }, needs: "ffi" },
    { transports: ["unixpacket"], params: { sendBuffer: sizes, bytes: datagram }, needs: "ffi" },
  ];
}
