/**
 * One trial of a workload over a transport in memory, with peer `loop`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Clock, systemClock } from "../../src/clock.ts";
import { openLoopLink } from "../../src/peer/loop_link.ts";
import { metricValue } from "../../src/model/metric_value.ts";
import { runTrial, type TrialOutcome } from "../../src/run/run_trial.ts";
import type { Transport } from "../../src/transport/transport.ts";
import type { Params } from "../../src/model/params.ts";
import { catalogWith, someCase } from "./small_catalog.ts";

/** Runs a trial that must not fail. */
export async function memoryTrial(
  workload: string,
  transport: Transport,
  params: Params,
  operations: number,
  clock: Clock = systemClock,
): Promise<TrialOutcome> {
  const outcome = await attemptTrial(workload, transport, params, operations, clock);
  assertEquals(outcome.error, undefined);
  return outcome;
}

/** Runs a trial that may fail. */
export async function attemptTrial(
  workload: string,
  transport: Transport,
  params: Params,
  operations: number,
  clock: Clock = systemClock,
  warmupNs = 0,
): Promise<TrialOutcome> {
  const catalog = catalogWith({ transports: [transport] });
  const link = openLoopLink(catalog, clock);
  const one = someCase(workload, transport.name, params, { operations });
  const outcome = await runTrial({
    case: { ...one, budget: { ...one.budget, warmupNs } },
    transport,
    workload: catalog.workloads.get(workload)!,
    link,
    clock,
    directory: "",
  });
  await link.close();
  return outcome;
}

/** The value of a metric in a trial's outcome. */
export function valueOf(outcome: TrialOutcome, metric: string): number | undefined {
  return metricValue({ ...outcome, round: 1, order: 0, startedNs: 0 }, metric);
}
