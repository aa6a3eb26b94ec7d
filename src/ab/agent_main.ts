// Main module of an agent: measures the trials it is asked for, with its own peer, until its standard input ends.

import config from "../../deno.json" with { type: "json" };
import { type Catalog, createCatalog } from "../catalog.ts";
import { systemClock } from "../clock.ts";
import { hostArgs, hostMemory, hostVersions, serveLines } from "../peer/host.ts";
import { loadCatalog } from "../peer/load_catalog.ts";
import { openPeer } from "../peer/open_peer.ts";
import type { PeerLink } from "../peer/peer_link.ts";
import { findPinning } from "../peer/pin_thread.ts";
import type { Tracer } from "../peer/tracer.ts";
import { allowTracing, endMarking, MARKING } from "../run/tracing.ts";
import { readSocketpairOnce } from "../run/socketpair_reading.ts";
import { runTrial, type TrialOutcome } from "../run/run_trial.ts";
import type { Case } from "../model/case.ts";
import type { Replay } from "../model/replay.ts";
import { parseReplay } from "../plan/parse_replay.ts";
import { neededTransports, planCases } from "../plan/plan_cases.ts";
import { peerFault, workloadFault } from "../plan/unfit.ts";
import {
  createSettings,
  type Settings,
  SettingsError,
  type SettingsInput,
} from "../plan/settings.ts";
import { mayHaveCongestion } from "../transport/buffers.ts";
import { probeTransports } from "../transport/probe_transports.ts";
import {
  type AgentAnswer,
  type AgentNames,
  type AgentOrder,
  type AgentRequest,
  PROTOCOL,
} from "./agent_protocol.ts";
import { slowedTransport } from "./slowed_transport.ts";
import { STEADY } from "./steady_transfers.ts";

async function openCatalog({ modules, slowdown }: AgentOrder): Promise<Catalog> {
  const catalog = await loadCatalog(modules);
  if (slowdown === undefined) return catalog;
  const transports = [...catalog.transports].map(([id, transport]) =>
    [id, slowedTransport(transport, slowdown, systemClock)] as const
  );
  return { ...catalog, transports: new Map(transports) };
}

function namesOf(catalog: Catalog): AgentNames {
  const builtIn = createCatalog();
  const own = (kind: "scenarios" | "transports") =>
    [...catalog[kind].keys()].filter((id) => !builtIn[kind].has(id));
  const steady = mayHaveCongestion(STEADY);
  return {
    scenarios: [...catalog.scenarios.keys()],
    transports: [...catalog.transports.keys()],
    own: { scenarios: own("scenarios"), transports: own("transports") },
    ...(steady !== undefined && { steady }),
  };
}

async function plan(
  input: SettingsInput,
  catalog: Catalog,
  { directory }: AgentOrder,
  replay: Replay | undefined,
): Promise<AgentAnswer> {
  let settings: Settings;
  try {
    settings = createSettings({ ...input, ...(replay !== undefined && { replay }) }, catalog);
  } catch (error) {
    return refusal(error);
  }
  const availability = await probeTransports(
    catalog.transports,
    directory,
    neededTransports(settings, catalog),
  );
  try {
    const { settings: { replay: _file, ...own }, ...planned } = planCases(
      settings,
      catalog,
      availability,
      findPinning(),
    );
    return { answer: "plan", plan: { ...planned, settings: own } };
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): AgentAnswer {
  if (!(error instanceof SettingsError)) throw error;
  const { message, given, candidates } = error;
  return {
    answer: "refused",
    message,
    ...(given !== undefined && { given }),
    ...(candidates !== undefined && { candidates }),
  };
}

function partsOf(c: Case, { transports, workloads }: Catalog) {
  const [transport, workload] = [transports.get(c.transport), workloads.get(c.workload)];
  if (transport !== undefined && workload !== undefined) return { transport, workload };
  throw new Error(
    `this subject has no ${transport ? `workload ${c.workload}` : `transport ${c.transport}`}`,
  );
}

/** Lets a tracer count this thread's system calls; the reason where they cannot be counted, or say nothing. */
function prepareTrace(
  { case: c, tracer }: Extract<AgentRequest, { ask: "trace" }>,
  catalog: Catalog,
): { readonly reason?: string } {
  const { transport, workload } = partsOf(c, catalog);
  const reason = workload.oneWay
    ? "how often a transfer one way is read depends on when its parts arrive"
    : peerFault(transport, "loop") ??
      workloadFault(transport, workload.name, { ...workload, peer: "loop" });
  const refusal = reason ?? allowTracing(tracer);
  return refusal === undefined ? {} : { reason: refusal };
}

/** Measures trials, with a peer that lives as long as all goes well. */
class Trials implements AsyncDisposable {
  #link: PeerLink | undefined;
  /** What cases replay that name a file. */
  replay: Replay | undefined;

  constructor(readonly catalog: Catalog, readonly order: AgentOrder) {}

  /** A trial; with the growth of memory per operation where it is asked for and collections can be forced. */
  async measure(c: Case, memory = false): Promise<TrialOutcome> {
    const before = memory ? readMemory() : undefined;
    const outcome = await this.#measure(c);
    const after = before === undefined ? undefined : readMemory();
    if (before === undefined || after === undefined || !(outcome.operations > 0)) return outcome;
    const memoryPerOperation = Math.max(0, after - before) / outcome.operations;
    return { ...outcome, values: { ...outcome.values, memoryPerOperation } };
  }

  /** A trial between two marks for a tracer, both of which are set whatever happens: it waits for them. */
  async count(c: Case): Promise<TrialOutcome> {
    try {
      return await this.#measure(c, MARKING);
    } finally {
      endMarking();
    }
  }

  async #measure(c: Case, tracer?: Tracer): Promise<TrialOutcome> {
    const { catalog, order: { directory, modules, peer } } = this;
    const { transport, workload } = partsOf(c, catalog);
    const clock = systemClock;
    const link = this.#link ??= await openPeer(peer, { catalog, clock, modules, directory });
    const outcome = await runTrial({
      case: c,
      transport,
      workload,
      link,
      clock,
      directory,
      ...(tracer !== undefined && { tracer }),
      ...(this.replay !== undefined && c.params.replay !== undefined && { replay: this.replay }),
    });
    // A peer that failed once is in an unknown state: the next trial gets a new one.
    if (outcome.error !== undefined) await this[Symbol.asyncDispose]();
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link?.close();
    this.#link = undefined;
  }
}

/** Heap and external memory that a collection leaves, in bytes; resident memory moves by 2 KiB an operation from trial to trial. */
function readMemory(): number | undefined {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) return undefined;
  gc();
  return hostMemory();
}

await serveLines<AgentRequest, AgentAnswer>(async () => {
  const order = JSON.parse(hostArgs()[0]!) as AgentOrder;
  const catalog = await openCatalog(order);
  const trials = new Trials(catalog, order);
  const carryOut = async (request: AgentRequest): Promise<AgentAnswer> => {
    switch (request.ask) {
      case "names":
        return { answer: "names", names: namesOf(catalog) };
      case "plan":
        return await plan(request.input, catalog, order, trials.replay);
      case "replay":
        trials.replay = await parseReplay(request.file.text, request.file.path);
        return { answer: "replay" };
      case "control": {
        const ns = readSocketpairOnce(systemClock);
        return { answer: "control", ...(ns !== undefined && { ns }) };
      }
      case "trial":
        return { answer: "trial", outcome: await trials.measure(request.case, request.memory) };
      case "trace":
        return { answer: "trace", ...prepareTrace(request, catalog) };
      case "count":
        return { answer: "trial", outcome: await trials.count(request.case) };
    }
  };
  return {
    ready: {
      answer: "ready",
      protocol: PROTOCOL,
      versions: { ...hostVersions(), sockbench: config.version },
      counts: true,
      replays: true,
    },
    // One request at a time is asked.
    respond: (request) => carryOut(request).catch((error) => failed((error as Error).message)),
    [Symbol.asyncDispose]: () => trials[Symbol.asyncDispose](),
  };
}, failed);

function failed(message: string): AgentAnswer {
  return { answer: "failed", message };
}
