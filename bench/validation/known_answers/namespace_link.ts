/**
 * A `process` peer in another network namespace: the suite's own, but for the command that starts it.
 *
 * @module
 */

import { decodeLines } from "../../../src/peer/lines.ts";
import { YOUNG_GENERATION_FLAG } from "../../../src/peer/line_process.ts";
import { createMessageLink, type PeerAnswer, whenReady } from "../../../src/peer/message.ts";
import type { PeerLink } from "../../../src/peer/peer_link.ts";

/** Starts a peer process in a namespace and resolves when it is ready. */
export async function openNamespaceLink(namespace: string, module: string): Promise<PeerLink> {
  const flags = ["--quiet", "--no-prompt", "--unstable-net", YOUNG_GENERATION_FLAG, "-A"];
  const main = import.meta.resolve("../../../src/peer/process_main.ts");
  const child = new Deno.Command("ip", {
    args: ["netns", "exec", namespace, Deno.execPath(), "run", ...flags, main, module],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const stdin = child.stdin.getWriter();
  const encoder = new TextEncoder();
  const link = createMessageLink("process", `process ${child.pid} in ${namespace}`, {
    send: (request) => stdin.write(encoder.encode(JSON.stringify(request) + "\n")).catch(() => {}),
    async end() {
      // The peer ends with its standard input; so nothing has to be known of the process behind `ip`.
      await stdin.close().catch(() => {});
      await Promise.all([child.status, reading]);
    },
  });
  const reading = (async () => {
    for await (const line of decodeLines(child.stdout)) link.take(JSON.parse(line) as PeerAnswer);
  })().catch(() => {});
  child.status.then(({ code }) => link.fail(`died (exit code ${code})`));
  return await whenReady(link);
}
