// The Terminal: what commands print to, and what is known about it without any permission.

import { disarm } from "../../text/disarm.ts";
import type { WorkflowCommand } from "../../text/workflow_command.ts";
import type { TerminalLook } from "../../text/terminal_line.ts";
import { toAscii } from "../../text/to_ascii.ts";
import { systemMessage, UsageError } from "../failure.ts";

/** A Terminal takes text for both outputs; nothing in it drives a terminal or a CI job, whatever a name holds. */
export interface Terminal {
  /** Writes disarmed text. Throws {@linkcode ClosedOutputError} when nobody reads it, {@linkcode UsageError} on a full disk. */
  out(text: string): void;
  /** Writes to standard error, disarmed; what cannot be written is dropped: progress is no reason to lose a run. */
  err(text: string): void;
  /** Writes to standard error, which is a terminal: escape codes as they are, then a text, disarmed, then escape codes again. */
  draw(before: string, text: string, after: string): void;
  /** Writes the commands, a line each; GitHub acts on them in both streams. Throws as {@linkcode Terminal.out} does. */
  annotate(commands: readonly WorkflowCommand[], where: "out" | "err"): void;
  /** Takes the path of a directory that is to be removed if this process cannot; absent where nobody would. */
  readonly made?: (path: string) => void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Width of the terminal in columns; 80 where there is none. */
  columns(): number;
  /** Height of the terminal in rows; 24 where there is none. */
  rows(): number;
  /** Whether standard error may be coloured: it is a terminal and NO_COLOR is not set. */
  readonly colour: boolean;
  /** Whether standard output may be coloured: it is a terminal and NO_COLOR is not set. */
  readonly outColour: boolean;
  /** Whether the terminal shows more than ASCII; files and pipes always take it. */
  readonly unicode: boolean;
}

/** Thrown when standard output was closed by its reader, as `| head -1` does; the command ends quietly. */
export class ClosedOutputError extends Error {
  override readonly name = "ClosedOutputError";
}

/** The process's own standard output and standard error. */
export function systemTerminal(): Terminal {
  const encoder = new TextEncoder();
  let errIsOpen = true;
  const outIsTerminal = Deno.stdout.isTerminal();
  const errIsTerminal = Deno.stderr.isTerminal();
  const unicode = !(outIsTerminal || errIsTerminal) || localeShowsUnicode(readGranted);
  const encode = (text: string, isTerminal: boolean) =>
    encoder.encode(isTerminal && !unicode ? toAscii(text) : text);
  const writeOut = (text: string) => {
    try {
      writeAll(Deno.stdout, encode(text, outIsTerminal));
    } catch (error) {
      if (isClosed(error, outIsTerminal)) throw new ClosedOutputError("standard output is closed");
      throw new UsageError(`cannot write to standard output: ${systemMessage(error)}`);
    }
  };
  const writeErr = (text: string) => {
    if (!errIsOpen) return;
    try {
      writeAll(Deno.stderr, encode(text, errIsTerminal));
    } catch {
      errIsOpen = false;
    }
  };
  return {
    out: (text) => writeOut(disarm(text, outIsTerminal)),
    err: (text) => writeErr(disarm(text, errIsTerminal)),
    draw: (before, text, after) => writeErr(before + disarm(text, errIsTerminal) + after),
    annotate: (commands, where) =>
      (where === "out" ? writeOut : writeErr)(commands.map(({ line }) => `${line}\n`).join("")),
    outIsTerminal,
    errIsTerminal,
    columns: () => consoleSize().columns,
    rows: () => consoleSize().rows,
    // Deno.noColor is NO_COLOR as read at the start; unlike Deno.env it needs no permission.
    colour: errIsTerminal && !Deno.noColor,
    outColour: outIsTerminal && !Deno.noColor,
    unicode,
  };
}

function writeAll(file: { writeSync(data: Uint8Array): number }, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}

/** EIO is what a terminal that was closed answers; of a file it says that the disk is broken. */
function isClosed(error: unknown, isTerminal: boolean): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.BadResource ||
    (isTerminal && (error as { code?: string }).code === "EIO");
}

function consoleSize(): { readonly columns: number; readonly rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 };
  }
}

/** A variable of the environment, where reading it was granted: nothing prompts. */
function readGranted(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

/** Longer bars show no more, and longer lines are hard to follow. */
const MAX_COLUMNS = 100;

/** What standard output can show: a report that is piped or kept is 80 columns wide. */
export function lookOf(terminal: Terminal): TerminalLook {
  const { outIsTerminal, outColour: color, unicode } = terminal;
  return {
    columns: outIsTerminal ? Math.min(terminal.columns(), MAX_COLUMNS) : 80,
    color,
    unicode,
  };
}

/** Wraps text in the escape codes that print it dim, bold, red or yellow, where colour is allowed. */
export function paint(
  terminal: Pick<Terminal, "colour">,
  style: "bold" | "dim" | "red" | "yellow",
  text: string,
): string {
  if (!terminal.colour) return text;
  const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], yellow: [33, 39] } as const;
  const [start, end] = codes[style];
  return `\x1b[${start}m${text}\x1b[${end}m`;
}

/** Whether LC_ALL, LC_CTYPE or LANG, the first not empty (POSIX.1-2017, section 8.2), names UTF-8; true where none says. */
export function localeShowsUnicode(read: (variable: string) => string | undefined): boolean {
  const locale = read("LC_ALL") || read("LC_CTYPE") || read("LANG") || "";
  return locale === "" || /utf-?8/i.test(locale);
}
