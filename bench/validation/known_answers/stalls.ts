/**
 * A server that stalls for L = 100 ms each second P, asked at a constant rate: the mean latency, the 99th percentile and the requests in
 * flight follow from L, P and the share r of the time that the server needs for the rate. A closed loop, which does not ask meanwhile, hides it.
 *
 * @module
 */

import { createCatalog } from "../../../src/catalog.ts";
import { systemClock } from "../../../src/clock.ts";
import type { Skip } from "../../../src/model/case.ts";
import { Histogram } from "../../../src/model/histogram.ts";
import type { Params } from "../../../src/model/params.ts";
import { openPeer } from "../../../src/peer/open_peer.ts";
import { runTrial, type TrialOutcome } from "../../../src/run/run_trial.ts";
import { median } from "../../../src/stats/mod.ts";
import { createSocketDirectory } from "../../../src/transport/socket_directory.ts";
import { tcp } from "../../../src/transport/tcp.ts";
import type { Transport } from "../../../src/transport/transport.ts";
import { type Answer, answerOf, type Reading } from "./answer.ts";
import { knownCase } from "./rounds.ts";
import module, { PERIOD_NS, STALL_NS } from "./stalls_module.ts";

const RATE = 2_000;
const CONNECTIONS = 20;
/** Whole seconds, so that each part of a period counts alike. */
const PERIODS = 2;
const WARM_UP_NS = 200e6;
/** Fewer have no interval at the confidence that is asked for. */
const MIN_TRIALS = 5;

/** What `P`, `L` and `r`, the share of its time that the server needs for the rate, make of requests at a constant rate; in flight at most: all of one stall. */
export function stallTruth(busy: number): { meanMs: number; p99Ms: number; inFlight: number } {
  const [stall, period] = [STALL_NS / 1e6, PERIOD_NS / 1e6];
  return {
    meanMs: stall ** 2 / (2 * period * (1 - busy)),
    p99Ms: stall * (1 - 0.01 * period * (1 - busy) / stall),
    inFlight: RATE * STALL_NS / 1e9,
  };
}

/** What came out, and what the closed loop says. */
export interface Stalls {
  readonly answers: readonly Answer[];
  readonly notes: readonly string[];
  readonly skipped: readonly Skip[];
}

/** Measures all, over tcp to a process peer. */
export async function measureStalls(trials: number, signal: AbortSignal): Promise<Stalls> {
  await using directory = await createSocketDirectory();
  const catalog = createCatalog([module]);
  const link = await openPeer("process", {
    catalog,
    clock: systemClock,
    directory: directory.path,
    modules: [import.meta.resolve("./stalls_module.ts")],
  });
  const trial = async (
    transport: Transport,
    workload: "load" | "clients" | "ping-pong",
    params: Params,
    measureNs: number,
    seed: number,
  ): Promise<TrialOutcome> => {
    signal.throwIfAborted();
    const made = catalog.workloads.get(workload)!;
    const budget = { warmupNs: WARM_UP_NS, measureNs };
    const outcome = await runTrial({
      case: knownCase({
        transport: transport.name,
        workload: made,
        params: { bytes: 64, nagle: "off", connections: CONNECTIONS, ...params },
        budget,
      }, link),
      transport,
      workload: made,
      link,
      clock: systemClock,
      directory: directory.path,
      signal,
      seed,
    });
    signal.throwIfAborted();
    if (outcome.error !== undefined) throw new Error(`${workload}: ${outcome.error.message}`);
    return outcome;
  };
  const found: Record<"mean" | "p99" | "inFlight", Reading[]> = { mean: [], p99: [], inFlight: [] };
  const closedMs: number[] = [];
  try {
    const stalls = module.transports![0]!;
    for (let k = 0; k < trials; k++) {
      const { operations, elapsedNs } = await trial(tcp, "clients", {}, 200e6, k);
      const truth = stallTruth(RATE * elapsedNs / operations / 1e9);
      const asked = { rate: RATE, arrivals: "constant" };
      const { values = {}, histograms } = await trial(
        stalls,
        "load",
        asked,
        PERIODS * PERIOD_NS,
        k,
      );
      const p99Ns = percentileOf(histograms.exchange, 99);
      // Both of these would say that the machine was slower than what was asked of it.
      if (values.overload === 1 || p99Ns === undefined) continue;
      found.mean.push({
        true: truth.meanMs,
        measured: (values.meanLatency! - values.closedP50!) / 1e6,
      });
      found.p99.push({ true: truth.p99Ms, measured: p99Ns / 1e6 });
      found.inFlight.push({ true: truth.inFlight, measured: values.maxInFlight! });
      const closed = await trial(stalls, "ping-pong", {}, PERIODS * PERIOD_NS, k);
      closedMs.push(percentileOf(closed.histograms.exchange, 99)! / 1e6);
    }
  } finally {
    await link.close();
  }
  const what = `a stall of ${STALL_NS / 1e6} ms each second, ${RATE}/s`;
  if (closedMs.length < MIN_TRIALS) {
    return {
      answers: [],
      notes: [],
      skipped: [{
        what,
        reason: `the machine did not keep the rate in ${
          trials - closedMs.length
        } of ${trials} trials`,
      }],
    };
  }
  return {
    answers: [
      { ...answerOf(`${what}: mean latency`, " ms", found.mean), within: 0.05 },
      { ...answerOf(`${what}: p99`, " ms", found.p99), within: 0.02 },
      { ...answerOf(`${what}: in flight at most`, "", found.inFlight), within: 0.05 },
    ],
    notes: [
      `Of the same stalls a closed loop on one connection says p99 = ${
        median(closedMs).toPrecision(3)
      } ms (median of ${closedMs.length} trials), ${
        Math.round(median(found.p99.map(({ measured }) => measured)) / median(closedMs))
      } times less: it does not ask while the server stands still.`,
    ],
    skipped: [],
  };
}

function percentileOf(sparse: TrialOutcome["histograms"][string] | undefined, p: number) {
  return sparse && Histogram.fromSparse(sparse).percentile(p);
}
