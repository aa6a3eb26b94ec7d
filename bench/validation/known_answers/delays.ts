/**
 * Known delays: a peer that waits 50, 200 or 1000 µs before it answers.
 *
 * What the suite measures of it is the delay and the round trip. So the truth is held against a difference: the median round trip with the
 * delay less that of a peer that waits 0, both of one round.
 *
 * @module
 */

import { createCatalog } from "../../../src/catalog.ts";
import { systemClock } from "../../../src/clock.ts";
import { openPeer } from "../../../src/peer/open_peer.ts";
import type { PeerKind } from "../../../src/model/placement.ts";
import { median } from "../../../src/stats/mod.ts";
import { createSocketDirectory } from "../../../src/transport/socket_directory.ts";
import type { TrialOutcome } from "../../../src/run/run_trial.ts";
import { pingPong } from "../../../src/workload/ping_pong.ts";
import type { Budget } from "../../../src/model/budget.ts";
import { type Answer, answerOf, type Reading } from "./answer.ts";
import module, { waitedFile, WAITING, waitingName, WAITS_US } from "./delays_module.ts";
import { knownCase, runRounds } from "./rounds.ts";
import { p50WithError } from "./trial_figures.ts";
import type { Waited } from "./waiting_transport.ts";

const BUDGET: Budget = { warmupNs: 4e6, measureNs: 40e6, minOperations: 30 };
const PARAMS = { bytes: 64, nagle: "off" };

/** One median round trip, and what the peer says it waited meanwhile. */
interface Measured {
  readonly p50Ns: number;
  readonly errorNs: number;
  readonly waitedNs: number;
}

/**
 * Measures all delays over all transports that wait.
 *
 * @param peer who waits
 * @param rounds how often
 * @param signal ends it
 */
export async function measureDelays(
  peer: PeerKind,
  rounds: number,
  signal: AbortSignal,
): Promise<Answer[]> {
  await using directory = await createSocketDirectory();
  const catalog = createCatalog([module]);
  const link = await openPeer(peer, {
    catalog,
    clock: systemClock,
    directory: directory.path,
    modules: [import.meta.resolve("./delays_module.ts")],
  });
  const measured = new Map<string, Map<number, Measured>>();
  try {
    const cases = (module.transports ?? []).map((transport) => ({
      case: knownCase(
        { transport: transport.name, workload: pingPong, params: PARAMS, budget: BUDGET },
        link,
      ),
      transport,
      workload: pingPong,
    }));
    const setup = { cases, link, directory: directory.path, rounds, signal };
    await runRounds(setup, async (round, { transport: { name } }, outcome) => {
      const file = waitedFile(directory.path);
      const waited: Waited = JSON.parse(await Deno.readTextFile(file));
      await Deno.remove(file);
      if (round === 0) return;
      const ofCase = measured.get(name) ?? new Map<number, Measured>();
      measured.set(name, ofCase.set(round, readTrial(outcome, waited)));
    });
  } finally {
    await link.close();
  }
  return WAITING.flatMap((transport) =>
    WAITS_US.filter((waitUs) => waitUs > 0).map((waitUs) => {
      const delayed = measured.get(waitingName(transport, waitUs))!;
      const plain = measured.get(waitingName(transport, 0))!;
      return delayAnswer(
        `peer ${peer} waits ${waitUs} µs, ${transport}`,
        [...delayed].map(([round, one]) => [one, plain.get(round)!]),
      );
    })
  );
}

function readTrial(outcome: TrialOutcome, waited: Waited): Measured {
  const { valueNs, errorNs } = p50WithError(outcome);
  return { p50Ns: valueNs, errorNs, waitedNs: waited.medianNs };
}

/**
 * The answer of pairs of trials, delayed and not, of one round each.
 *
 * The histogram knows a median to a stated relative error of the whole round trip: the interval is widened by what both make of the delay.
 */
function delayAnswer(what: string, pairs: readonly (readonly [Measured, Measured])[]): Answer {
  const readings = pairs.map(([delayed, plain]): Reading => ({
    true: (delayed.waitedNs - plain.waitedNs) / 1e3,
    measured: (delayed.p50Ns - plain.p50Ns) / 1e3,
  }));
  const errors = pairs.map(([delayed, plain]) =>
    (delayed.errorNs + plain.errorNs) / (delayed.waitedNs - plain.waitedNs)
  );
  return answerOf(what, " µs", readings, median(errors));
}
