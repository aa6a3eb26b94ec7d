// Main module of the `process` peer: requests come as lines of JSON on standard input, answers go as lines to standard output. It ends
// with its standard input, so that it never outlives the driver.

import { systemClock } from "../clock.ts";
import { processCpuNs } from "./cpu_time.ts";
import { decodeLines } from "./lines.ts";
import { loadCatalog } from "./load_catalog.ts";
import { createResponder, type PeerAnswer, type PeerRequest } from "./message.ts";

// Standard output belongs to the protocol; what a user's module prints goes to standard error.
// deno-lint-ignore no-console
console.log = console.info = console.debug = console.error;

// Ctrl-C reaches the whole process group; the driver decides what it means and then closes standard input.
Deno.addSignalListener("SIGINT", () => {});

const encoder = new TextEncoder();

async function answer(message: PeerAnswer): Promise<void> {
  const bytes = encoder.encode(JSON.stringify(message) + "\n");
  for (let sent = 0; sent < bytes.length;) sent += await Deno.stdout.write(bytes.subarray(sent));
}

try {
  const respond = createResponder(await loadCatalog(Deno.args), systemClock, processCpuNs);
  await answer({ answer: "ready" });
  for await (const line of decodeLines(Deno.stdin.readable)) {
    await answer(await respond(JSON.parse(line) as PeerRequest));
  }
} catch (error) {
  await answer({ answer: "failed", message: (error as Error).message });
}
Deno.exit(0);
