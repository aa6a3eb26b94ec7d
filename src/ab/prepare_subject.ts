/**
 * Makes a subject ready to run: finds or installs its Deno, checks out its commit, resolves its modules.
 *
 * @module
 */

import { type Subject, SubjectError } from "./subject.ts";

/** A subject that can be run; disposing removes what was made for it. */
export interface PreparedSubject extends AsyncDisposable {
  /** As the user named it. */
  readonly label: string;
  /** The Deno binary. */
  readonly deno: string;
  /** The agent's main module. */
  readonly agentMain: string;
  /** Configuration file for the user's modules; absent: none. */
  readonly config?: string;
  /** Users' modules, as absolute URLs. */
  readonly modules: readonly string[];
}

const OWN_AGENT = import.meta.resolve("./agent_main.ts");
/** Where a checkout of sockbench itself has its agent. */
const AGENT_PATH = "src/ab/agent_main.ts";

/**
 * Prepares a subject.
 *
 * @param label as the user named it
 * @param modules paths of users' modules, relative to the subject's folder (the current one for `self` and `deno:`)
 * @throws {SubjectError} when it cannot be had: no such ref, folder, version or module
 */
export async function prepareSubject(
  subject: Subject,
  label: string,
  modules: readonly string[],
): Promise<PreparedSubject> {
  switch (subject.kind) {
    case "self":
      return inFolder(label, Deno.cwd(), modules, { isSelf: true });
    case "deno": {
      const found = "path" in subject
        ? ownBinary(subject.path)
        : await installDeno(subject.version);
      try {
        await checkRuns(label, found.deno);
        return inFolder(label, Deno.cwd(), modules, { ...found, isSelf: true });
      } catch (error) {
        await found.dispose?.();
        throw error;
      }
    }
    case "dir":
      return inFolder(label, absolute(subject.path), modules, {});
    case "git": {
      const worktree = await addWorktree(subject.ref);
      try {
        return inFolder(label, worktree.path, modules, { dispose: worktree.remove });
      } catch (error) {
        await worktree.remove();
        throw error;
      }
    }
  }
}

interface FolderOptions {
  readonly deno?: string;
  readonly isSelf?: boolean;
  readonly dispose?: () => Promise<void>;
}

function inFolder(
  label: string,
  folder: string,
  modules: readonly string[],
  { deno = Deno.execPath(), isSelf = false, dispose = () => Promise.resolve() }: FolderOptions,
): PreparedSubject {
  if (!isFolder(folder)) throw new SubjectError(`${label}: there is no folder ${folder}`, false);
  const urls = modules.map((path) => {
    const file = `${folder}/${path}`;
    const found = path.startsWith("/") ? path : file;
    if (!isFile(found)) throw new SubjectError(`${label}: there is no module ${found}`, false);
    return toUrl(found);
  });
  const own = `${folder}/${AGENT_PATH}`;
  // A checkout of sockbench measures with its own code; any other folder brings modules, measured by this sockbench.
  const isSockbench = !isSelf && isFile(own);
  if (!isSelf && !isSockbench && modules.length === 0) {
    throw new SubjectError(
      `${label}: without --module both sides would measure the same code, as ${folder} is no checkout of sockbench`,
      true,
    );
  }
  const config = ["deno.json", "deno.jsonc"].map((name) => `${folder}/${name}`).find(isFile);
  return {
    label,
    deno,
    agentMain: isSockbench ? toUrl(own) : OWN_AGENT,
    ...(config !== undefined && (modules.length > 0 || isSockbench) && { config }),
    modules: urls,
    [Symbol.asyncDispose]: dispose,
  };
}

function ownBinary(path: string): { deno: string; dispose?: () => Promise<void> } {
  const deno = absolute(path);
  if (!isFile(deno)) throw new SubjectError(`deno:${path}: there is no file ${deno}`, false);
  return { deno };
}

/** Whether the binary is a Deno that starts. */
async function checkRuns(label: string, deno: string): Promise<void> {
  const { success, stdout } = await runCommand(deno, ["--version"]);
  if (!success || !stdout.startsWith("deno ")) {
    throw new SubjectError(`${label}: ${deno} does not answer --version as a Deno does`, false);
  }
}

/** Installs a release from its npm package into a temporary folder; Deno itself is the npm client, and keeps a cache. */
async function installDeno(
  version: string,
): Promise<{ deno: string; dispose: () => Promise<void> }> {
  const name = platformPackage();
  const folder = await Deno.makeTempDir({ prefix: "sockbench-deno-" });
  const dispose = () => Deno.remove(folder, { recursive: true }).catch(() => {});
  try {
    await Deno.writeTextFile(
      `${folder}/package.json`,
      JSON.stringify({ dependencies: { [name]: version } }),
    );
    const { success, stderr } = await runCommand(
      Deno.execPath(),
      ["install", "--quiet", "--node-modules-dir=auto"],
      folder,
    );
    const deno = `${folder}/node_modules/${name}/${
      Deno.build.os === "windows" ? "deno.exe" : "deno"
    }`;
    if (!success || !isFile(deno)) {
      const why = stderr.split("\n").find((line) => line.includes("rror")) ??
        "it was not installed";
      throw new SubjectError(
        `deno:${version}: this release cannot be had as npm package ${name}: ${plain(why)}`,
        false,
      );
    }
    if (Deno.build.os !== "windows") await Deno.chmod(deno, 0o755);
    return { deno, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function platformPackage(): string {
  const { os, arch } = Deno.build;
  const cpu = arch === "x86_64" ? "x64" : "arm64";
  if (os === "linux") return `@deno/linux-${cpu}-glibc`;
  return os === "windows" ? `@deno/win32-${cpu}` : `@deno/darwin-${cpu}`;
}

async function addWorktree(ref: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await Deno.makeTempDir({ prefix: "sockbench-git-" });
  const path = `${folder}/tree`;
  const remove = async () => {
    await runCommand("git", ["worktree", "remove", "--force", path]);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await runCommand("git", ["worktree", "prune"]);
  };
  const commit = await runCommand("git", ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  if (!commit.success) {
    await Deno.remove(folder, { recursive: true });
    throw new SubjectError(`git:${ref}: this repository has no such commit`, false);
  }
  const added = await runCommand("git", [
    "worktree",
    "add",
    "--detach",
    path,
    commit.stdout.trim(),
  ]);
  if (!added.success) {
    await remove();
    throw new SubjectError(`git:${ref}: git cannot make a worktree: ${plain(added.stderr)}`, false);
  }
  return { path, remove };
}

async function runCommand(
  command: string,
  args: readonly string[],
  cwd?: string,
): Promise<{ success: boolean; stdout: string; stderr: string }> {
  try {
    const output = await new Deno.Command(command, {
      args: [...args],
      ...(cwd !== undefined && { cwd }),
      stdin: "null",
    }).output();
    const text = new TextDecoder();
    return {
      success: output.success,
      stdout: text.decode(output.stdout),
      stderr: text.decode(output.stderr),
    };
  } catch (error) {
    return { success: false, stdout: "", stderr: (error as Error).message };
  }
}

// deno-lint-ignore no-control-regex
const plain = (text: string) => text.replace(/\x1b\[[\d;]*m/g, "").replace(/\s+/g, " ").trim();

function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

const toUrl = (path: string) => new URL(path, "file:///").href;

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
