/**
 * The suite's side of a comparison: its own trials of the cells that reference tools are set beside, the other end in a process, pinned as the
 * tools are.
 *
 * @module
 */

import { createCatalog } from "../../../src/catalog.ts";
import { systemClock } from "../../../src/clock.ts";
import { openPeer } from "../../../src/peer/open_peer.ts";
import type { PeerLink } from "../../../src/peer/peer_link.ts";
import { findPinning } from "../../../src/peer/pin_thread.ts";
import type { Case } from "../../../src/model/case.ts";
import type { Pin } from "../../../src/model/placement.ts";
import { planCases } from "../../../src/plan/plan_cases.ts";
import { createSettings, type SettingsInput } from "../../../src/plan/settings.ts";
import type { Trial } from "../../../src/model/trial.ts";
import { runTrial, type TrialOutcome } from "../../../src/run/run_trial.ts";
import { probeTransports } from "../../../src/transport/probe_transports.ts";
import { warmUp } from "../../../src/run/warm_up.ts";
import {
  createSocketDirectory,
  type SocketDirectory,
} from "../../../src/transport/socket_directory.ts";
import type { Cores } from "./reference_tool.ts";

/** As long as the part of its second that sockperf evaluates. */
const MEASURE_NS = 550e6;
/** Longer than the suite's own: the tools warm up for 400 ms and more. */
const WARMUP_NS = 200e6;

/** The tools' connections run compiled code for two seconds: the suite's of a trial, and those before the first, which are discarded. */
const CONNECTIONS = 2_000;
const COLD_CONNECTIONS = 4_000;

/** The scenarios of the comparison. */
export type CellScenario =
  | "round-trip"
  | "throughput"
  | "connect"
  | "connect-round-trip"
  | "overhead";

/** A cell of the comparison. */
export interface Cell {
  /** Its scenario. */
  readonly scenario: CellScenario;
  /** Transport, as in `tcp@libc`. */
  readonly transport: string;
  /** Message or write size; absent for connect. */
  readonly bytes?: number;
  /** Parameters beside the size. */
  readonly params?: Readonly<Record<string, string>>;
}

/** SuiteCells runs trials of cells on demand, until it is disposed of. */
export class SuiteCells implements AsyncDisposable {
  readonly #cases = new Map<string, Case | { readonly reason: string }>();
  readonly #catalog = createCatalog();
  readonly #directory: SocketDirectory;
  readonly #pin: Pin;
  #availability: Awaited<ReturnType<typeof probeTransports>> = new Map();
  #link: PeerLink | undefined;
  /** Cells that the serving process has compiled code for. */
  readonly #warm = new Set<string>();

  private constructor(directory: SocketDirectory, pin: Pin) {
    this.#directory = directory;
    this.#pin = pin;
  }

  /** Probes the transports of this machine. */
  static async open(pin: Pin): Promise<SuiteCells> {
    const cells = new SuiteCells(await createSocketDirectory(), pin);
    const { transports } = cells.#catalog;
    cells.#availability = await probeTransports(transports, cells.#directory.path);
    return cells;
  }

  /** The case of a cell, or why it cannot be measured here. */
  find(cell: Cell): Case | { readonly reason: string } {
    const key = JSON.stringify(cell);
    const known = this.#cases.get(key);
    if (known !== undefined) return known;
    const found = this.#plan(cell);
    this.#cases.set(key, found);
    return found;
  }

  /** The cores of the cells; `undefined` where nothing is pinned, or nothing can be measured. */
  cores(cells: readonly Cell[]): Cores | undefined {
    for (const cell of cells) {
      const found = this.find(cell);
      if ("id" in found) return found.placement.cores;
    }
    return undefined;
  }

  /**
   * Runs one trial.
   *
   * @param cell which
   * @param signal ends it early
   * @throws {Error} when the cell cannot be measured here, or the trial failed
   */
  async run(cell: Cell, signal: AbortSignal): Promise<Trial> {
    const found = this.find(cell);
    if (!("id" in found)) throw new Error(found.reason);
    if (found.budget.maxOperations !== undefined && !this.#warm.has(found.id)) {
      await warmUp(COLD_CONNECTIONS, () => this.#trial(found, signal));
      this.#warm.add(found.id);
    }
    return { ...await this.#trial(found, signal), round: 1, order: 0, startedNs: 0 };
  }

  async #trial(found: Case, signal: AbortSignal): Promise<TrialOutcome> {
    const outcome = await runTrial({
      case: found,
      transport: this.#catalog.transports.get(found.transport)!,
      workload: this.#catalog.workloads.get(found.workload)!,
      link: this.#link ??= await this.#openPeer(),
      clock: systemClock,
      directory: this.#directory.path,
      signal,
    });
    if (outcome.error !== undefined) {
      await this.#closePeer();
      throw new Error(`${found.id}: ${outcome.error.message}`);
    }
    return outcome;
  }

  /** Ends the peer and removes the socket directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closePeer();
    for (const transport of this.#catalog.transports.values()) transport.rest?.();
    await this.#directory[Symbol.asyncDispose]();
  }

  #plan({ scenario, transport, bytes, params }: Cell): Case | { readonly reason: string } {
    const input: SettingsInput = {
      profile: "quick",
      peer: "process",
      scenarios: [scenario],
      transports: [transport],
      pin: this.#pin,
      ...(bytes !== undefined && {
        params: {
          bytes: [bytes],
          ...Object.fromEntries(
            Object.entries(params ?? {}).map(([name, value]) => [name, [value]]),
          ),
        },
      }),
    };
    const settings = createSettings(input, this.#catalog);
    const plan = planCases(settings, this.#catalog, this.#availability, findPinning());
    const [found] = plan.cases;
    if (found === undefined) {
      return { reason: plan.skipped[0]?.reason ?? `there is no ${scenario} over ${transport}` };
    }
    return scenario.startsWith("connect")
      ? {
        ...found,
        budget: { ...found.budget, measureNs: MEASURE_NS, maxOperations: CONNECTIONS },
        expectedNs: MEASURE_NS,
      }
      : {
        ...found,
        // iperf3 reads into a buffer of the size that it writes.
        ...(scenario === "throughput" && { fixed: { ...found.fixed, read: bytes! } }),
        budget: { ...found.budget, warmupNs: WARMUP_NS, measureNs: MEASURE_NS },
        expectedNs: WARMUP_NS + MEASURE_NS,
      };
  }

  async #openPeer(): Promise<PeerLink> {
    return await openPeer("process", {
      catalog: this.#catalog,
      clock: systemClock,
      directory: this.#directory.path,
      modules: [],
    });
  }

  async #closePeer(): Promise<void> {
    await this.#link?.close();
    this.#link = undefined;
    this.#warm.clear();
  }
}
