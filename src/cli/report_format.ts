// Report formats by the name they have on the command line.

import type { ReportFormat } from "../report/registry.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Finds a format. Loads the reports only now.
 *
 * @throws {UsageError} when there is none of that name.
 */
export async function findFormat(name: string): Promise<ReportFormat> {
  const { reportFormats } = await import("../report/registry.ts");
  const found = reportFormats.get(name);
  if (found !== undefined) return found;
  const known = [...reportFormats.keys()];
  throw new UsageError(`there is no format "${name}" (there is ${known.join(", ")})`, {
    given: name,
    candidates: known,
  });
}
