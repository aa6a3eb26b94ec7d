// Scenario `integrity`.

import type { Params } from "../model/params.ts";
import type { Scenario } from "../model/scenario.ts";

/** Blocks of 64 KiB. */
const BLOCKS_PER_MIB = 16;
/** Filling, moving and checking one MiB, in nanoseconds: measured on two cores with a process peer. */
const MIB_NS = 1.2e6;

/** Does every byte arrive, once, in order and undamaged? */
export const integrity: Scenario = {
  id: "integrity",
  question: "Does every byte arrive, once, in order and undamaged?",
  operation: "block",
  parameters: [{
    name: "mib",
    kind: "count",
    unit: "MiB",
    max: 65_536,
    description: "how much is moved in a trial",
  }],
  metrics: ["corruptBlocks", "loss", "reordered", "duplicated", "bytesPerSecond"],
  columns: ["transport"],
  contrasts: [],
  notes: [
    "Blocks of 64 KiB are numbered, and each of their words follows from the number: the receiver checks all of them. Filling and checking cost more than moving, so that the throughput here is not the socket's.",
  ],
  workload: "checked-bulk",
  onDemand: true,
  fixed: { nagle: "off" },
  grid: {
    quick: [{ transports: ["tcp", "unix"], params: { mib: [64] } }],
    standard: [{ transports: ["tcp", "unix"], params: { mib: [256] } }],
    thorough: [{ transports: ["tcp", "unix"], params: { mib: [4_096] } }],
  },
  budget: ({ mib }, budget) => {
    const blocks = Number(mib) * BLOCKS_PER_MIB;
    return { ...budget, warmupNs: 0, minOperations: blocks, maxOperations: blocks };
  },
  expectedNs: (params: Params) => Number(params.mib) * MIB_NS,
};
