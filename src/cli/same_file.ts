// Whether what a command reads is what it would write.

import { UsageError } from "./usage_error.ts";

/** A file that a command reads. */
export interface InputFile {
  /** As the user knows it: `--baseline`, `<record.json>`. */
  readonly name: string;
  /** Its path; "-" is standard input. */
  readonly path: string;
}

/**
 * Refuses to write over an input, whatever its name there: through a link, a relative path, standard input.
 *
 * @throws {UsageError} when it is one of the inputs
 */
export async function refuseOverwriting(
  output: string,
  inputs: readonly InputFile[],
): Promise<void> {
  const target = await identify(output);
  if (target === undefined) return;
  for (const { name, path } of inputs) {
    if (await identify(path) !== target) continue;
    const what = path === "-" ? "comes in on standard input" : `is read as ${name} ${path}`;
    throw new UsageError(`cannot write ${output}, as it ${what}: name another --out`);
  }
}

/** Device and inode, or the whole path where the system has none; `undefined` for what is not there or may not be looked at. */
async function identify(path: string): Promise<string | undefined> {
  try {
    if (path === "-") {
      const { fstatSync } = await import("node:fs");
      const { dev, ino } = fstatSync(0);
      return `${dev} ${ino}`;
    }
    const { dev, ino } = await Deno.stat(path);
    return ino === null ? await Deno.realPath(path) : `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}
