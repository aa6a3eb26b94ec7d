/**
 * Plan and run in one call, for those who use sockbench as a library.
 *
 * @module
 */

import type { Catalog } from "../catalog.ts";
import { systemClock } from "../clock.ts";
import { loadCatalog } from "../peer/load_catalog.ts";
import { nearestPeer } from "../peer/nearest_peer.ts";
import { findPinning } from "../peer/pin_thread.ts";
import { neededTransports, planCases } from "../plan/plan_cases.ts";
import { createSettings, type SettingsInput } from "../plan/settings.ts";
import type { RunRecord } from "../model/run_record.ts";
import { probeTransports } from "../transport/probe_transports.ts";
import {
  createSocketDirectory,
  explainSocketFiles,
  withoutFiles,
} from "../transport/socket_directory.ts";
import { readEnvironment } from "./environment.ts";
import { type RunEvent, runPlan } from "./run_plan.ts";

/** What {@linkcode measure} may be given beside its settings. */
export interface MeasureOptions {
  /**
   * What can be named. Absent: the built-in parts and those of `settings.modules`. One made of objects (`createCatalog([mine])`) works with
   * peer `loop` only: a worker or process loads modules by their URLs.
   */
  readonly catalog?: Catalog;
  /** Ends the run at once; the trial under way is dropped and the record is then partial. */
  readonly signal?: AbortSignal;
  /** Called between trials, never inside one. */
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * Plans and measures.
 *
 * Needs `--allow-net`, and read and write access to the temporary directory for Unix-domain sockets; `--allow-run` for peer `process`, the
 * default; `--allow-ffi` to pin, to read settings back and to count. What a permission keeps from being measured is in the record's `skipped`.
 *
 * @param settings what to measure; everything may be left out
 * @returns the record, with a trial for each case and round
 * @throws {SettingsError} when the settings name something that does not exist
 * @throws {PeerError} when no peer can be started
 */
export async function measure(
  settings: SettingsInput = {},
  options: MeasureOptions = {},
): Promise<RunRecord> {
  const catalog = options.catalog ?? await loadCatalog(settings.modules ?? []);
  const nearest = settings.peer === undefined ? nearestPeer(settings.modules ?? []) : undefined;
  const complete = createSettings({ ...settings, ...nearest && { peer: nearest.peer } }, catalog);
  await using directory = await createSocketDirectory();
  const { transports } = catalog;
  const needed = neededTransports(complete, catalog);
  const probed = await probeTransports(transports, directory.path, needed);
  const availability = explainSocketFiles(transports, probed, directory);
  const planned = planCases(complete, catalog, availability, findPinning());
  const used = planned.cases.map((c) => transports.get(c.transport));
  const changed = [nearest?.skip ?? [], withoutFiles(used, directory)].flat();
  const plan = { ...planned, skipped: [...changed, ...planned.skipped] };
  return await runPlan(plan, {
    catalog,
    clock: systemClock,
    environment: await readEnvironment(),
    command: `measure(${JSON.stringify({ ...settings, seed: complete.seed })})`,
    startedAt: new Date().toISOString(),
    directory: directory.path,
    ...(options.signal !== undefined && { signal: options.signal }),
    ...(options.onEvent !== undefined && { onEvent: options.onEvent }),
  });
}
