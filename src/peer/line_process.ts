// A child process that speaks JSON, a line each, over its standard input and output: the carrier of process peers and of agents.

import { readLimits } from "../kernel/limits.ts";
import { formatShortage, shortageOf } from "../kernel/shortage.ts";
import { findJsonFault } from "../text/json_fault.ts";
import { decodeLines, EndlessLineError } from "./lines.ts";
import { PeerError } from "./peer_link.ts";

/** V8's young generation at full size from the start: else a run's first rounds meet another collector than its last. */
export const YOUNG_GENERATION_FLAG = "--v8-flags=--min-semi-space-size=16,--max-semi-space-size=16";

/** The first arguments of a Deno that runs a main module; `v8Flags` join {@linkcode YOUNG_GENERATION_FLAG}, as older releases take one. */
export function denoRun(...v8Flags: readonly string[]): string[] {
  return ["run", "--quiet", "--no-prompt", [YOUNG_GENERATION_FLAG, ...v8Flags].join(",")];
}

export interface LineProcessOptions {
  readonly program: string;
  /** Of the program. */
  readonly args: readonly string[];
  /** Working directory; absent: the driver's. */
  readonly cwd?: string;
  /** Takes each line that came out, parsed. */
  onMessage(message: unknown): void;
  /** Takes the news that the process is gone or violates the protocol, as in "died (SIGKILL)". May come more than once. */
  onFailure(reason: string): void;
}

export interface LineProcess {
  readonly pid: number;
  /** Hands a message over as one line. A dead process takes it without a word: `onFailure` tells. */
  send(message: unknown): Promise<void>;
  /** Kills the process, if it still runs, and waits until it is gone. */
  end(): Promise<void>;
}

/** Starts a child process. Throws PeerError when the system refuses to start it. */
export function startLineProcess(options: LineProcessOptions): LineProcess {
  const child = spawn(options);
  const stdin = child.stdin.getWriter();
  const encoder = new TextEncoder();
  const reading = readMessages(child.stdout, options);
  child.status.then(({ code, signal }) => {
    options.onFailure(`died (${signal === null ? `exit code ${code}` : signal})`);
  });
  return {
    pid: child.pid,
    send: (message) => stdin.write(encoder.encode(JSON.stringify(message) + "\n")).catch(() => {}),
    async end() {
      try {
        child.kill("SIGKILL");
      } catch { /* it is gone already */ }
      await Promise.all([child.status, reading]);
      await stdin.close().catch(() => {});
    },
  };
}

function spawn({ program, args, cwd }: LineProcessOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args: [...args],
      ...(cwd !== undefined && { cwd }),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    // A missing permission has an advice of its own, which the caller knows.
    if (error instanceof Deno.errors.NotCapable) throw error;
    // A binary that this user may not run, no more processes, a directory that is gone.
    const shortage = /os error 11\b/.test(String(error)) ? "processes" : shortageOf(error);
    const detail = shortage === undefined
      ? (error as Error).message.replace(/\s+/g, " ")
      : formatShortage(shortage, readLimits());
    throw new PeerError("peer-died", `${program} could not be started: ${detail}`);
  }
}

async function readMessages(
  stdout: ReadableStream<Uint8Array<ArrayBuffer>>,
  { onMessage, onFailure }: LineProcessOptions,
): Promise<void> {
  try {
    for await (const line of decodeLines(stdout)) {
      const message = parse(line);
      if (message === undefined) {
        onFailure(`wrote something that is no answer: ${JSON.stringify(line.slice(0, 80))}`);
        return;
      }
      onMessage(message);
    }
  } catch (error) {
    // Else the pipe broke: the process's status tells why.
    if (error instanceof EndlessLineError) onFailure(`wrote ${error.message}`);
  }
}

function parse(line: string): { answer: string } | undefined {
  if (findJsonFault(line) !== undefined) return undefined;
  try {
    const value = JSON.parse(line);
    return typeof value?.answer === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
