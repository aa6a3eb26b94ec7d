/**
 * Runs the command line as a user does: a process, its exit code, its output.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { plainTerminal } from "../../docs/tools/sessions.ts";
import { main } from "../../src/cli/main.ts";

/** The entry of the command line. */
export const MAIN: string = new URL("../../src/cli/main.ts", import.meta.url).pathname;

/** The permissions that deno.json's task `sockbench` gives, but --allow-ffi, which tests add where they want it. */
export const PERMISSIONS: readonly string[] = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-sys",
  "--allow-env=NO_PROXY,no_proxy,TMPDIR,SOCKBENCH_DEBUG,LC_ALL,LC_CTYPE,LANG,GITHUB_STEP_SUMMARY,GITHUB_ACTIONS",
];

/** A process that waits for what never comes is killed after this time, and its test fails. */
const HUNG_MS = 60_000;

/** What a CI job sets is not for the commands that its tests start. */
const NOT_OF_CI = { GITHUB_STEP_SUMMARY: "", GITHUB_ACTIONS: "" };

/** Arguments of the smallest run: one case, one round, no second process. */
export const TINY_RUN: readonly string[] = [
  "run",
  "--profile=quick",
  "--rounds=1",
  "--case=round-trip/tcp/bytes=64",
  "--peer=loop",
];

/** How to start it. */
export interface StartOptions {
  /** Permission flags. */
  readonly permissions?: readonly string[];
  /** Environment beside the inherited one. */
  readonly env?: Record<string, string>;
  /** Working directory. */
  readonly cwd?: string;
  /** Text on standard input. */
  readonly input?: string;
  /** A command, with its first arguments, that starts it: as in `["unshare", "-n"]`; absent: it is started directly. */
  readonly via?: readonly string[];
}

/** How it ended. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command that starts it, output piped. */
export function command(args: readonly string[], options: StartOptions = {}): Deno.Command {
  const { permissions = PERMISSIONS, env, cwd, input, via = [] } = options;
  const deno = ["run", "--quiet", "--no-prompt", ...permissions, MAIN, ...args];
  const [program, ...rest] = [...via, Deno.execPath(), ...deno];
  return new Deno.Command(program!, {
    args: rest,
    env: { ...NOT_OF_CI, ...env },
    ...(cwd !== undefined && { cwd }),
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs it to its end. */
export async function sockbench(
  args: readonly string[],
  options: StartOptions = {},
): Promise<Outcome> {
  const child = command(args, options).spawn();
  if (options.input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.input));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

/**
 * Runs a command line in this process, which is ten times as fast: for what ends before anything is measured, of which some is run as a
 * user does, too.
 */
export async function sockbenchHere(
  args: readonly string[],
  cwd: string = Deno.cwd(),
): Promise<Outcome> {
  const printed = { out: "", err: "" };
  const before = Deno.cwd();
  const set = Object.keys(NOT_OF_CI).map((name) => [name, Deno.env.get(name)] as const);
  Deno.chdir(cwd);
  try {
    for (const [name] of set) Deno.env.delete(name);
    const terminal = plainTerminal(
      (text) => void (printed.out += text),
      (text) => void (printed.err += text),
    );
    const code = await main(args, terminal);
    return { code, ...printed };
  } finally {
    Deno.chdir(before);
    for (const [name, value] of set) if (value !== undefined) Deno.env.set(name, value);
  }
}

/** Runs command lines one after another in one process of their own. */
const ONE_AFTER_ANOTHER = new URL("../support/one_after_another.ts", import.meta.url).pathname;

/**
 * Runs command lines one after another in one process, whose start takes ten times as long as most of them: for what ends before anything
 * is measured, under the permissions, and on the standard streams, of a process of its own.
 *
 * @param options as for one; of `input` and `via` there is nothing
 */
export async function sockbenchEach(
  lines: readonly (readonly string[])[],
  { permissions = PERMISSIONS, env, cwd }: StartOptions = {},
): Promise<Outcome[]> {
  const mark = `${crypto.randomUUID()} `;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", ...permissions, ONE_AFTER_ANOTHER],
      ...[mark, JSON.stringify(lines)],
    ],
    env: { ...NOT_OF_CI, ...env },
    ...(cwd !== undefined && { cwd }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), HUNG_MS);
  const { stdout, stderr } = await child.output();
  clearTimeout(timer);
  const [out, err] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes).split(new RegExp(`${mark}(\\d+)\n`))
  ) as [string[], string[]];
  assertEquals(out.length, 2 * lines.length + 1, err.join(""));
  return lines.map((_, at) => ({
    code: Number(out[2 * at + 1]),
    out: out[2 * at]!,
    err: err[2 * at]!,
  }));
}

/** Asserts that a command line is refused: the exit code, nothing on standard output, one sentence that matches. */
export function assertRefused(outcome: Outcome, sentence: RegExp, code = 2): void {
  assertMatch(outcome.err, sentence);
  assertMatch(outcome.err, /^sockbench: [^\n]+\n$/);
  assertEquals({ code: outcome.code, out: outcome.out }, { code, out: "" });
}

/** A temporary directory that is gone when its scope ends. */
export async function temporaryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "sockbench-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Names of what is in a directory, sorted. */
export function names(path: string): string[] {
  return [...Deno.readDirSync(path)].map((entry) => entry.name).sort();
}
