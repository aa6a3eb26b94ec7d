// Makes a subject ready to run: finds or installs its Deno, checks out its commit, resolves its modules.

import { mainUrl } from "../mains.ts";
import { type Subject, SubjectError } from "./subject.ts";

/** A subject that can be run; disposing removes what was made for it. */
export interface PreparedSubject extends AsyncDisposable {
  /** As the user named it. */
  readonly label: string;
  /** The Deno binary. */
  readonly deno: string;
  /** The agent's main module. */
  readonly agentMain: string;
  /** Flags that say which configuration a checkout of sockbench has; absent: the agent is this sockbench's own, and modules have a project. */
  readonly flags?: readonly string[];
  /** Users' modules, as absolute URLs. */
  readonly modules: readonly string[];
}

/** Takes what removes something that was made for a subject, before it is made: for whoever must end at once. */
export type OnMade = (remove: () => void) => void;

const OWN_AGENT = mainUrl("agent").href;
/** Where a checkout of sockbench itself has its agent. */
const AGENT_PATH = "src/ab/agent_main.ts";

/**
 * Prepares a subject.
 *
 * @throws {SubjectError} when it cannot be had: no such ref, folder, version or module
 */
export async function prepareSubject(
  subject: Subject,
  label: string,
  modules: readonly string[],
  onMade: OnMade = () => {},
): Promise<PreparedSubject> {
  switch (subject.kind) {
    case "self":
      return inFolder(label, Deno.cwd(), modules, { isSelf: true });
    case "deno": {
      const found = "path" in subject
        ? ownBinary(subject.path)
        : await installDeno(subject.version, onMade);
      try {
        await checkRuns(label, found.deno);
        return inFolder(label, Deno.cwd(), modules, { ...found, isSelf: true });
      } catch (error) {
        found.remove?.();
        throw error;
      }
    }
    case "dir":
      return inFolder(label, absolute(subject.path), modules, {});
    case "git": {
      const { path, remove } = await addWorktree(subject.ref, onMade);
      try {
        return inFolder(label, path, modules, { remove });
      } catch (error) {
        remove();
        throw error;
      }
    }
  }
}

interface FolderOptions {
  readonly deno?: string;
  readonly isSelf?: boolean;
  readonly remove?: () => void;
}

function inFolder(
  label: string,
  folder: string,
  modules: readonly string[],
  { deno = Deno.execPath(), isSelf = false, remove = () => {} }: FolderOptions,
): PreparedSubject {
  if (!isFolder(folder)) throw new SubjectError(`${label}: there is no folder ${folder}`, false);
  const own = `${folder}/${AGENT_PATH}`;
  // A checkout of sockbench measures with its own code; any other folder brings modules, measured by this sockbench.
  const isSockbench = !isSelf && isFile(own);
  const paths = modules.map(withinFolder);
  if (!isSelf && !isSockbench && !paths.some((path) => !path.startsWith("/"))) {
    throw new SubjectError(
      `${label}: without a --module of its own both sides would measure the same code, as ${folder} is no checkout of sockbench`,
      true,
    );
  }
  const urls = paths.map((path) => {
    const url = new URL(toUrl(path.startsWith("/") ? path : `${folder}/${path}`));
    if (!isFile(decodeURIComponent(url.pathname))) {
      throw new SubjectError(`${label}: there is no module ${path}`, false);
    }
    return url.href;
  });
  return {
    label,
    deno,
    agentMain: isSockbench ? toUrl(own) : OWN_AGENT,
    ...(isSockbench && { flags: flagsOf(`${folder}/deno.json`) }),
    modules: urls,
    [Symbol.asyncDispose]: () => Promise.resolve(remove()),
  };
}

function flagsOf(config: string): readonly string[] {
  return isFile(config) ? [`--config=${config}`, "--no-lock"] : ["--no-config"];
}

/** A module below the current folder is meant relative to it, however it was written: each side has its own. */
function withinFolder(path: string): string {
  const here = `${Deno.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}

function ownBinary(path: string): { deno: string; remove?: () => void } {
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
  onMade: OnMade,
): Promise<{ deno: string; remove: () => void }> {
  const name = platformPackage();
  const folder = await Deno.makeTempDir({ prefix: "sockbench-deno-" });
  const remove = () => removeFolder(folder);
  onMade(remove);
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
    return { deno, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function platformPackage(): string {
  const { os, arch } = Deno.build;
  const cpu = arch === "x86_64" ? "x64" : "arm64";
  if (os === "linux") return `@deno/linux-${cpu}-glibc`;
  return os === "windows" ? `@deno/win32-${cpu}` : `@deno/darwin-${cpu}`;
}

/** The path is that of the current folder within the worktree, as a repository may hold several projects. */
async function addWorktree(
  ref: string,
  onMade: OnMade,
): Promise<{ path: string; remove: () => void }> {
  const commit = await runCommand("git", ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  if (!commit.success) {
    throw new SubjectError(`git:${ref}: this repository has no such commit`, false);
  }
  const prefix = await runCommand("git", ["rev-parse", "--show-prefix"]);
  const folder = await Deno.makeTempDir({ prefix: "sockbench-git-" });
  const path = `${folder}/tree`;
  const remove = () => {
    runCommandSync("git", ["worktree", "remove", "--force", path]);
    removeFolder(folder);
    runCommandSync("git", ["worktree", "prune"]);
  };
  onMade(remove);
  const args = ["worktree", "add", "--detach", path, commit.stdout.trim()];
  const added = await runCommand("git", args);
  if (!added.success) {
    remove();
    throw new SubjectError(`git:${ref}: git cannot make a worktree: ${plain(added.stderr)}`, false);
  }
  return { path: `${path}/${prefix.stdout.trim()}`.replace(/\/$/, ""), remove };
}

/**
 * Removes a folder with all it holds, if it is there. Synchronous, as whoever presses Ctrl-C a second time wants the process to end now, with
 * nothing left behind.
 */
export function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch { /* it is gone already */ }
}

function runCommandSync(command: string, args: readonly string[]): void {
  try {
    new Deno.Command(command, { args: [...args], stdin: "null", stdout: "null", stderr: "null" })
      .outputSync();
  } catch { /* what removes a folder must not fail for lack of git */ }
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
const ESCAPE_CODES = /\x1b\[[\d;]*m/g;

/** What a command said, on one line, without colours and without addresses: which server it asked is nothing to publish. */
function plain(text: string): string {
  return text.replace(ESCAPE_CODES, "").replace(/\b[a-z]+:\/\/\S+/g, "(address)")
    .replace(/\s+/g, " ").trim();
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

/** A path may hold what means something in a URL. */
const toUrl = (path: string) =>
  new URL(path.replace(/[%?#\\]/g, encodeURIComponent), "file:///").href;

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
