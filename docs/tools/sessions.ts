// Sessions: blocks of ```console whose commands only read what is committed, so that they can be run again and compared byte for byte.

import { main } from "../../src/cli/main.ts";
import type { Terminal } from "../../src/cli/terminal/terminal.ts";
import { ROOT } from "./pages.ts";

const PROMPT = "$ deno task sockbench ";
const BLOCK = /^```console\n([\s\S]*?)^```$/gm;

/** How a session shows with which code the command before ended. */
const ASKS_CODE = "$ echo $?";
const MEASURED = /^```console measured\n([\s\S]*?)^```$/gm;

/** One command of a session that measures. */
export interface MeasuredCommand {
  readonly args: readonly string[];
  /** What is pasted below it. */
  readonly lines: readonly string[];
  /** How it ends, from a `$ echo $?` after it. */
  readonly code: number;
}

/** Sessions that measure, each with its commands in order: no two print the same figures. */
export function measuredSessions(text: string): MeasuredCommand[][] {
  return [...text.matchAll(MEASURED)].map(([, body]) => {
    const commands: { args: string[]; lines: string[]; code: number }[] = [];
    const lines = body!.split("\n").slice(0, -1);
    for (const [at, line] of lines.entries()) {
      const last = commands.at(-1);
      if (line.startsWith(PROMPT)) {
        commands.push({ args: words(line.slice(PROMPT.length)), lines: [], code: 0 });
      } else if (last === undefined || (line.startsWith("$ ") && line !== ASKS_CODE)) {
        throw new Error(`a session must begin with "${PROMPT}": ${line}`);
      } else if (lines[at - 1] === ASKS_CODE) {
        last.code = Number(line);
      } else if (line !== ASKS_CODE) {
        last.lines.push(line);
      }
    }
    return commands;
  });
}

/** The module that a page tells to put into `bench.ts`: its first example with a default export. */
export function moduleOf(text: string): string | undefined {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!)
    .find((code) => code.includes("export default"));
}

/** Whether a text is what a session pasted, whatever its figures; a line `…` stands for any lines. */
export function matchesSession(lines: readonly string[], printed: string): boolean {
  const masked = (line: string) => line.replace(/\d[\d.,]*/g, "#").replace(/\s+/g, " ").trim();
  const pattern = lines.map((line) =>
    line === "…" ? "(?:.*\n)*?" : `${masked(line).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\n`
  ).join("");
  return new RegExp(`^${pattern}$`).test(
    printed.split("\n").slice(0, -1).map((line) => `${masked(line)}\n`).join(""),
  );
}

/** The page with every session made again. */
export async function replaySessions(text: string): Promise<string> {
  const made: string[] = [];
  // One after another: each runs in the repository's folder.
  for (const [, body] of text.matchAll(BLOCK)) made.push(await replay(body!));
  return text.replace(BLOCK, () => `\`\`\`console\n${made.shift()}\`\`\``);
}

/** How many sessions a page has. */
export function countSessions(text: string): number {
  return [...text.matchAll(BLOCK)].length;
}

async function replay(body: string): Promise<string> {
  const commands = body.split("\n").filter((line) => line.startsWith("$ "));
  const parts: string[] = [];
  for (const line of commands) parts.push(`${line}\n${await answer(line)}`);
  return parts.join("\n");
}

/** What a command line prints, cut as its filters say. */
async function answer(line: string): Promise<string> {
  if (!line.startsWith(PROMPT)) throw new Error(`a session must begin with "${PROMPT}": ${line}`);
  const [command, ...filters] = line.slice(PROMPT.length).split(" | ");
  const printed = await sockbench(words(command!));
  return filters.reduce((text, filter) => applyFilter(text, words(filter)), printed);
}

/** The words of a command line: at blanks, but for those in single quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}

function applyFilter(text: string, [name, ...args]: readonly string[]): string {
  const lines = text.split("\n").slice(0, -1);
  const count = Number(args[1]);
  const kept = name === "head" && args[0] === "-n"
    ? lines.slice(0, count)
    : name === "tail" && args[0] === "-n"
    ? lines.slice(-count)
    : name === "grep" && args.length === 1
    ? lines.filter((line) => line.includes(args[0]!))
    : name === "sed" && args[0] === "-n"
    ? between(lines, args[1]!)
    : undefined;
  if (kept === undefined) {
    throw new Error(`a session may use head -n, tail -n, grep and sed -n '/from/,/to/p': ${name}`);
  }
  return kept.map((line) => `${line}\n`).join("");
}

/** Lines from the first that matches one pattern to the next that matches another, as `sed -n '/from/,/to/p'` has them once. */
function between(lines: readonly string[], script: string): string[] {
  const [, from, to] = /^\/(.*)\/,\/(.*)\/p$/.exec(script) ?? [];
  const start = lines.findIndex((line) => new RegExp(from!).test(line));
  const length = lines.slice(start + 1).findIndex((line) => new RegExp(to!).test(line));
  return start === -1 ? [] : lines.slice(start, length === -1 ? undefined : start + length + 2);
}

/** A terminal of 80 columns without colours, which hands on what is printed. */
export function plainTerminal(
  out: (text: string) => void,
  err: (text: string) => void = () => {},
): Terminal {
  return {
    out,
    err,
    draw: () => {},
    annotate: () => {},
    outIsTerminal: false,
    errIsTerminal: false,
    columns: () => 80,
    rows: () => 24,
    colour: false,
    outColour: false,
    unicode: true,
  };
}

/** Runs one command in this process, from the repository, in 80 columns without colours; it must end with 0. */
export async function sockbench(args: readonly string[]): Promise<string> {
  const cwd = Deno.cwd();
  let out = "";
  const terminal = plainTerminal((text) => out += text);
  Deno.chdir(ROOT);
  try {
    const code = await main(args, terminal);
    if (code !== 0) throw new Error(`sockbench ${args.join(" ")} ended with ${code}`);
  } finally {
    Deno.chdir(cwd);
  }
  return out;
}
