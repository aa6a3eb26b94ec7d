// Files, so that a reader sees the old one or the new one, never half of one; and the directory of a job's files.

import { basename, dirname, join } from "node:path";
import { systemMessage, UsageError } from "./failure.ts";

/** Writes a temporary file beside `path`, forces it to the disk and renames it: on failure the old file is untouched. */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  // Renaming over a pipe or a device such as /dev/full would replace it.
  if (await isSpecialFile(path)) return await Deno.writeTextFile(path, text);
  const unique = crypto.randomUUID().slice(0, 8);
  const temporary: string = join(dirname(path), `.${basename(path)}.${unique}.tmp`);
  try {
    using file = await Deno.open(temporary, { write: true, createNew: true });
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
    await file.sync();
  } catch (error) {
    await removeQuietly(temporary);
    throw error;
  }
  try {
    await Deno.rename(temporary, path);
  } catch (error) {
    await removeQuietly(temporary);
    throw error;
  }
}

/** Whether a path is a pipe, a device or the like: neither a file nor a directory. */
export async function isSpecialFile(path: string): Promise<boolean> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return !isFile && !isDirectory;
  } catch {
    return false;
  }
}

/** What is said of a path for which {@linkcode isDangling} is true. */
export const DANGLING = "it is a link to what is not there";

/** Whether a path is a symbolic link whose target does not exist. */
export async function isDangling(path: string): Promise<boolean> {
  try {
    if (!(await Deno.lstat(path)).isSymlink) return false;
    return await Deno.stat(path).then(
      () => false,
      (error) => error instanceof Deno.errors.NotFound,
    );
  } catch {
    return false;
  }
}

async function removeQuietly(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // It was never made, or the disk is gone: the first error says more.
  }
}

/** Why writing failed, in a few words: "permission missing (--allow-write)", "No space left on device". */
export function writeObstacle(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    // No task has it, and none should be given it.
    if (error.message.includes("--allow-all")) {
      return "Deno does not let this task write below /proc, /sys and /dev";
    }
    const flag = /--allow-[a-z]+/.exec(error.message)?.[0] ?? "--allow-write";
    return `permission missing (${flag})`;
  }
  return systemMessage(error);
}

/** Makes the directory and proves that files can be written there, before minutes are spent; throws UsageError. */
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
    const reason = await isDangling(path)
      ? DANGLING
      : isOther
      ? "it is, or lies below, a file"
      : writeObstacle(error);
    throw new UsageError(`cannot write to --out ${path}: ${reason}`);
  }
}

export type OutputFile = Readonly<{ name: string; text: string }>;

/** Where files went, and what could not be written. Paths written, and a sentence for each file that was not. */
export type WriteOutcome = Readonly<{ written: readonly string[]; problems: readonly string[] }>;

/** Writes one file; where the directory does not take it, `rescue` saves it elsewhere. */
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

async function rescueTo(place: () => string, file: OutputFile, unique: string) {
  try {
    const path: string = join(place(), `sockbench-${unique}-${file.name}`);
    await writeFileAtomically(path, file.text);
    return path;
  } catch {
    // The next place may take it.
    return undefined;
  }
}
