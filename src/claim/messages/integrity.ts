/**
 * Claim 10.
 *
 * @module
 */

import { readKernelFile } from "../../kernel/kernel_file.ts";
import { openPeer } from "../../peer/open_peer.ts";
import type { PeerLink } from "../../peer/peer_link.ts";
import { planCases } from "../../plan/plan_cases.ts";
import { createSettings } from "../../plan/settings.ts";
import { runTrial } from "../../run/run_trial.ts";
import { CannotTry, type Claim, type ClaimFacts, type Lab } from "../claim.ts";
import { formatFigure, sayBytes } from "../format_figure.ts";

/** How much is moved over each transport. */
const MIB = 4_096;
/** A process that keeps what it should pass on grows by the transfer; this much is the runtime's own business. */
const GROWTH_BYTES = 64 * 2 ** 20;
const PAGE_BYTES = 4_096;

interface Moved {
  readonly transport: string;
  readonly bytes: number;
  readonly seconds: number;
  readonly lost: number;
  readonly reordered: number;
  readonly duplicated: number;
  readonly corrupt: number;
  /** Growth of resident memory, driver and peer; absent where it could not be read. */
  readonly grownBytes?: readonly number[];
}

/** "Streams lose nothing and keep order." */
export const streamsLoseNothing: Claim = {
  id: "streams-lose-nothing",
  number: 10,
  group: "messages",
  sentence: "Streams lose nothing and keep order",
  source: "C, D",
  method:
    `${
      MIB / 1_024
    } GiB each were sent over TCP and over a Unix-domain socket to another process, in numbered blocks whose every word follows from the ` +
    "number; the receiver checked all of them. The memory of both processes was read before and after",
  experiment: moveAndCheck,
  decide({ facts }) {
    const rows = facts!.moved as unknown as readonly Moved[];
    const faults = rows.reduce(
      (sum, { lost, reordered, duplicated, corrupt }) =>
        sum + lost + reordered + duplicated + corrupt,
      0,
    );
    const bytes = rows.reduce((sum, one) => sum + one.bytes, 0);
    const grown = rows.flatMap(({ grownBytes = [] }) => grownBytes);
    return {
      verdict: faults === 0 ? "holds" : "does not hold",
      answer: `of ${sayBytes(bytes)}, ${faults} blocks lost, reordered, doubled or corrupt`,
      seen: [
        ...rows.map((row) =>
          `${row.transport}: ${sayBytes(row.bytes)} in ${
            row.seconds.toFixed(1)
          } s, lost ${row.lost}, reordered ${row.reordered}, duplicated ${row.duplicated}, corrupt ${row.corrupt} blocks of 64 KiB`
        ),
        grown.length === 0
          ? "The memory of the processes could not be read"
          : `Resident memory of the processes changed by ${
            grown.map((one) => formatFigure({ value: one / 2 ** 20, unit: "count" })).join(", ")
          } MiB (driver and peer, for each transport)${
            grown.every((one) => one < GROWTH_BYTES) ? ": nothing was piled up" : ""
          }`,
      ],
      why: [
        "TCP numbers every byte, checks every segment and repeats what is not acknowledged; on loopback it never has to. A Unix-domain stream " +
        "is a queue in one kernel, from which nothing can fall. Neither protects against a program that dies with data in its own buffers",
      ],
    };
  },
  meaning:
    "Within one connection no checksum or number of your own is needed; across a reconnect it is",
  code: "await source.pipeTo(conn.writable); // every byte, once, in order, or an error",
};

async function moveAndCheck(lab: Lab): Promise<ClaimFacts> {
  const transports = ["tcp", "unix"].filter((id) => lab.availability.get(id)?.available);
  if (transports.length === 0) throw new CannotTry("no stream transport works here");
  const settings = createSettings({
    scenarios: ["integrity"],
    transports,
    params: { mib: [MIB] },
    peer: lab.peer,
  }, lab.catalog);
  const { cases } = planCases(settings, lab.catalog, lab.availability);
  const link = await openPeer(lab.peer, {
    catalog: lab.catalog,
    clock: lab.clock,
    modules: [],
    directory: lab.directory,
  });
  try {
    const moved: Moved[] = [];
    for (const one of cases) {
      const before = residentBytes(link);
      const trial = await runTrial({
        case: one,
        transport: lab.catalog.transports.get(one.transport)!,
        workload: lab.catalog.workloads.get(one.workload)!,
        link,
        clock: lab.clock,
        directory: lab.directory,
        signal: lab.signal,
      });
      if (trial.error !== undefined) throw new Error(trial.error.message);
      const after = residentBytes(link);
      const { tally, values } = trial;
      moved.push({
        transport: one.transport,
        bytes: tally.receivedBytes ?? 0,
        seconds: trial.elapsedNs / 1e9,
        lost: tally.lostMessages ?? 0,
        reordered: tally.reorderedMessages ?? 0,
        duplicated: tally.duplicatedMessages ?? 0,
        corrupt: values?.corruptBlocks ?? 0,
        ...(before.length === after.length && before.length > 0 && {
          grownBytes: after.map((bytes, index) => bytes - before[index]!),
        }),
      });
    }
    return { moved: moved as unknown as ClaimFacts[string] };
  } finally {
    await link.close();
  }
}

/** Resident memory of the driver and, where it is a process of its own, the peer; empty where the kernel room is closed. */
function residentBytes({ label }: PeerLink): readonly number[] {
  const pid = /^process (\d+)$/.exec(label)?.[1];
  return ["self", ...(pid === undefined ? [] : [pid])].flatMap((id) => {
    try {
      const pages = readKernelFile(`/proc/${id}/statm`)?.split(" ")[1];
      return pages === undefined ? [] : [Number(pages) * PAGE_BYTES];
    } catch {
      return [];
    }
  });
}
