// `experiment_main.ts <claim> [part]`, in a network namespace of its own: prints the facts, or why there are none, as a line of JSON.

import { createCatalog } from "../catalog.ts";
import { CannotTry } from "../claim/claim.ts";
import { claims } from "../claim/registry.ts";
import { systemClock } from "../clock.ts";
import { openKernel } from "../kernel/libc.ts";
import { raiseLoopback } from "../kernel/namespace.ts";
import { Session } from "../run/session.ts";

async function makeExperiment(...[id, part]: readonly string[]): Promise<object> {
  const claim = claims.find((one) => one.id === id);
  const experiment = part === undefined ? claim?.experiment : claim?.parts?.[part];
  if (experiment === undefined) throw new Error(`no claim has an experiment ${id} ${part ?? ""}`);
  raiseLoopback();
  const catalog = createCatalog();
  await using session = await Session.open({ catalog });
  return await experiment.call(claim!, {
    clock: systemClock,
    catalog,
    availability: await session.probe(),
    pinning: session.pinning,
    peer: "loop",
    directory: session.directory,
    kernel: openKernel(),
    signal: new AbortController().signal,
  });
}

async function answer(args: readonly string[]): Promise<unknown> {
  try {
    return { facts: await makeExperiment(...args) };
  } catch (error) {
    return { failure: (error as Error).message, cannotTry: error instanceof CannotTry };
  }
}

const bytes = new TextEncoder().encode(`${JSON.stringify(await answer(Deno.args))}\n`);
for (let sent = 0; sent < bytes.length;) sent += await Deno.stdout.write(bytes.subarray(sent));
Deno.exit(0);
