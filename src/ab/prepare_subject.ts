// Makes a subject ready to run: has its runtime, checks out its commit, resolves its modules.

import { mainUrl } from "../mains.ts";
import {
  absolute,
  isFile,
  isFolder,
  plain,
  removeFolder,
  runCommand,
  runCommandSync,
  toUrl,
} from "./commands.ts";
import { bundleAgent, haveRuntime } from "./runtime.ts";
import { type Runtime, type Subject, SubjectError } from "./subject.ts";

/** A subject that can be run; disposing removes what was made for it. */
export interface PreparedSubject extends AsyncDisposable {
  /** As the user named it, and as a runtime's binary calls itself. */
  readonly label: string;
  /** What runs its agent. */
  readonly runtime: Runtime;
  /** The runtime's binary. */
  readonly program: string;
  /** The agent's main module; for Node and Bun a file. */
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

/** Prepares a subject. Throws SubjectError when it cannot be had: no such ref, folder, version or module. */
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
      const { path, remove, label: told } = await haveRuntime(subject, label, onMade);
      try {
        return inFolder(told, Deno.cwd(), modules, {
          program: path,
          isSelf: true,
          ...(remove !== undefined && { remove }),
        });
      } catch (error) {
        remove?.();
        throw error;
      }
    }
    case "node":
    case "bun":
      return await onForeignRuntime(subject, label, modules, onMade);
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

/** A subject on Node or Bun measures with the suite's own cases. */
async function onForeignRuntime(
  subject: Extract<Subject, { kind: Runtime }>,
  label: string,
  modules: readonly string[],
  onMade: OnMade,
): Promise<PreparedSubject> {
  if (modules.length > 0) {
    throw new SubjectError(
      `${label}: a --module is for Deno; leave it out, or compare Denos`,
      true,
    );
  }
  const program = await haveRuntime(subject, label, onMade);
  try {
    const agent = await bundleAgent(label, onMade);
    return {
      label: program.label,
      runtime: subject.kind,
      program: program.path,
      agentMain: agent.path,
      modules: [],
      [Symbol.asyncDispose]() {
        program.remove?.();
        agent.remove?.();
        return Promise.resolve();
      },
    };
  } catch (error) {
    program.remove?.();
    throw error;
  }
}

interface FolderOptions {
  readonly program?: string;
  readonly isSelf?: boolean;
  readonly remove?: () => void;
}

function inFolder(
  label: string,
  folder: string,
  modules: readonly string[],
  { program = Deno.execPath(), isSelf = false, remove = () => {} }: FolderOptions,
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
    runtime: "deno",
    program,
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
