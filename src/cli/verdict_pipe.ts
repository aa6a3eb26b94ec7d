/**
 * The pipe over which the child of `run`, `gate` and `ab` sends its exit code to its parent.
 *
 * Deno hands three streams to a child, and all three are the user's. So a `cat` keeps a pipe open whose writing end the child opens
 * below /proc. The same process first prints how the parent was started: Deno tells a program its arguments, not its flags.
 *
 * @module
 */

import { EXIT } from "./exit.ts";

/** The child's descriptor of the pipe. */
export const VERDICT_DESCRIPTOR = 3;

/** More than any command line and verdict. */
const MAX_BYTES = 4 * 2 ** 20;

/** What the parent writes behind the child's message, once the child is gone: nothing before it is missing then. */
const END = "end";

/** A VerdictPipe is the parent's end. */
export interface VerdictPipe extends AsyncDisposable {
  /** The words that started this process, its program first. */
  readonly words: readonly string[];
  /** What the child's shell opens for writing. */
  readonly path: string;
  /** Reads what the child has sent, once it is gone: an exit code; `undefined` where it has sent none. */
  readVerdict(): Promise<number | undefined>;
}

/** Opens the pipe; `undefined` where it cannot be had: without --allow-run, without /proc, without a shell. */
export async function openVerdictPipe(): Promise<VerdictPipe | undefined> {
  const { state, partial } = Deno.permissions.querySync({ name: "run" });
  if (Deno.build.os !== "linux" || state !== "granted" || partial) return undefined;
  const mark = crypto.randomUUID();
  let keeper: Deno.ChildProcess;
  try {
    keeper = new Deno.Command("/bin/sh", {
      args: ["-c", 'cat "/proc/$PPID/cmdline" && printf %s "$0" && exec cat', mark],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      // Out of reach of Ctrl-C, which a terminal sends to the whole group.
      detached: true,
    }).spawn();
  } catch {
    return undefined;
  }
  const reader = keeper.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const writer = keeper.stdin.getWriter();
  const close = async () => {
    await writer.close().catch(() => {});
    await reader.cancel().catch(() => {});
    await keeper.status;
  };
  const started = await readTo(reader, mark);
  if (started === undefined) {
    await close();
    return undefined;
  }
  return {
    words: started.replace(/\0$/, "").split("\0"),
    path: `/proc/${keeper.pid}/fd/1`,
    async readVerdict() {
      await writer.write(new TextEncoder().encode(`\n${END}\n`)).catch(() => {});
      return parseVerdict(await readTo(reader, `\n${END}\n`));
    },
    [Symbol.asyncDispose]: close,
  };
}

/** What comes before a mark; `undefined` where the stream ends, or is too long, without it. */
async function readTo(
  reader: ReadableStreamDefaultReader<string>,
  mark: string,
): Promise<string | undefined> {
  let text = "";
  while (!text.endsWith(mark)) {
    const { value, done } = await reader.read();
    if (done || text.length > MAX_BYTES) return undefined;
    text += value;
  }
  return text.slice(0, -mark.length);
}

function formatVerdict(code: number): string {
  return JSON.stringify({ exitCode: code });
}

/** The last line that is a verdict: a module of a user may have found the descriptor too. */
function parseVerdict(text: string | undefined): number | undefined {
  const codes = Object.values(EXIT);
  return codes.find((code) => text?.trimEnd().split("\n").at(-1) === formatVerdict(code));
}

/**
 * Sends the child's exit code.
 *
 * @throws {Error} when there is no pipe
 */
export async function sendVerdict(code: number): Promise<void> {
  const { Socket } = await import("node:net");
  const pipe = new Socket({ fd: VERDICT_DESCRIPTOR, readable: false, writable: true });
  await new Promise<void>((resolve, reject) => {
    pipe.once("error", reject);
    pipe.write(`${formatVerdict(code)}\n`, (error) => error ? reject(error) : resolve());
  });
}
