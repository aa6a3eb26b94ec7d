// The pipe of the child's exit code: a `cat` keeps it open, the child writes below /proc; it tells the parent's flags first, as Deno does not.

import { EXIT } from "./failure.ts";

/** The child's descriptor of the pipe. */
export const VERDICT_DESCRIPTOR = 3;
/** Where the child reads, once and before any module of a user, the key that its messages begin with. */
export const KEY_DESCRIPTOR = 4;

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
  /** What every message begins with: whoever else finds the pipe does not know it. */
  readonly key: string;
  /** Reads what the child has sent, once it is gone. */
  read(): Promise<Sent>;
}

/** What a child has sent. `exitCode`: absent where there is none; `made`: directories of its own. */
export type Sent = Readonly<{ exitCode?: number; made: readonly string[] }>;

type Message = { readonly exitCode: number } | { readonly made: string };

/** Opens the pipe; `undefined` where it cannot be had: without --allow-run, without /proc, without a shell. */
export async function openVerdictPipe(): Promise<VerdictPipe | undefined> {
  const { state, partial } = Deno.permissions.querySync({ name: "run" });
  if (Deno.build.os !== "linux" || state !== "granted" || partial) return undefined;
  const mark = crypto.randomUUID();
  const key = crypto.randomUUID();
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
    key,
    async read() {
      await writer.write(new TextEncoder().encode(`\n${END}\n`)).catch(() => {});
      return parseLines(await readTo(reader, `\n${END}\n`) ?? "", key);
    },
    [Symbol.asyncDispose]: close,
  };
}

/** What comes before a mark; `undefined` where the stream ends, or is too long, without it. */
async function readTo(reader: ReadableStreamDefaultReader<string>, mark: string) {
  let text = "";
  while (!text.endsWith(mark)) {
    const { value, done } = await reader.read();
    if (done || text.length > MAX_BYTES) return undefined;
    text += value;
  }
  return text.slice(0, -mark.length);
}

function parseLines(text: string, key: string): Sent {
  const made: string[] = [];
  let exitCode: number | undefined;
  for (const line of text.split("\n")) {
    if (!line.startsWith(key)) continue;
    const message = parseLine(line.slice(key.length));
    if (message === undefined) continue;
    if ("made" in message) made.push(message.made);
    else exitCode = message.exitCode;
  }
  return { made, ...(exitCode !== undefined && { exitCode }) };
}

/** `undefined` for what is no message. */
function parseLine(line: string): Message | undefined {
  try {
    const { exitCode, made } = JSON.parse(line);
    if (typeof made === "string") return { made };
    return Object.values(EXIT).includes(exitCode) ? { exitCode } : undefined;
  } catch {
    return undefined;
  }
}

export interface ParentLink {
  /** Resolves when the message is in the pipe. */
  send(message: Message): Promise<void>;
}

export async function openParentLink(): Promise<ParentLink> {
  const { Socket } = await import("node:net");
  let key = "";
  try {
    for await (const chunk of new Socket({ fd: KEY_DESCRIPTOR, readable: true, writable: false })) {
      key += chunk;
    }
  } catch {
    // A bash before 5.1 keeps it in a file, which Deno opens only where it may do everything.
    const args = ["-c", `cat <&${KEY_DESCRIPTOR}`];
    const { stdout } = await new Deno.Command("/bin/sh", { args, stdin: "null" }).output();
    key = new TextDecoder().decode(stdout);
  }
  key = key.trim();
  let pipe: InstanceType<typeof Socket>;
  try {
    pipe = new Socket({ fd: VERDICT_DESCRIPTOR, readable: false, writable: true });
  } catch {
    return { send: (message) => sendByShell(`${key}${JSON.stringify(message)}\n`) };
  }
  // Nothing waits for it to close.
  pipe.unref();
  // A broken pipe is told to whoever sends.
  pipe.on("error", () => {});
  return {
    send: (message) =>
      new Promise<void>((resolve, reject) => {
        pipe.write(`${key}${JSON.stringify(message)}\n`, (error) =>
          error ? reject(error) : resolve());
      }),
  };
}

/** Writes to the pipe where the runtime opens no socket by its descriptor: Deno before 2.7. */
async function sendByShell(line: string): Promise<void> {
  const args = ["-c", `cat >&${VERDICT_DESCRIPTOR}`];
  const child = new Deno.Command("/bin/sh", { args, stdin: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(line));
  await writer.close();
  if (!(await child.status).success) throw new Error("the pipe cannot be written to");
}
