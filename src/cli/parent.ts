// The parent of `run`, `gate` and `ab`, which alone can end with 0, and only after a verdict through a pipe of its own; it passes signals on.

import { mainUrl } from "../mains.ts";
import { removeDirectory } from "./interrupts.ts";
import { EXIT, UsageError } from "./failure.ts";
import type { Terminal } from "./terminal/terminal.ts";
import type { VerdictPipe } from "./verdict_pipe.ts";
import { KEY_DESCRIPTOR, openVerdictPipe, VERDICT_DESCRIPTOR } from "./verdict_pipe.ts";
import { projectFlags } from "../peer/project_flags.ts";

/** A signal that follows another within this time is the same keypress: `deno task` passes on what the terminal has sent already. */
const SAME_KEYPRESS_MS = 400;
/** How long a child that is to end at once may take to remove what it made. */
const LAST_WORDS_MS = 3_000;

/** Ctrl-C, Ctrl-\, a closed terminal, and what supervisors send. */
const ENDING = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"] as const;

/** How a command ended in a child. `isVerdict`: whether the child sent the code. */
export type ChildEnd = Readonly<{ code: number; isVerdict: boolean }>;

/** Runs a command line in a child with the same flags, permissions and streams; `undefined` where no child can be had. */
export async function runInChild(
  command: string,
  args: readonly string[],
  terminal: Terminal,
  modules: readonly string[] = [],
  own?: readonly string[],
): Promise<ChildEnd | undefined> {
  await using pipe = await openVerdictPipe();
  const flags = pipe && flagsOf(pipe.words, own ?? args);
  if (pipe === undefined || flags === undefined) return undefined;
  using project = prepareProjectChild(flags, modules);
  const child = startChild(project.flags, args, pipe, own === undefined ? "inherit" : "null");
  using signals = passSignals(child);
  const status = await child.status;
  const { exitCode, made } = await pipe.read();
  const { isInterrupted } = signals;
  // Peers and agents end with their input; one that is blocked does not.
  if (exitCode === undefined || isInterrupted) killGroup(child.pid, "SIGKILL");
  if (exitCode === undefined) removeMade(made);
  const { code, problem } = settle(exitCode, status, isInterrupted);
  if (problem !== undefined) {
    terminal.err(`sockbench: cannot judge: ${command} ${problem}\n`);
  }
  return { code, isVerdict: exitCode !== undefined };
}

/** What stands between program and script: `run --allow-net …`; `undefined` in a compiled program. */
function flagsOf(words: readonly string[], args: readonly string[]): string[] | undefined {
  const script = words.length - args.length - 1;
  const isOurs = script >= 1 && args.every((arg, index) => words[script + 1 + index] === arg);
  return isOurs ? words.slice(1, script) : undefined;
}

function startChild(
  flags: readonly string[],
  args: readonly string[],
  { path, key }: VerdictPipe,
  stdout: "inherit" | "null",
): Deno.ChildProcess {
  const readsInput = args.some((arg) => arg === "-" || arg.endsWith("=-"));
  return new Deno.Command("/bin/sh", {
    args: [
      "-c",
      // The key stands in the shell's arguments, which are gone once it has become Deno.
      `exec "$@" ${VERDICT_DESCRIPTOR}>"$0" ${KEY_DESCRIPTOR}<<END\n${key}\nEND\n`,
      path,
      Deno.execPath(),
      ...flags,
      mainUrl("child").href,
      readsInput ? "reads-input" : "watches-input",
      ...args,
    ],
    // A pipe that nothing is written to: where it ends, the parent is gone.
    stdin: readsInput ? "inherit" : "piped",
    stdout,
    stderr: "inherit",
    // Its own group: signals reach it through its parent, and what it started can be ended with it.
    detached: true,
  }).spawn();
}

interface PassedSignals extends Disposable {
  readonly isInterrupted: boolean;
}

/** The first signal lets the child finish, the second ends it at once, a third without waiting. */
function passSignals(child: Deno.ChildProcess): PassedSignals {
  let presses = 0;
  let pressedMs = -Infinity;
  let lastWords: ReturnType<typeof setTimeout> | undefined;
  const end = (signal: Deno.Signal) => {
    const now = performance.now();
    // A terminal that is closed sends SIGHUP, also after Ctrl-C: no reason to give up what is being written.
    if (presses > 0 && (signal === "SIGHUP" || now - pressedMs < SAME_KEYPRESS_MS)) return;
    pressedMs = now;
    presses++;
    if (presses === 1) return kill(child, "SIGINT");
    if (presses > 2) return killGroup(child.pid, "SIGKILL");
    kill(child, "SIGQUIT");
    lastWords = setTimeout(() => killGroup(child.pid, "SIGKILL"), LAST_WORDS_MS);
  };
  const listeners: readonly (readonly [Deno.Signal, () => void])[] = [
    ...ENDING.map((signal) => [signal, () => end(signal)] as const),
    ["SIGTSTP", () => {
      killGroup(child.pid, "SIGSTOP");
      Deno.kill(Deno.pid, "SIGSTOP");
    }],
    ["SIGCONT", () => killGroup(child.pid, "SIGCONT")],
  ];
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return {
    get isInterrupted() {
      return presses > 0;
    },
    [Symbol.dispose]() {
      clearTimeout(lastWords);
      for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It is gone already.
  }
}

/** Signals a child and all that it started. */
function killGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch {
    // All of them are gone already.
  }
}

/** Private directories for socket files, by the name that they all have: what else a message may name is nobody's to remove. */
function removeMade(paths: readonly string[]): void {
  for (const path of paths.filter((path) => /\/sb-[^/]+$/.test(path))) removeDirectory(path);
}

/** The exit code of a child's end: only a verdict gives 0 or 1, and 0 only with an end in good order. */
export function settle(
  sent: number | undefined,
  status: Pick<Deno.CommandStatus, "code" | "signal">,
  isInterrupted: boolean,
): { readonly code: number; readonly problem?: string } {
  const how = status.signal === null ? `exit code ${status.code}` : `signal ${status.signal}`;
  if (sent === EXIT.ok && (status.code !== 0 || status.signal !== null)) {
    return {
      code: EXIT.cannotJudge,
      problem: `had come to an end when its process failed (${how})`,
    };
  }
  // What a job that is to end says it cannot do is the interruption: a probe, a git, a peer that the same signal has reached.
  if (isInterrupted && sent === EXIT.cannotJudge) return { code: EXIT.interrupted };
  if (sent !== undefined) return { code: sent };
  if (isInterrupted) return { code: EXIT.interrupted };
  // It has said so itself.
  if (status.code === EXIT.bug && status.signal === null) return { code: EXIT.bug };
  const cause = status.signal === null ? "something ended its process, as Deno.exit() does" : "";
  return {
    code: EXIT.cannotJudge,
    problem: `ended without a verdict (${how})${cause && `: ${cause}`}`,
  };
}

/** Flags that say which configuration, map, lock file and packages are meant; a value of its own may follow the first four. */
const WITH_VALUE = ["--config", "-c", "--import-map", "--lock"];
const REPLACED = [...WITH_VALUE, "--no-config", "--no-lock", "--frozen", "--node-modules-dir"];

/** Flags, and the directory with the import map that they name. */
export interface ProjectChild extends Disposable {
  /** What stands between the program and the script, as in `run --allow-net`. */
  readonly flags: readonly string[];
}

/** Prepares a child's start; throws UsageError when a project's configuration cannot be read. */
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
