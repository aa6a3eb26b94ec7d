// Scenario `buffer-size`.

import { settledBudget } from "./throughput.ts";
import type { Scenario } from "../model/scenario.ts";

const KIB = 1_024;
const MIB = 1_024 * KIB;
// Each pair of them is a cell of two transports: two sizes more take as long as all other questions together.
const STANDARD = [4 * KIB, 64 * KIB, 256 * KIB, MIB];
const FINE = [512, KIB, 4 * KIB, 16 * KIB, 32 * KIB, 64 * KIB, 128 * KIB, 256 * KIB, MIB];

/** Which read and write buffer? */
export const bufferSize: Scenario = {
  id: "buffer-size",
  question: "Which read and write buffer gives the most throughput?",
  operation: "write",
  parameters: [
    { name: "bytes", kind: "size", description: "size of each write" },
    { name: "read", kind: "size", description: "size of the read buffer" },
  ],
  metrics: ["bytesPerSecond", "readsPerMiB", "writesPerMiB", "cpuPerByte"],
  columns: ["read"],
  contrasts: [{ factor: "transport", base: "tcp", metric: "bytesPerSecond" }],
  search: ["bytes", "read"],
  evidence: ["Tcp.RetransSegs", "TcpExt.TCPRcvCollapsed"],
  notes: [
    "The same one-way transfer as `throughput`, by the size of the writer's and the reader's buffer; TCP runs with Nagle off. Socket buffers in the kernel are left at their defaults.",
  ],
  workload: "bulk",
  fixed: { nagle: "off" },
  grid: {
    quick: [{
      transports: ["tcp", "unix"],
      params: { bytes: [4 * KIB, 64 * KIB], read: [4 * KIB, 64 * KIB] },
    }],
    standard: [{ transports: ["tcp", "unix"], params: { bytes: STANDARD, read: STANDARD } }],
    thorough: [{ transports: ["tcp", "unix"], params: { bytes: FINE, read: FINE } }],
  },
  budget: settledBudget,
};
