// Reading the kernel's own files under /proc and /sys.

import { readKernelFile } from "../kernel/kernel_file.ts";
import { openKernel } from "../kernel/libc.ts";

/** What reading some of the kernel's files gave. By path, of those that exist; `refusal`: why some that may could not be read. */
export type SystemFiles = Readonly<{ texts: ReadonlyMap<string, string>; refusal?: string }>;

/** Reads what exists of `paths`: by Deno, by libc, or by `grep`, one process that names each line's file, which `cat` does not. */
export async function readSystemFiles(paths: readonly string[]): Promise<SystemFiles> {
  const texts = new Map<string, string>();
  if (openKernel().available) {
    for (const path of paths) {
      const text = readOrNothing(path);
      if (text !== undefined) texts.set(path, text);
    }
    return { texts };
  }
  const refused: string[] = [];
  for (const path of paths) {
    try {
      texts.set(path, await Deno.readTextFile(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) refused.push(path);
    }
  }
  if (refused.length === 0) return { texts };
  if (Deno.permissions.querySync({ name: "run", command: "grep" }).state !== "granted") {
    return {
      texts,
      refusal:
        "Deno reads /proc and /sys with --allow-all only, or through libc with --allow-ffi or grep with --allow-run",
    };
  }
  try {
    for (const [path, text] of await readThroughGrep(refused)) texts.set(path, text);
    return { texts };
  } catch (error) {
    return { texts, refusal: `grep could not be run: ${(error as Error).message}` };
  }
}

/** What cannot be read, for whatever fault, is missing: it explains a run, and must not end it. */
function readOrNothing(path: string): string | undefined {
  try {
    return readKernelFile(path);
  } catch {
    return undefined;
  }
}

async function readThroughGrep(paths: readonly string[]): Promise<Map<string, string>> {
  // Without the environment, so that no --allow-env is needed for LD_* variables to pass.
  const { stdout } = await new Deno.Command("grep", {
    args: ["-s", "-H", "", ...paths],
    clearEnv: true,
    stdin: "null",
    stderr: "null",
  }).output();
  return splitGrepOutput(new TextDecoder().decode(stdout), paths);
}

/** Puts the lines of `grep -H` back to their files. */
export function splitGrepOutput(output: string, paths: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const line of output.split("\n")) {
    const path = paths.find((path) => line.startsWith(`${path}:`));
    if (path === undefined) continue;
    texts.set(path, `${texts.get(path) ?? ""}${line.slice(path.length + 1)}\n`);
  }
  return texts;
}
