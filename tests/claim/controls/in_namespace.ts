/**
 * Controls that need a setting of the kernel which only a network namespace of their own can have: `in_namespace.ts <name>` prints the facts.
 *
 * @module
 */

import type { ClaimFacts } from "../../../src/claim/claim.ts";
import { loseHandshakes } from "../../../src/claim/connections/handshake.ts";
import { setOption } from "../../../src/kernel/options.ts";
import {
  denoCommand,
  findNamespaces,
  raiseLoopback,
  runIsolated,
} from "../../../src/kernel/namespace.ts";
import { withLab } from "../lab.ts";

/** What can be made there. */
const EXPERIMENTS = {
  "fast open": () =>
    withLab(async (lab) => ({
      ends: [],
      ...await loseHandshakes(lab, (fd) => setOption(fd, "TCP_FASTOPEN_CONNECT", 1)),
    })),
} as const;

/** Makes one in a namespace of its own, after shell lines that set it up. */
export async function makeInNamespace(
  name: keyof typeof EXPERIMENTS,
  setup: string,
): Promise<ClaimFacts> {
  const access = await findNamespaces();
  if (!access.available) throw new Error(access.reason);
  const [program, run, ...rest] = denoCommand(import.meta.url, [name]);
  const command: [string, ...string[]] = [program, run!, "--no-check", ...rest];
  return JSON.parse(await runIsolated({ flags: access.flags, setup, command }));
}

if (import.meta.main) {
  raiseLoopback();
  const facts = await EXPERIMENTS[Deno.args[0] as keyof typeof EXPERIMENTS]();
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(facts)));
  Deno.exit(0);
}
