/**
 * Trials as a run makes them, one by one: what the files in bench/ measure the suite with.
 *
 * @module
 */

import { createCatalog } from "../../../src/catalog.ts";
import { systemClock } from "../../../src/clock.ts";
import { openPeer } from "../../../src/peer/open_peer.ts";
import type { PeerLink } from "../../../src/peer/peer_link.ts";
import type { Case } from "../../../src/model/case.ts";
import type { PeerKind } from "../../../src/model/placement.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { planCases } from "../../../src/plan/plan_cases.ts";
import { warmUpCases } from "../../../src/plan/assemble_plan.ts";
import { createSettings } from "../../../src/plan/settings.ts";
import { runTrial, type TrialOutcome } from "../../../src/run/run_trial.ts";
import { probeTransports } from "../../../src/transport/probe_transports.ts";
import {
  createSocketDirectory,
  type SocketDirectory,
} from "../../../src/transport/socket_directory.ts";
import type { Budget } from "../../../src/model/budget.ts";

const catalog = createCatalog();

/** SuiteTrials plans the quick profile for one peer and runs any of its cases on demand, through the suite's own `runTrial`. */
export class SuiteTrials implements AsyncDisposable {
  readonly #cases: ReadonlyMap<string, Case>;
  readonly #link: PeerLink;
  readonly #directory: SocketDirectory;
  /** What was planned. */
  readonly plan: Plan;

  private constructor(plan: Plan, link: PeerLink, directory: SocketDirectory) {
    this.plan = plan;
    this.#cases = new Map(plan.cases.map((c) => [c.id, c]));
    this.#link = link;
    this.#directory = directory;
  }

  /**
   * Probes, plans, starts the peer and warms up every workload over every transport, as a run does: what is measured later is the
   * code in the state in which a run meets it.
   *
   * @param peer who serves
   */
  static async open(peer: PeerKind): Promise<SuiteTrials> {
    const directory = await createSocketDirectory();
    const availability = await probeTransports(catalog.transports, directory.path);
    const plan = planCases(
      createSettings({ profile: "quick", peer }, catalog),
      catalog,
      availability,
    );
    const options = { catalog, clock: systemClock, directory: directory.path, modules: [] };
    const trials = new SuiteTrials(plan, await openPeer(peer, options), directory);
    for (const { id } of warmUpCases(plan.cases)) await trials.run(id);
    return trials;
  }

  /** The budget of a case in the quick profile. */
  budgetOf(caseId: string): Budget {
    return this.#find(caseId).budget;
  }

  /**
   * Runs one trial of a case.
   *
   * @param caseId as in `sockbench list`: `round-trip/tcp/bytes=64`
   * @param budget absent: the quick profile's
   * @throws {Error} when the trial failed, or no such case can be measured here
   */
  async run(caseId: string, budget?: Budget): Promise<TrialOutcome> {
    const found = this.#find(caseId);
    const c: Case = budget === undefined
      ? found
      : { ...found, budget, expectedNs: budget.measureNs };
    const outcome = await runTrial({
      case: c,
      transport: catalog.transports.get(c.transport)!,
      workload: catalog.workloads.get(c.workload)!,
      link: this.#link,
      clock: systemClock,
      directory: this.#directory.path,
    });
    if (outcome.error !== undefined) throw new Error(`${caseId}: ${outcome.error.message}`);
    return outcome;
  }

  /** Ends the peer and removes the socket directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link.close();
    await this.#directory[Symbol.asyncDispose]();
  }

  #find(caseId: string): Case {
    const found = this.#cases.get(caseId);
    if (found === undefined) throw new Error(`there is no case ${caseId} on this machine`);
    return found;
  }
}
