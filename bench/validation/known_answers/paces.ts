/**
 * Known paces: a sender that sends at a known rate, of which the receiver's throughput is measured.
 *
 * @module
 */

import { createCatalog } from "../../../src/catalog.ts";
import { systemClock } from "../../../src/clock.ts";
import { openPeer } from "../../../src/peer/open_peer.ts";
import type { PeerKind } from "../../../src/model/placement.ts";
import { median } from "../../../src/stats/mod.ts";
import { createSocketDirectory } from "../../../src/transport/socket_directory.ts";
import { tcp } from "../../../src/transport/tcp.ts";
import type { Transport } from "../../../src/transport/transport.ts";
import { udp } from "../../../src/transport/udp.ts";
import { unix } from "../../../src/transport/unix.ts";
import { unixpacket } from "../../../src/transport/unixpacket.ts";
import { bulk } from "../../../src/workload/bulk.ts";
import { type Answer, answerOf, type Reading } from "./answer.ts";
import { type Pace, pacedTransport } from "./paced_transport.ts";
import { type KnownCase, knownCase, runRounds } from "./rounds.ts";
import { throughputOf } from "./trial_figures.ts";

/** One write or datagram as warm-up; then long enough that a receiver that wakes 1 ms late at one end of its window is off by 0.2 % only. */
const BUDGET = { warmupNs: 0, measureNs: 500e6 };
const KIB = 1_024;

/** UDP only as slowly as its receiver's buffer bears: at 1,000 a second it would have to stand still for 90 ms to lose one. */
const PACES: readonly {
  readonly inner: Transport;
  readonly bytes: number;
  readonly perSecond: number;
}[] = [
  { inner: udp, bytes: KIB, perSecond: 1_000 },
  { inner: unixpacket, bytes: KIB, perSecond: 10_000 },
  { inner: tcp, bytes: 16 * KIB, perSecond: 2_000 },
  { inner: unix, bytes: 16 * KIB, perSecond: 2_000 },
];

interface PacedCase extends KnownCase {
  readonly what: string;
  readonly readings: Reading[];
  /** What each reading's window is known to, as a share. */
  readonly resolutions: number[];
  pace: Pace | undefined;
}

/**
 * Measures all paces.
 *
 * @param peer who receives
 * @param rounds how often
 * @param signal ends it
 */
export async function measurePaces(
  peer: PeerKind,
  rounds: number,
  signal: AbortSignal,
): Promise<Answer[]> {
  await using directory = await createSocketDirectory();
  const catalog = createCatalog();
  const options = { catalog, clock: systemClock, directory: directory.path, modules: [] };
  const link = await openPeer(peer, options);
  try {
    const cases = PACES.map(({ inner, bytes, perSecond }): PacedCase => {
      const params = { bytes, read: 64 * KIB, nagle: "off" };
      const rate = { name: inner.name, bytesPerSecond: bytes * perSecond };
      const made: PacedCase = {
        what:
          `${perSecond.toLocaleString("en")} ${inner.mode === "stream" ? "writes" : "datagrams"} ` +
          `of ${bytes / KIB} KiB a second, ${inner.name}`,
        case: knownCase({ transport: inner.name, workload: bulk, params, budget: BUDGET }, link),
        transport: pacedTransport(inner, rate, systemClock, (pace) => made.pace = pace),
        workload: bulk,
        readings: [],
        resolutions: [],
        pace: undefined,
      };
      return made;
    });
    const setup = { cases, link, directory: directory.path, rounds, signal };
    await runRounds(setup, (round, c, outcome) => {
      if (c.pace === undefined) throw new Error(`the sender of ${c.case.id} did not report`);
      if (round === 0) return;
      const { bytesPerSecond, resolution } = throughputOf(outcome);
      c.readings.push({
        true: c.pace.bytes / c.pace.elapsedNs * 1e3,
        measured: bytesPerSecond / 1e6,
      });
      c.resolutions.push(resolution);
    });
    return cases.map(({ what, readings, resolutions }) =>
      answerOf(what, " MB/s", readings, median(resolutions))
    );
  } finally {
    await link.close();
  }
}
