/**
 * The Terminal: what commands print to, and what is known about it without any permission.
 *
 * @module
 */

import { systemMessage } from "./system_message.ts";
import { UsageError } from "./usage_error.ts";

/** A Terminal takes text for standard output and standard error. */
export interface Terminal {
  /**
   * Writes to standard output. Throws {@linkcode ClosedOutputError} when nobody reads it any more, and a {@linkcode UsageError}
   * where it leads to a place that takes nothing, such as a full disk.
   */
  out(text: string): void;
  /** Writes to standard error; what cannot be written is dropped: progress is no reason to lose a run. */
  err(text: string): void;
  /** Whether standard output is a terminal. */
  readonly outIsTerminal: boolean;
  /** Whether standard error is a terminal. */
  readonly errIsTerminal: boolean;
  /** Width of the terminal in columns; 80 where there is none. */
  columns(): number;
  /** Whether standard error may be coloured: it is a terminal and NO_COLOR is not set. */
  readonly colour: boolean;
}

/** Thrown when standard output was closed by its reader, as `| head -1` does; the command ends quietly. */
export class ClosedOutputError extends Error {
  /** Always "ClosedOutputError". */
  override readonly name = "ClosedOutputError";
}

/** The process's own standard output and standard error. */
export function systemTerminal(): Terminal {
  const encoder = new TextEncoder();
  let errIsOpen = true;
  const outIsTerminal = Deno.stdout.isTerminal();
  const errIsTerminal = Deno.stderr.isTerminal();
  return {
    out(text) {
      try {
        writeAll(Deno.stdout, encoder.encode(text));
      } catch (error) {
        if (isClosed(error, outIsTerminal)) {
          throw new ClosedOutputError("standard output is closed");
        }
        throw new UsageError(`cannot write to standard output: ${systemMessage(error)}`);
      }
    },
    err(text) {
      if (!errIsOpen) return;
      try {
        writeAll(Deno.stderr, encoder.encode(text));
      } catch {
        errIsOpen = false;
      }
    },
    outIsTerminal,
    errIsTerminal,
    columns: terminalColumns,
    // Deno.noColor is NO_COLOR as read at the start; unlike Deno.env it needs no permission.
    colour: errIsTerminal && !Deno.noColor,
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

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
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
