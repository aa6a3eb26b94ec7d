// The flags with which a child is started that loads users' modules: those of this process, but with the modules' own project in place
// of the suite's configuration and lock file.

import { projectFlags } from "../peer/project_flags.ts";
import { UsageError } from "./usage_error.ts";

/** Flags that say which configuration, map, lock file and packages are meant; a value of its own may follow the first four. */
const WITH_VALUE = ["--config", "-c", "--import-map", "--lock"];
const REPLACED = [...WITH_VALUE, "--no-config", "--no-lock", "--frozen", "--node-modules-dir"];

/** Flags, and the directory with the import map that they name. */
export interface ProjectChild extends Disposable {
  /** What stands between the program and the script, as in `run --allow-net`. */
  readonly flags: readonly string[];
}

/**
 * Prepares the start of a child.
 *
 * @throws {UsageError} when a project's configuration cannot be read
 */
export function prepareProjectChild(
  flags: readonly string[],
  modules: readonly string[],
): ProjectChild {
  if (modules.length === 0) return { flags, [Symbol.dispose]() {} };
  const directory = makeDirectory();
  const remove = () => {
    if (directory !== undefined) Deno.removeSync(directory, { recursive: true });
  };
  try {
    const { flags: own } = projectFlags(modules, directory);
    // Unstable features are the project's there, and the suite needs datagrams.
    const [command = "run", ...rest] = withoutFiles(flags);
    return { flags: [command, "--unstable-net", ...own, ...rest], [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw new UsageError((error as Error).message);
  }
}

/** Absent where none may be made: then the map goes into the flag. */
function makeDirectory(): string | undefined {
  try {
    return Deno.makeTempDirSync({ prefix: "sockbench-map-" });
  } catch {
    return undefined;
  }
}

function withoutFiles(flags: readonly string[]): string[] {
  return flags.filter((flag, index) => {
    const before = flags[index - 1];
    const isValue = before !== undefined && WITH_VALUE.includes(before) && !flag.startsWith("-");
    return !isValue && !REPLACED.includes(flag.split("=")[0]!) && flag !== "--unstable-net";
  });
}
