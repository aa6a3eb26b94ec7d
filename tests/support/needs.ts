/**
 * What a test needs beyond Node, npx, git, sh, bash and coreutils. Where it is missing, the test is ignored and its name gives the reason:
 * a test that passes without having tried anything hides the need, and one that fails for lack of a tool hides the fault.
 *
 * @module
 */

import { openKernel } from "../../src/kernel/libc.ts";
import { getAffinity } from "../../src/kernel/affinity.ts";

/** A Need is something that not every machine has. */
export interface Need {
  /** Why a test cannot be run here; absent where it can. */
  readonly missing?: string;
}

/** The part of a test's definition that depends on the machine. */
export interface Named {
  readonly name: string;
  readonly ignore: boolean;
}

/**
 * Name and `ignore` of a test that needs something: `Deno.test({ ...needs("sockbench asks", program("script")), fn() {} })`.
 *
 * @param name the test's name, as a sentence
 * @param all everything it needs
 */
export function needs(name: string, ...all: readonly Need[]): Named {
  const missing = [...new Set(all.flatMap((need) => need.missing ?? []))];
  return missing.length === 0
    ? { name, ignore: false }
    : { name: `${name} (ignored: ${missing.join("; ").replace(/\s+/g, " ")})`, ignore: true };
}

/** A need that is met unless there is a reason why not, as a test file found out by itself. */
export function unless(missing: string | undefined): Need {
  return missing === undefined ? {} : { missing };
}

/** The file that a program's name stands for on the PATH; `undefined` where there is none. Starts nothing. */
export function findProgram(name: string): string | undefined {
  return (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "")
    .map((folder) => `${folder}/${name}`).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** A program on the PATH. */
export function program(name: string): Need {
  return unless(findProgram(name) === undefined ? `${name} is not on the PATH` : undefined);
}

/** The first of several programs that do the same is enough. */
export function oneOf(...names: readonly string[]): Need {
  return unless(
    names.some((name) => findProgram(name) !== undefined)
      ? undefined
      : `none of ${names.join(", ")} is on the PATH`,
  );
}

/** Files of the system, as those of a package of headers. */
export function files(...paths: readonly string[]): Need {
  const absent = paths.find((path) => {
    try {
      return !Deno.statSync(path).isFile;
    } catch {
      return true;
    }
  });
  return unless(absent === undefined ? undefined : `there is no ${absent}`);
}

const kernel = openKernel();

/** System calls of libc through FFI. */
export const LIBC: Need = unless(kernel.available ? undefined : kernel.reason);

/** Linux, for what only Linux has. */
export const LINUX: Need = unless(
  Deno.build.os === "linux" ? undefined : `${Deno.build.os} is not Linux`,
);

/** A system with a POSIX shell. */
export const NOT_WINDOWS: Need = unless(
  Deno.build.os === "windows" ? "needs a POSIX shell" : undefined,
);

/** The rights of root, as network namespaces and mounts need them. */
export const ROOT: Need = unless(
  Deno.build.os !== "windows" && Deno.uid() === 0 ? undefined : "not root",
);

/** Addresses of IPv6 on this system. */
export const IPV6: Need = unless(listensOn("::1") ? undefined : "no IPv6 here");

function listensOn(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

/** Whether a tmpfs may be mounted here: root may, where it is not in a container without the capability. */
export async function mayMount(): Promise<Need> {
  if (findProgram("mount") === undefined) return program("mount");
  const path = await Deno.makeTempDir({ prefix: "sockbench-test-" });
  try {
    const run = (name: string, args: readonly string[]) =>
      new Deno.Command(name, { args: [...args], stdout: "null", stderr: "null" }).output();
    const { success } = await run("mount", ["-t", "tmpfs", "tmpfs", path]);
    if (success) await run("umount", [path]);
    return unless(success ? undefined : "this process may not mount a file system");
  } finally {
    await Deno.remove(path);
  }
}

/** Two cores that this process may use. */
export const TWO_CORES: Need = unless(
  kernel.available && getAffinity().length >= 2 ? undefined : "fewer than two cores to choose from",
);

/** A network of its own for a command that is started by `unshare -n`, which takes root or a user's namespace. */
export async function ownNetwork(): Promise<Need> {
  try {
    const { success } = await new Deno.Command("unshare", { args: ["-n", "true"] }).output();
    return unless(success ? undefined : "unshare may not make a network here");
  } catch {
    return unless("unshare is not on the PATH");
  }
}
