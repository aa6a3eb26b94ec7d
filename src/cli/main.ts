/**
 * The entry of the `sockbench` command. Loads what `--help` needs and nothing else; commands are loaded when called.
 *
 * @module
 */

import { removeDirectory } from "./interrupts.ts";
import { announceFailure, listenForComplaints } from "./announce_failure.ts";
import type { Command, ParsedArguments } from "./parse.ts";
import { commands } from "./commands/registry.ts";
import { DEFAULT_OUT } from "./options.ts";
import { renderCommandHelp, renderOverview } from "./help.ts";
import type { Limits } from "../kernel/limits.ts";
import { formatShortage, shortageOf } from "../kernel/shortage.ts";
import { keepLoopbackFromProxies } from "../transport/direct_client.ts";
import type { Job } from "./job_files.ts";
import { parseArguments, valueOf } from "./parse.ts";
import { oneLine } from "../text/one_line.ts";
import { ClosedOutputError, paint, systemTerminal, type Terminal } from "./terminal/terminal.ts";
import { EXIT, missingPackage, NothingToMeasureError, UsageError } from "./failure.ts";

/** What of an error is shown, in characters. */
const MAX_MESSAGE = 2_000;

/** Where a command with a verdict runs: here, which may be the child already, or in a child. */
export type Place = "here" | "in-child";

/**
 * Runs one command line and says how it ended. Never throws.
 *
 * @param args the arguments after `sockbench`
 * @param terminal what to print to
 * @param place where commands that end in a verdict run
 * @returns the exit code
 */
export async function main(
  args: readonly string[],
  terminal: Terminal,
  place: Place = "here",
): Promise<number> {
  const { terminal: heard, complaint } = listenForComplaints(terminal);
  const code = await run(args, heard, place);
  await announceFailure(code, complaint(), terminal);
  return code;
}

async function run(args: readonly string[], terminal: Terminal, place: Place): Promise<number> {
  try {
    return await dispatch(args, terminal, place);
  } catch (error) {
    // A reader that has seen enough, as in `| head -1`, is no failure.
    if (error instanceof ClosedOutputError) return EXIT.ok;
    return await explain(error, terminal);
  }
}

async function dispatch(args: readonly string[], terminal: Terminal, place: Place) {
  const [name, ...rest] = args;
  if (name === undefined) {
    terminal.err(renderOverview(commands, terminal.columns()));
    return EXIT.usage;
  }
  if (name === "--help" || name === "-h") {
    terminal.out(renderOverview(commands, terminal.columns()));
    return EXIT.ok;
  }
  if (name === "--version" || name === "-V") {
    terminal.out(await renderVersion());
    return EXIT.ok;
  }
  const command = findCommand(name);
  const parsed = parseArguments(command, rest);
  if (parsed.flags.has("help")) {
    terminal.out(renderCommandHelp(command, terminal.columns()));
    return EXIT.ok;
  }
  const paths = parsed.values.get("module") ?? [];
  const needsChild = command.endsInVerdict || paths.length > 0;
  if (needsChild && place === "in-child") {
    const { runInChild } = await import("./parent.ts");
    const startedMs = Date.now();
    const end = await runInChild(name, args, terminal, await modulesOf(command, paths));
    if (end !== undefined) {
      const isLost = command.endsInVerdict && !end.isVerdict;
      if (isLost) await clearLost(name as Job, parsed, startedMs);
      return end.code;
    }
  }
  if (!command.endsInVerdict) return await command.action(parsed, terminal, commands);
  // Agents of ab load the modules, and have no verdict to give.
  if (place === "in-child" && paths.length > 0 && name !== "ab" && mayCallLibraries()) {
    throw new NothingToMeasureError(
      `cannot judge: ${name} with a module and --allow-ffi needs --allow-run, and Linux, to measure in a process of its own: ` +
        "through FFI a module can end this one as a success; add --allow-run, or leave out --allow-ffi",
    );
  }
  const own = place === "in-child" ? { ...terminal, made: refuseOtherEnds() } : terminal;
  try {
    return await command.action(parsed, own, commands);
  } catch (error) {
    // No failure, but no verdict either.
    if (error instanceof ClosedOutputError) return EXIT.cannotJudge;
    throw error;
  }
}

/** Where a libc may lie: of a permission for some paths Deno tells only whether it covers one. */
const LIBRARIES = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "libc.so.6"];

function mayCallLibraries(): boolean {
  const queries = [{}, ...LIBRARIES.map((path) => ({ path }))];
  return queries.some((path) =>
    Deno.permissions.querySync({ name: "ffi", ...path }).state === "granted"
  );
}

async function clearLost(job: Job, args: ParsedArguments, startedMs: number): Promise<void> {
  const { clearLostJob } = await import("./job_files.ts");
  await clearLostJob(job, valueOf(args, "out") ?? DEFAULT_OUT, startedMs);
}

/** Users' modules that the command loads into its own process: the subjects of `ab` have their own. */
async function modulesOf({ name }: Command, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0 || name === "ab") return [];
  return (await import("./measuring.ts")).moduleUrls(paths);
}

/** Without a child no end but {@linkcode finish} is a success: not Deno.exit() in a module, not close(), not a dry event loop. */
function refuseOtherEnds(): (path: string) => void {
  const made: string[] = [];
  Deno.exitCode = EXIT.cannotJudge;
  addEventListener("unload", (event) => {
    // The first listener, so that none of a module sets another code.
    event.stopImmediatePropagation();
    if (finished === undefined) made.forEach(removeDirectory);
    Deno.exitCode = finished ?? EXIT.cannotJudge;
  });
  return (path) => void made.push(path);
}

/** Deno's own: a user's module may put another in its place. */
const exit: (code: number) => never = Deno.exit;

let finished: number | undefined;

function finish(code: number): never {
  finished = code;
  exit(code);
}

function findCommand(name: string): Command {
  const command = commands.find((command) => command.name === name);
  if (command !== undefined) return command;
  throw new UsageError(
    name.startsWith("-") ? `the command comes first, not ${name}` : `there is no command "${name}"`,
    { given: name, candidates: commands.map((command) => command.name) },
  );
}

async function renderVersion(): Promise<string> {
  const { default: config } = await import("../../deno.json", { with: { type: "json" } });
  return `sockbench ${config.version} (deno ${Deno.version.deno}, v8 ${Deno.version.v8})\n`;
}

/** What user errors have in common; told by name, so that no module is loaded to recognise one. */
interface UserError extends Error {
  readonly given?: string;
  readonly candidates?: readonly string[];
}

function isUserError(error: unknown): error is UserError {
  return error instanceof Error &&
    ["UsageError", "SettingsError", "RecordError"].includes(error.name);
}

async function explain(error: unknown, terminal: Terminal): Promise<number> {
  const label = paint(terminal, "red", "sockbench:");
  if (isUserError(error)) {
    terminal.err(`${label} ${oneLine(error.message, MAX_MESSAGE)}${await didYouMean(error)}\n`);
    return EXIT.usage;
  }
  if (error instanceof NothingToMeasureError) {
    terminal.err(`${label} ${oneLine(error.message, MAX_MESSAGE)}\n`);
    return EXIT.cannotJudge;
  }
  const shortage = shortageOf(error);
  if (shortage !== undefined) {
    terminal.err(`${label} nothing can be done: ${formatShortage(shortage, await limits())}\n`);
    return EXIT.cannotJudge;
  }
  const missing = missingPackage(error);
  if (missing !== undefined) {
    terminal.err(`${label} ${oneLine(missing, MAX_MESSAGE)}\n`);
    return EXIT.cannotJudge;
  }
  return explainBug(error, terminal);
}

/** Where descriptors have run out, there may be none to load a module with. */
async function limits(): Promise<Limits> {
  try {
    return (await import("../kernel/limits.ts")).readLimits();
  } catch {
    return {};
  }
}

function explainBug(error: unknown, terminal: Terminal): number {
  const label = paint(terminal, "red", "sockbench:");
  const message = oneLine(
    error instanceof Error ? `${error.name}: ${error.message}` : `${error}`,
    MAX_MESSAGE,
  );
  if (debugging()) terminal.err(`${error instanceof Error ? error.stack : error}\n`);
  terminal.err(
    `${label} unexpected ${message} (a bug; set SOCKBENCH_DEBUG=1 for the stack)\n`,
  );
  return EXIT.bug;
}

async function didYouMean(error: UserError): Promise<string> {
  if (error.given === undefined || error.candidates === undefined) return "";
  const { suggest } = await import("../text/suggest.ts");
  const nearest = suggest(error.given, error.candidates);
  return nearest === undefined ? "" : `; did you mean ${nearest}?`;
}

/** Whether SOCKBENCH_DEBUG is set, without asking for a permission that was not granted. */
function debugging(): boolean {
  const query = { name: "env", variable: "SOCKBENCH_DEBUG" } as const;
  return Deno.permissions.querySync(query).state === "granted" &&
    Boolean(Deno.env.get(query.variable));
}

/** What nobody catches, as in a module's timer, would end the process with 1, which means "slower". */
export function listenForBugs(terminal: Terminal): void {
  const end = (event: Event, error: unknown) => {
    event.preventDefault();
    try {
      explainBug(error, terminal);
    } finally {
      finish(EXIT.bug);
    }
  };
  addEventListener("error", (event) => end(event, event.error));
  addEventListener("unhandledrejection", (event) => end(event, event.reason));
}

export async function start(): Promise<never> {
  keepLoopbackFromProxies();
  const terminal = systemTerminal();
  listenForBugs(terminal);
  finish(await main(Deno.args, terminal, "in-child"));
}

if (import.meta.main) await start();
