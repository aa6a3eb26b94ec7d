/**
 * Known faults: datagrams of which every k-th is dropped, sent twice, or sent after the next.
 *
 * @module
 */

import { createCatalog } from "../../../src/catalog.ts";
import { systemClock } from "../../../src/clock.ts";
import { openPeer } from "../../../src/peer/open_peer.ts";
import type { PeerKind } from "../../../src/model/placement.ts";
import { createSocketDirectory } from "../../../src/transport/socket_directory.ts";
import type { DatagramTransport } from "../../../src/transport/transport.ts";
import { udp } from "../../../src/transport/udp.ts";
import { unixpacket } from "../../../src/transport/unixpacket.ts";
import { bulk } from "../../../src/workload/bulk.ts";
import type { Budget } from "../../../src/model/budget.ts";
import type { Tally } from "../../../src/model/tally.ts";
import { type Answer, answerOf, type Reading } from "./answer.ts";
import { type Fault, type Faults, faultyTransport } from "./faulty_transport.ts";
import { pacedTransport } from "./paced_transport.ts";
import { type KnownCase, knownCase, runRounds } from "./rounds.ts";

const BYTES = 64;
/** Faults are counted over the whole trial: it ends by count, and its warm-up is one datagram. */
const BUDGET: Budget = { warmupNs: 0, measureNs: 10e9, maxOperations: 2_500 };
/**
 * UDP drops by itself what the receiver does not take in time. Its buffer holds some 270 small datagrams: at 5,000 a second the receiver
 * would have to stand still for 50 ms. Unix datagrams make the sender wait instead.
 */
const UDP_PER_SECOND = 5_000;

/** The faults, how they are called, and where each end has its count. */
const FAULTS: readonly {
  readonly fault: Fault;
  readonly words: string;
  readonly trueCount: (faults: Faults) => number;
  readonly counted: (tally: Tally) => number | undefined;
}[] = [
  ...[100, 10].map((every) => ({
    fault: { kind: "drop", every } as const,
    words: `drops every ${every}th datagram`,
    trueCount: ({ dropped }: Faults) => dropped,
    counted: ({ lostMessages }: Tally) => lostMessages,
  })),
  {
    fault: { kind: "double", every: 20 },
    words: "sends every 20th datagram twice",
    trueCount: ({ doubled }) => doubled,
    counted: ({ duplicatedMessages }) => duplicatedMessages,
  },
  {
    fault: { kind: "delay", every: 20 },
    words: "sends every 20th datagram after the next",
    trueCount: ({ overtaken }) => overtaken,
    counted: ({ reorderedMessages }) => reorderedMessages,
  },
];

/** A case, and what its sender did in the last trial. */
interface FaultyCase extends KnownCase {
  readonly what: string;
  readonly readings: Reading[];
  read(tally: Tally): Reading;
}

/**
 * Measures all faults over Unix datagrams and UDP.
 *
 * @param peer who receives
 * @param rounds how often
 * @param signal ends it
 */
export async function measureFaults(
  peer: PeerKind,
  rounds: number,
  signal: AbortSignal,
): Promise<Answer[]> {
  await using directory = await createSocketDirectory();
  const catalog = createCatalog();
  const options = { catalog, clock: systemClock, directory: directory.path, modules: [] };
  const link = await openPeer(peer, options);
  try {
    const pace = { name: udp.name, bytesPerSecond: UDP_PER_SECOND * BYTES };
    const slowUdp = pacedTransport(udp, pace, systemClock, () => {}) as DatagramTransport;
    const cases = [unixpacket, slowUdp].flatMap((transport) =>
      FAULTS.map((known) => faultyCase(transport, known, link))
    );
    const setup = { cases, link, directory: directory.path, rounds, signal };
    await runRounds(setup, (round, c, { tally }) => {
      const reading = c.read(tally);
      if (round > 0) c.readings.push(reading);
    });
    return cases.map(({ what, readings }) => answerOf(what, " %", readings));
  } finally {
    await link.close();
  }
}

function faultyCase(
  transport: DatagramTransport,
  { fault, words, trueCount, counted }: (typeof FAULTS)[number],
  link: Parameters<typeof knownCase>[1],
): FaultyCase {
  let last: Faults | undefined;
  const { name } = transport;
  const spec = { transport: name, workload: bulk, params: { bytes: BYTES }, budget: BUDGET };
  return {
    what: `the sender ${words}, ${name}`,
    case: knownCase(spec, link),
    transport: faultyTransport(transport, name, fault, (faults) => last = faults),
    workload: bulk,
    readings: [],
    read(tally) {
      if (last === undefined) throw new Error(`the sender of ${name} did not report`);
      const { handed } = last;
      const percent = (count: number, of: number) => 100 * count / of;
      return {
        true: percent(trueCount(last), handed),
        measured: percent(counted(tally) ?? NaN, tally.sentMessages ?? NaN),
      };
    },
  };
}
