/**
 * Nagle's algorithm by the way a request is handed over: header and body in two writes wait for an acknowledgement that the receiver
 * delays by 40 ms; in one write they do not. TCP with Nagle off is the baseline; Unix-domain sockets, which have no Nagle, the control.
 *
 * @module
 */

import { tcp } from "../src/transport/tcp.ts";
import { unix } from "../src/transport/unix.ts";
import { answerStream, readRest, writeRest } from "../src/workload/exchange_loop.ts";
import { PATTERNS, requestParts } from "../src/workload/split_request.ts";
import { openStreamPair, options } from "./support/open_pair.ts";

/** A stalled exchange takes 40 ms: ten of them are enough. */
const STALLING = { n: 10, warmup: 2 };

const header = 64;
const body = 256;

const subjects = [
  { name: "tcp, Nagle off", transport: tcp, nagle: "off" },
  { name: "tcp, Nagle on", transport: tcp, nagle: "on" },
  { name: "unix", transport: unix, nagle: "off" },
] as const;

for (const pattern of PATTERNS) {
  const parts = requestParts({ pattern, header, body });
  const requestBytes = parts.reduce((sum, part) => sum + part.length, 0);
  for (const { name, transport, nagle } of subjects) {
    const { near, far } = await openStreamPair(transport, { ...options, nagle });
    const reply = new Uint8Array(header);
    // Ends, in error or not, when the file does.
    answerStream(far, requestBytes, new Uint8Array(header)).catch(() => {});
    Deno.bench({
      name,
      group: `${pattern}, ${parts.map((part) => part.length).join(" + ")} B`,
      baseline: name === "tcp, Nagle off",
      ...(pattern === "write-write-read" && nagle === "on" && STALLING),
      async fn() {
        for (const part of parts) await writeRest(near, part, await near.write(part));
        await readRest(near, reply, 0);
      },
    });
  }
}
