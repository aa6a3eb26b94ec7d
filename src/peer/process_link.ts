/**
 * The `process` peer: the serve half runs in a Deno process of its own.
 *
 * @module
 */

import { decodeLines } from "./lines.ts";
import { createMessageLink, type MessageLink, type PeerAnswer } from "./message.ts";
import type { PeerLink } from "./peer_link.ts";

/** What the peer process may do. Net, and the directory of socket files; more only where the driver has it and modules may want it. */
const INHERITED = ["env", "sys", "ffi"] as const;

/**
 * Starts a peer process and resolves when it is ready.
 *
 * @param directory the run's private directory for socket files
 */
export async function openProcessLink(
  modules: readonly string[],
  directory: string,
): Promise<PeerLink> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--unstable-net",
      "--allow-net",
      `--allow-read`,
      `--allow-write=${directory}`,
      ...inheritedPermissions(),
      ...(modules.length === 0 ? ["--no-config"] : []),
      import.meta.resolve("./process_main.ts"),
      ...modules,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const stdin = child.stdin.getWriter();
  const encoder = new TextEncoder();
  const link = createMessageLink("process", `process ${child.pid}`, {
    send: (request) => stdin.write(encoder.encode(JSON.stringify(request) + "\n")).catch(() => {}),
    async end() {
      try {
        child.kill("SIGKILL");
      } catch { /* it is gone already */ }
      await Promise.all([child.status, reading]);
      await stdin.close().catch(() => {});
    },
  });
  const reading = readAnswers(child, link);
  child.status.then(({ code, signal }) => {
    link.fail(`died (${signal === null ? `exit code ${code}` : signal})`);
  });
  try {
    await link.ready;
  } catch (error) {
    await link.close();
    throw error;
  }
  return link;
}

async function readAnswers(child: Deno.ChildProcess, link: MessageLink): Promise<void> {
  let isReady = false;
  try {
    for await (const line of decodeLines(child.stdout)) {
      const answer = parseAnswer(line);
      if (answer === undefined) {
        link.fail(`wrote something that is no answer: ${JSON.stringify(line.slice(0, 80))}`);
        return;
      }
      if (answer.answer === "ready") isReady = true;
      else if (answer.answer === "failed" && !isReady) {
        link.fail(`could not start: ${answer.message}`);
      }
      link.take(answer);
    }
  } catch { /* the pipe broke: the process's status tells why */ }
}

function parseAnswer(line: string): PeerAnswer | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value?.answer === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function inheritedPermissions(): string[] {
  return INHERITED.filter((name) => Deno.permissions.querySync({ name }).state === "granted")
    .map((name) => `--allow-${name}`);
}
