// The directory of a run's files: checked before measuring, written to afterwards.

import { join } from "node:path";
import { UsageError } from "./usage_error.ts";
import { writeFileAtomically, writeObstacle } from "./write_file_atomically.ts";

/**
 * Makes the directory where it does not exist and proves that files can be written there.
 *
 * @throws {UsageError} when they cannot, so that no minutes are spent on figures with nowhere to go.
 */
export async function prepareOutputDirectory(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
    const probe: string = join(path, `.sockbench-${crypto.randomUUID().slice(0, 8)}.tmp`);
    try {
      // The very way in which the results will be written, so that no step of it is refused only after measuring. One byte: a
      // full disk still makes empty files.
      await writeFileAtomically(probe, "\n");
    } finally {
      await Deno.remove(probe).catch(() => {});
    }
  } catch (error) {
    const isOther = error instanceof Deno.errors.AlreadyExists ||
      error instanceof Deno.errors.NotADirectory;
    const reason = isOther ? "it is, or lies below, a file" : writeObstacle(error);
    throw new UsageError(`cannot write to --out ${path}: ${reason}`);
  }
}

/** A file to write. */
export interface OutputFile {
  /** Name within the directory. */
  readonly name: string;
  /** Its text. */
  readonly text: string;
}

/** Where files went, and what could not be written. */
export interface WriteOutcome {
  /** Paths written. */
  readonly written: readonly string[];
  /** One sentence for each file that could not be written. */
  readonly problems: readonly string[];
}

/**
 * Writes one file; where the directory does not take it, `rescue` saves it elsewhere: measurements are not lost.
 */
export async function writeOutput(
  directory: string,
  file: OutputFile,
  rescue: boolean,
): Promise<WriteOutcome> {
  const path: string = join(directory, file.name);
  try {
    await writeFileAtomically(path, file.text);
    return { written: [path], problems: [] };
  } catch (error) {
    const problem = `cannot write ${path}: ${writeObstacle(error)}`;
    const saved = rescue ? await rescueFile(file) : undefined;
    if (saved === undefined) return { written: [], problems: [problem] };
    return { written: [saved], problems: [`${problem}; it is in ${saved} instead`] };
  }
}

async function rescueFile(file: OutputFile): Promise<string | undefined> {
  const unique = crypto.randomUUID().slice(0, 8);
  return await rescueToTemporary(file, unique) ?? await rescueTo(() => Deno.cwd(), file, unique);
}

async function rescueToTemporary(file: OutputFile, unique: string): Promise<string | undefined> {
  let directory: string;
  try {
    directory = await Deno.makeTempDir({ prefix: "sockbench-rescued-" });
  } catch {
    return undefined;
  }
  const path = await rescueTo(() => directory, file, unique);
  if (path === undefined) await Deno.remove(directory).catch(() => {});
  return path;
}

async function rescueTo(
  place: () => string,
  file: OutputFile,
  unique: string,
): Promise<string | undefined> {
  try {
    const path: string = join(place(), `sockbench-${unique}-${file.name}`);
    await writeFileAtomically(path, file.text);
    return path;
  } catch {
    // The next place may take it.
    return undefined;
  }
}
