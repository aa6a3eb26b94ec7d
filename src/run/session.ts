// Sessions: plan and measure. The one way to do either: `run`, `gate`, `doctor` and `claims` use it, and so does a program of one's own.

import { type Catalog, createCatalog } from "../catalog.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { Skip } from "../model/case.ts";
import type { Environment } from "../model/environment.ts";
import { PEERS, type Pinning } from "../model/placement.ts";
import type { RunRecord } from "../model/run_record.ts";
import { loadCatalog } from "../peer/load_catalog.ts";
import { nearestPeer } from "../peer/nearest_peer.ts";
import { findPinning } from "../peer/pin_thread.ts";
import { neededTransports, planCases } from "../plan/plan_cases.ts";
import type { Plan } from "../plan/plan.ts";
import { createSettings, SettingsError, type SettingsInput } from "../plan/settings.ts";
import { probeTransports } from "../transport/probe_transports.ts";
import {
  createSocketDirectory,
  explainSocketFiles,
  type SocketDirectory,
  withoutFiles,
} from "../transport/socket_directory.ts";
import type { Availability } from "../transport/transport.ts";
import { withinLimits } from "./limits.ts";
import { readEnvironment } from "./environment.ts";
import { type RunEvent, runPlan } from "./run_plan.ts";

/** What a session may be given. */
export interface SessionOptions {
  /**
   * What can be named. Absent: the built-in parts and those of `modules`. One made of objects (`createCatalog([mine])`) works with
   * peer `loop` only: a worker or process loads modules by their URLs.
   */
  readonly catalog?: Catalog;
  /** Absolute URLs of users' modules. */
  readonly modules?: readonly string[];
  /** The driver's clock; absent: the system's. */
  readonly clock?: Clock;
}

/** What {@linkcode Session.measure} may be given. */
export interface MeasureOptions {
  /** The command that repeats the run; written into the record. Absent: the settings as JSON. */
  readonly command?: string;
  /** Written into the record; absent: it is read now. */
  readonly environment?: Environment;
  /** Ends the run at once; the trial under way is dropped and the record is then partial. */
  readonly signal?: AbortSignal;
  /** Called between trials, never inside one. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** A Session is what planning and measuring share: what can be named, what works here, a private directory. Disposing removes that. */
export class Session implements AsyncDisposable {
  /** What can be named. */
  readonly catalog: Catalog;
  /** The driver's clock. */
  readonly clock: Clock;
  /** Whether the ends of a trial can be pinned here, and to what. */
  readonly pinning: Pinning;
  readonly #modules: readonly string[];
  readonly #isOfObjects: boolean;
  readonly #sockets: SocketDirectory;
  readonly #probed = new Map<string, Availability>();

  private constructor(
    catalog: Catalog,
    sockets: SocketDirectory,
    { modules = [], clock = systemClock, catalog: given }: SessionOptions,
  ) {
    this.#isOfObjects = given !== undefined;
    this.catalog = catalog;
    this.clock = clock;
    this.pinning = findPinning();
    this.#modules = modules;
    this.#sockets = sockets;
  }

  /**
   * Opens a session. Needs no permission; what a missing one keeps from being measured is in the plan's `skipped`.
   *
   * @throws {Error} when a module cannot be loaded, or defines what exists already
   */
  static async open(options: SessionOptions = {}): Promise<Session> {
    const catalog = options.catalog ?? await loadCatalog(options.modules ?? []);
    return new Session(catalog, await createSocketDirectory(), options);
  }

  /** Private directory for socket files, as {@linkcode createSocketDirectory} has its path. */
  get directory(): string {
    return this.#sockets.path;
  }

  /**
   * Looks at what works here; each transport once in a session.
   *
   * @param needed ids of the transports; absent: all
   * @returns by transport id, those looked at before among them
   */
  async probe(needed?: ReadonlySet<string>): Promise<ReadonlyMap<string, Availability>> {
    const { transports } = this.catalog;
    const wanted = new Set(needed ?? transports.keys());
    const missing = wanted.difference(this.#probed);
    if (missing.size > 0 || this.#probed.size === 0) {
      const found = await probeTransports(transports, this.directory, missing);
      for (const [id, one] of explainSocketFiles(transports, found, this.#sockets)) {
        this.#probed.set(id, one);
      }
    }
    return this.#probed;
  }

  /**
   * Plans. Where `input` names no peer, the most independent one that the permissions allow is used, and the plan says so.
   *
   * @param input what to measure; everything may be left out
   * @throws {SettingsError} when it names something that does not exist, a core that this process may not use, or a part of a catalog of
   * objects for a peer that could not load it
   */
  async plan(input: SettingsInput = {}): Promise<Plan> {
    const modules = input.modules ?? this.#modules;
    const { peer, skip } = input.peer === undefined ? nearestPeer(modules) : { peer: input.peer };
    const settings = createSettings({ ...input, peer, modules }, this.catalog);
    const availability = await this.probe(neededTransports(settings, this.catalog));
    const planned = planCases(settings, this.catalog, availability, this.pinning);
    const plan = await withinLimits(planned, this.catalog);
    if (this.#isOfObjects && modules.length === 0) refuseUnknownToPeer(plan, this.catalog);
    return this.explain(plan, skip);
  }

  /**
   * Says in a plan what of it is measured otherwise than one would expect, as permissions or the temporary directory are missing.
   *
   * @param plan any plan
   * @param skip why the peer is not the most independent one; absent: it is, or was asked for
   */
  explain(plan: Plan, skip?: Skip): Plan {
    const used = plan.cases.map((c) => this.catalog.transports.get(c.transport));
    const changed = [...(skip === undefined ? [] : [skip]), ...withoutFiles(used, this.#sockets)];
    return changed.length === 0 ? plan : { ...plan, skipped: [...changed, ...plan.skipped] };
  }

  /**
   * Measures every case of a plan, round by round: the only step that touches sockets and clocks.
   *
   * @returns the record: partial when `signal` ended it early. A trial that failed is in it, with its error.
   * @throws {PeerError} when no peer can be started at all
   */
  async measure(plan: Plan, options: MeasureOptions = {}): Promise<RunRecord> {
    const { command, environment, signal, onEvent } = options;
    return await runPlan(plan, {
      catalog: this.catalog,
      clock: this.clock,
      environment: environment ?? await readEnvironment(),
      command: command ?? `measure(${JSON.stringify(plan.settings)})`,
      startedAt: new Date().toISOString(),
      directory: this.directory,
      ...(signal !== undefined && { signal }),
      ...(onEvent !== undefined && { onEvent }),
    });
  }

  /** Removes the directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const transport of this.catalog.transports.values()) transport.rest?.();
    await this.#sockets[Symbol.asyncDispose]();
  }
}

/** A worker or a process builds its own catalog of modules by their URLs: objects of this one do not reach it. */
function refuseUnknownToPeer({ cases, settings: { peer } }: Plan, catalog: Catalog): void {
  if (PEERS[peer].sharesLoop) return;
  const known = createCatalog();
  for (const { transport, workload } of cases) {
    const [kind, name] = catalog.transports.get(transport) !== known.transports.get(transport)
      ? ["transport", transport]
      : catalog.workloads.get(workload) !== known.workloads.get(workload)
      ? ["workload", workload]
      : [];
    if (kind === undefined) continue;
    throw new SettingsError(
      `peer ${peer} cannot know ${kind} "${name}", which is an object of this program: ask for peer loop, or name its module's URL in modules`,
    );
  }
}
