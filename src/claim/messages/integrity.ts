// Claim 10.

import { readCounters } from "../../kernel/counters.ts";
import { readKernelFile } from "../../kernel/kernel_file.ts";
import { openPeer } from "../../peer/open_peer.ts";
import type { PeerLink } from "../../peer/peer_link.ts";
import { planCases } from "../../plan/plan_cases.ts";
import { createSettings } from "../../plan/settings.ts";
import { runTrial } from "../../run/run_trial.ts";
import { CannotTry, type ClaimDeclaration, type ClaimFacts, type Lab } from "../claim.ts";
import { formatBytes, formatFigure } from "../format_figure.ts";

/** How much is moved over each transport. */
const MIB = 2_048;
/** What is moved first: a machine that would take longer than the limit for all is content with it. */
const FIRST_MIB = 128;
const LIMIT_NS = 8e9;
/** A process that keeps what it should pass on grows by the transfer; this much is the runtime's own business. */
const GROWTH_BYTES = 64 * 2 ** 20;
const RESENT = "Tcp.RetransSegs";

/** `resent`: segments that TCP retransmitted meanwhile on the whole machine; `grownBytes`: growth of resident memory of both ends. */
type Moved = {
  transport: string;
  bytes: number;
  offered: number;
  seconds: number;
  lost: number;
  reordered: number;
  duplicated: number;
  corrupt: number;
  resent: number | null;
  grownBytes?: readonly number[];
};

export const streamsLoseNothing: ClaimDeclaration = {
  id: "streams-lose-nothing",
  sentence: "Streams lose nothing and keep order",
  source: "RFC 9293, section 3.1 (checksum) and 3.8 (retransmission); unix(7), SOCK_STREAM",
  method: `${MIB / 1_024} GiB each, ` +
    `or ${FIRST_MIB} MiB where that would take longer than ${LIMIT_NS / 1e9} s, ` +
    "were sent over TCP and over a Unix-domain socket to another process, in numbered blocks of 64 KiB whose every word follows from the " +
    "number; the receiver checked all of them. The memory of both processes was read before and after",
  rule: {
    "holds": "every byte arrived, and no block was lost, reordered, doubled or corrupt",
    "does not hold": "a block was, or bytes were missing",
  },
  control:
    "the same over a connection on which one byte is changed on its way: the sentence then does not hold",
  experiment: (lab) => moveAndCheck(lab),
  decide({ facts }) {
    const rows = facts!.moved as readonly Moved[];
    const faults = rows.reduce(
      (sum, { lost, reordered, duplicated, corrupt }) =>
        sum + lost + reordered + duplicated + corrupt,
      0,
    );
    const bytes = rows.reduce((sum, one) => sum + one.bytes, 0);
    const grown = rows.flatMap(({ grownBytes = [] }) => grownBytes);
    return {
      verdict: faults === 0 && rows.every(({ bytes, offered }) => bytes >= offered)
        ? "holds"
        : "does not hold",
      answer: `of ${formatBytes(bytes)}, ${faults} blocks lost, reordered, doubled or corrupt`,
      seen: [
        ...rows.map((row) =>
          `${row.transport}: ${formatBytes(row.bytes)} in ${
            row.seconds.toFixed(1)
          } s, lost ${row.lost}, reordered ${row.reordered}, duplicated ${row.duplicated}, corrupt ${row.corrupt} blocks of 64 KiB${
            row.resent === null || !row.transport.startsWith("tcp")
              ? ""
              : `; segments that the machine's TCP retransmitted meanwhile: ${row.resent}`
          }`
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
        "TCP numbers every byte, checks every segment and repeats what is not acknowledged in time, on loopback as well. Its checksum has 16 bits, so that of segments damaged at random one in 65,536 passes, and over loopback it is not computed (drivers/net/loopback.c): over networks that damage data a check of the program's own is worth its cost. A Unix-domain stream is a queue in one kernel, from which nothing can fall. Neither protects against a program that dies with data in its own buffers",
      ],
    };
  },
  meaning:
    "Within one connection of one machine no number or checksum of your own is needed; across a reconnect it is. A `pipeTo` that resolved means that the kernel has every byte, and not that the peer has read them: that takes an answer",
  code: [
    "await source.pipeTo(conn.writable, { preventClose: true }); // the kernel has every byte, in order",
    "await conn.read(receipt); // the peer has them",
  ].join("\n"),
};

/** Moves checked blocks over each stream transport. */
export async function moveAndCheck(lab: Lab, mib = MIB): Promise<ClaimFacts> {
  const transports = ["tcp", "unix"].filter((id) => lab.availability.get(id)?.available);
  if (transports.length === 0) throw new CannotTry("no stream transport works here");
  const settings = createSettings({
    scenarios: ["integrity"],
    transports,
    params: { mib: [...new Set([Math.min(FIRST_MIB, mib), mib])] },
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
    const moved = new Map<string, Moved>();
    for (const one of cases) {
      const first = moved.get(one.transport);
      const ownMib = one.params.mib as number;
      if (first !== undefined && first.seconds * 1e9 * (ownMib / FIRST_MIB) > LIMIT_NS) continue;
      const before = residentBytes(link);
      const resentBefore = countResent(lab);
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
      const resentAfter = countResent(lab);
      moved.set(one.transport, {
        transport: one.transport,
        bytes: tally.receivedBytes ?? 0,
        offered: ownMib * 2 ** 20,
        resent: resentBefore === null || resentAfter === null ? null : resentAfter - resentBefore,
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
    return { moved: [...moved.values()] };
  } finally {
    await link.close();
  }
}

function countResent({ kernel }: Lab): number | null {
  return kernel.available ? readCounters()[RESENT] ?? null : null;
}

/** Resident memory of the driver and, where it is a process of its own, the peer; empty where the kernel room is closed. */
function residentBytes({ label }: PeerLink): readonly number[] {
  const pid = /^process (\d+)$/.exec(label)?.[1];
  return ["self", ...(pid === undefined ? [] : [pid])].flatMap((id) => {
    try {
      // In kB, whatever the size of a page.
      const kib = /^VmRSS:\s*(\d+) kB$/m.exec(readKernelFile(`/proc/${id}/status`) ?? "")?.[1];
      return kib === undefined ? [] : [Number(kib) * 1_024];
    } catch {
      return [];
    }
  });
}
