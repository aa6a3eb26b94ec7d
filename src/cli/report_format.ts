/**
 * Report formats by the name they have on the command line.
 *
 * @module
 */

import type { RunRecord } from "../record/trial.ts";
import { UsageError } from "./usage_error.ts";

/** A NamedFormat turns a record into the text of a file. */
export interface NamedFormat {
  /** As in `--format`. */
  readonly id: string;
  /** Of its files, without dot. */
  readonly extension: string;
  /** The file's text. */
  render(record: RunRecord): string;
}

/**
 * Finds a format.
 *
 * @throws {UsageError} when there is none of that name.
 */
export async function findFormat(name: string): Promise<NamedFormat> {
  const { reportFormats } = await import("../report/registry.ts");
  const found = reportFormats.find((format: NamedFormat) => format.id === name);
  if (found !== undefined) return found;
  const known = reportFormats.map((format: NamedFormat) => format.id);
  throw new UsageError(`there is no format "${name}" (there is ${known.join(", ")})`, {
    given: name,
    candidates: known,
  });
}
