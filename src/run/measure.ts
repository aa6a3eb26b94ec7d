// Plan and run in one call, for those who use sockbench as a library.

import type { Catalog } from "../catalog.ts";
import type { RunRecord } from "../model/run_record.ts";
import type { SettingsInput } from "../plan/settings.ts";
import { type MeasureOptions, Session } from "./session.ts";

/** What {@linkcode measure} may be given beside its settings. */
export interface MeasureOnceOptions extends Pick<MeasureOptions, "signal" | "onEvent"> {
  /**
   * What can be named. Absent: the built-in parts and those of `settings.modules`. One made of objects (`createCatalog([mine])`) works with
   * peer `loop` only: a worker or process loads modules by their URLs.
   */
  readonly catalog?: Catalog;
}

/**
 * Opens a session, plans and measures, once.
 *
 * Needs `--allow-net`, and read and write access to the temporary directory for Unix-domain sockets; `--allow-run` for peer `process`, the
 * default; `--allow-ffi` to pin, to read settings back and to count. What a permission keeps from being measured is in the record's `skipped`.
 *
 * @param settings what to measure; everything may be left out
 * @returns the record, with a trial for each case and round
 * @throws {SettingsError} when the settings name something that does not exist, or what the peer cannot know
 * @throws {PeerError} when no peer can be started
 * @throws {NothingMeasuredError} when no trial succeeded, unless `signal` ended the run
 */
export async function measure(
  settings: SettingsInput = {},
  { catalog, ...options }: MeasureOnceOptions = {},
): Promise<RunRecord> {
  const { modules = [] } = settings;
  await using session = await Session.open({ modules, ...(catalog !== undefined && { catalog }) });
  const plan = await session.plan(settings);
  const command = `measure(${JSON.stringify({ ...settings, seed: plan.settings.seed })})`;
  const record = await session.measure(plan, { ...options, command });
  if (!options.signal?.aborted) refuseNothing(record);
  return record;
}

/** Thrown when nothing succeeded: the message gives the first reason. */
export class NothingMeasuredError extends Error {
  /** Always "NothingMeasuredError". */
  override readonly name = "NothingMeasuredError";
}

/** A record without a figure reads like one in which all is well. */
function refuseNothing({ cases, skipped, trials }: RunRecord): void {
  if (trials.some(({ error }) => error === undefined)) return;
  const [failed] = trials;
  if (failed?.error !== undefined) {
    const { kind, message } = failed.error;
    const first = `${failed.case} with ${kind}: ${message}`;
    throw new NothingMeasuredError(`Nothing was measured: every trial failed, first ${first}`);
  }
  const [skip] = skipped;
  const why = skip !== undefined
    ? `${skip.what} is skipped: ${skip.reason}`
    : cases.length === 0
    ? "none of the selected scenarios and cases runs over the selected transports"
    : "the run ended before its first trial";
  throw new NothingMeasuredError(`Nothing was measured: ${why}`);
}
