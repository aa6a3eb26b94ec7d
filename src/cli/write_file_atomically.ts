// Writing files so that a reader sees the old one or the new one, never half of one.

import { basename, dirname, join } from "node:path";
import { systemMessage } from "./system_message.ts";

/**
 * Writes `text` to a temporary file beside `path`, forces it to the disk and renames it. On failure the file that was at
 * `path` is untouched and nothing is left behind.
 *
 * @throws whatever the system refused, as Deno reports it.
 */
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
