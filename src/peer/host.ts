// What a main module needs of the runtime it is started in, Deno, Node or Bun: the only file at that end that names one.

import process from "node:process";
import { openKernel } from "../kernel/libc.ts";
import { decodeLines } from "./lines.ts";
import type { PeerEnvironment } from "./peer_link.ts";

export function describeHost(): PeerEnvironment {
  const kernel = openKernel();
  return {
    runtime: navigator.userAgent,
    platform: `${process.platform} ${process.arch}`,
    pid: process.pid,
    ...(kernel.available && { tid: kernel.libc.symbols.gettid() }),
  };
}

/** Whether this is Deno: its own streams are there at once, those of `process` take 40 ms to load. */
const IS_DENO = "Deno" in globalThis;

export const hostArgs = (): readonly string[] => IS_DENO ? Deno.args : process.argv.slice(2);

/** Versions of the runtime and its engine by the names of facts, as its binary says of itself. */
export function hostVersions(): Readonly<Record<string, string>> {
  if (IS_DENO) return { ...Deno.version };
  const { bun, node, v8 } = process.versions;
  return bun === undefined ? { node, v8 } : { bun };
}

/** Bytes of heap and external memory that are in use. */
export function hostMemory(): number {
  const { heapUsed, external } = IS_DENO ? Deno.memoryUsage() : process.memoryUsage();
  return heapUsed + external;
}

/** What a main module offers: disposed of when standard input has ended. */
export interface Service<Request, Answer> extends AsyncDisposable {
  /** Written unasked, once requests can be taken. */
  readonly ready: Answer;
  /** Carries out a request; never rejects. */
  respond(request: Request): Promise<Answer>;
}

/**
 * Serves requests that come as lines of JSON on standard input: answers go as lines to standard output, in the order they are
 * ready. Standard output belongs to the protocol from the start: what a user's module prints goes to standard error. Ctrl-C
 * reaches the whole process group; the driver decides what it means, and then closes standard input. Returns never: the process
 * ends with its standard input, so that it does not outlive the driver, or after a failed start.
 */
export async function serveLines<Request, Answer>(
  start: () => Promise<Service<Request, Answer>>,
  failed: (message: string) => Answer,
): Promise<never> {
  // deno-lint-ignore no-console
  console.log = console.info = console.debug = console.error;
  if (IS_DENO) Deno.addSignalListener("SIGINT", () => {});
  else process.on("SIGINT", () => {});
  try {
    await using service = await start();
    await writeLine(service.ready);
    for await (const line of decodeLines(standardInput())) {
      service.respond(JSON.parse(line) as Request).then(writeLine);
    }
  } catch (error) {
    await writeLine(failed((error as Error).message));
  }
  process.exit(0);
}

function standardInput(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return IS_DENO ? Deno.stdin.readable : ReadableStream.from(process.stdin);
}

const encoder = new TextEncoder();
let written: Promise<void> = Promise.resolve();

function writeLine(message: unknown): Promise<void> {
  const bytes = encoder.encode(JSON.stringify(message) + "\n");
  written = written.then(async () => {
    if (!IS_DENO) {
      return await new Promise<void>((done) => process.stdout.write(bytes, () => done()));
    }
    try {
      for (let sent = 0; sent < bytes.length;) {
        sent += await Deno.stdout.write(bytes.subarray(sent));
      }
    } catch {
      // Nobody reads it, or a module has closed it: whoever waits for the answer learns of the end.
      process.exit(1);
    }
  });
  return written;
}
