/**
 * Known loads: a server that works for a known time on each request, of which queueing theory knows the wait; one that stalls; clients that
 * wait for each other; a rate above capacity.
 *
 * The wait of a trial is held against Lindley's recursion over its own arrivals and services, so that chance in these decides nothing. Both
 * ends spin in system calls (driver libc): a trial in which either was kept from looking for longer than 100 µs says nothing of the queue.
 *
 * @module
 */

import { createCatalog } from "../../../src/catalog.ts";
import { systemClock } from "../../../src/clock.ts";
import type { Skip } from "../../../src/model/case.ts";
import { Histogram } from "../../../src/model/histogram.ts";
import { openPeer } from "../../../src/peer/open_peer.ts";
import type { PeerLink } from "../../../src/peer/peer_link.ts";
import { runTrial, type TrialOutcome } from "../../../src/run/run_trial.ts";
import { createSocketDirectory } from "../../../src/transport/socket_directory.ts";
import type { Params } from "../../../src/model/params.ts";
import { type Answer, answerOf, type Reading } from "./answer.ts";
import { knownCase } from "./rounds.ts";

const SERVICE_US = 200;
/** Short: the longer a trial, the rarer one in which neither end was kept from its core. */
const TRIAL_NS = 30e6;
/** A gap in either end's spin from which on a trial says nothing. */
const MAX_GAP_NS = 100e3;
const MIN_CLEAN = 5;
/** Where none of so many was clean, no more are tried: they take minutes. */
const MAX_NOISY = 30;
/** More clean ones are not waited for. */
const ENOUGH_CLEAN = 15;
/** How far a wait may be from the computed one: the socket's own part is known to a microsecond or two. */
const WITHIN = 0.05;

/** What came out. */
export interface Loads {
  readonly answers: readonly Answer[];
  readonly skipped: readonly Skip[];
}

interface Trials {
  readonly link: PeerLink;
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Measures all, over driver libc. */
export async function measureLoads(times: number, signal: AbortSignal): Promise<Loads> {
  await using directory = await createSocketDirectory();
  const catalog = createCatalog();
  const link = await openPeer("process", {
    catalog,
    clock: systemClock,
    directory: directory.path,
    modules: [],
    // With V8's helper threads beside, two ends that spin keep two cores busy, and a third thread keeps one of them from looking.
    v8Flags: ["--single-threaded"],
  });
  const trials = { link, directory: directory.path, signal };
  const answers: Answer[] = [];
  const skipped: Skip[] = [];
  try {
    for (const services of ["constant", "exponential"] as const) {
      for (const load of [0.5, 0.7, 0.8]) {
        for (const connections of [1, 16]) {
          const what =
            `wait at load ${load}, ${services} service of ${SERVICE_US} µs, ${connections} ${
              connections === 1 ? "connection" : "connections"
            }`;
          const readings = await measureWaits(trials, { load, services, connections }, 100 * times);
          if (readings.length >= MIN_CLEAN) {
            answers.push({ ...answerOf(what, " µs", readings), within: WITHIN });
          } else skipped.push({ what, reason: noisy(readings.length, 100 * times) });
        }
      }
    }
    for (const clients of [4, 16]) {
      const readings = await measureClients(trials, clients, 12 * times);
      answers.push({
        ...answerOf(`${clients} clients: rate × mean latency`, "", readings),
        within: 0.01,
      });
    }
    const what = "rate achieved at twice the capacity";
    const readings = await measureOverload(trials, 10 * times);
    if (readings.length >= MIN_CLEAN) {
      answers.push({ ...answerOf(what, "/s", readings), within: WITHIN });
    } else skipped.push({ what, reason: noisy(readings.length, 10 * times) });
  } finally {
    await link.close();
  }
  return { answers, skipped };
}

const noisy = (clean: number, of: number) =>
  `the machine was too noisy: in ${clean} of ${
    clean === 0 ? Math.min(of, MAX_NOISY) : of
  } trials neither end was kept from its core for longer than 100 µs`;

async function trialOf(
  { link, directory, signal }: Trials,
  workload: "load" | "clients",
  params: Params,
  seed: number,
  measureNs = TRIAL_NS,
): Promise<TrialOutcome> {
  signal.throwIfAborted();
  const catalog = createCatalog();
  const made = catalog.workloads.get(workload)!;
  const budget = { warmupNs: 10e6, measureNs };
  const outcome = await runTrial({
    case: knownCase({ transport: "tcp@libc", workload: made, params, budget }, link),
    transport: catalog.transports.get("tcp@libc")!,
    workload: made,
    link,
    clock: systemClock,
    directory,
    signal,
    seed,
  });
  signal.throwIfAborted();
  if (outcome.error !== undefined) throw new Error(`${workload}: ${outcome.error.message}`);
  return outcome;
}

const isClean = ({ values = {} }: TrialOutcome) =>
  (values.driveGap ?? 0) <= MAX_GAP_NS && (values.serveGap ?? 0) <= MAX_GAP_NS;

/** Waits beside those that Lindley's recursion gives; the socket's own part is the median at a tenth of the load, measured beside each. */
async function measureWaits(
  trials: Trials,
  { load, services, connections }: {
    readonly load: number;
    readonly services: string;
    readonly connections: number;
  },
  count: number,
): Promise<Reading[]> {
  const readings: Reading[] = [];
  const common = { bytes: 64, nagle: "off", connections, arrivals: "poisson", service: SERVICE_US };
  for (let trial = 0; trial < count; trial++) {
    if (trial >= MAX_NOISY && readings.length === 0) break;
    if (readings.length === ENOUGH_CLEAN) break;
    const idle = { ...common, services: "constant", rate: Math.round(0.1 * 1e6 / SERVICE_US) };
    const base = await trialOf(trials, "load", idle, trial);
    const rate = Math.round(load * 1e6 / SERVICE_US);
    const outcome = await trialOf(trials, "load", { ...common, services, rate }, trial + 1);
    const { values = {} } = outcome;
    const p50 = base.histograms.exchange &&
      Histogram.fromSparse(base.histograms.exchange).percentile(50);
    // The median of the idle trial does not mind a gap; a mean would.
    if (!isClean(outcome) || p50 === undefined || !values.lindleyWait) continue;
    const baseNs = p50 - SERVICE_US * 1e3;
    readings.push({
      true: values.lindleyWait / 1e3,
      measured: (values.meanLatency! - values.meanService! - baseNs) / 1e3,
    });
  }
  return readings;
}

async function measureClients(trials: Trials, clients: number, count: number): Promise<Reading[]> {
  const readings: Reading[] = [];
  const params = { bytes: 64, nagle: "off", connections: clients, service: SERVICE_US };
  for (let trial = 0; trial < count; trial++) {
    const { operations, elapsedNs, values = {} } = await trialOf(
      trials,
      "clients",
      params,
      trial,
      300e6,
    );
    readings.push({ true: clients, measured: operations / elapsedNs * values.meanLatency! });
  }
  return readings;
}

async function measureOverload(trials: Trials, count: number): Promise<Reading[]> {
  const readings: Reading[] = [];
  const params = {
    bytes: 64,
    nagle: "off",
    connections: 4,
    arrivals: "constant",
    service: SERVICE_US,
    rate: Math.round(2e6 / SERVICE_US),
  };
  for (let trial = 0; trial < count; trial++) {
    const { values = {} } = await trialOf(trials, "load", params, trial, 200e6);
    if (values.overload !== 1) throw new Error("twice the capacity was not seen as an overload");
    readings.push({ true: 1e6 / SERVICE_US, measured: values.achievedPerSecond! });
  }
  return readings;
}
