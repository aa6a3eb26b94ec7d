// Main module of a tracer: lines of JSON in and out. It blocks, as ptrace(2) answers to one thread alone, and ends with its input.

import { openKernel } from "../kernel/libc.ts";
import { traceSystemCalls } from "../kernel/trace_system_calls.ts";
import type { TracerAnswer, TracerRequest } from "./tracer.ts";

const POLLIN = 1;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

function answer(message: TracerAnswer): void {
  const bytes = encoder.encode(JSON.stringify(message) + "\n");
  for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
}

function* readRequests(): Generator<TracerRequest> {
  const chunk = new Uint8Array(4096);
  let rest = "";
  for (let count; (count = Deno.stdin.readSync(chunk)) !== null;) {
    const lines = (rest + decoder.decode(chunk.subarray(0, count), { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as TracerRequest;
  }
}

function trace(tid: number): void {
  const { poll } = libc.symbols;
  // struct pollfd of standard input.
  const stdin = Int32Array.of(0, POLLIN);
  answer({
    answer: "traced",
    result: traceSystemCalls(tid, {
      onAttached: () => answer({ answer: "attached" }),
      // Any request gives up, as does the end of standard input.
      shouldStop: () => poll(stdin, 1n, 0) !== 0,
    }),
  });
}

// Ctrl-C reaches the whole process group; the driver decides what it means and then closes standard input.
Deno.addSignalListener("SIGINT", () => {});

const kernel = openKernel();
if (!kernel.available) {
  answer({ answer: "unavailable", reason: kernel.reason });
  Deno.exit(0);
}
const { libc } = kernel;
answer({ answer: "ready" });
for (const request of readRequests()) {
  if (request.request === "trace") trace(request.tid);
}
Deno.exit(0);
