// The entry of the child that `run`, `gate` and `ab` measure in; its first argument says what standard input is.

import { keepLoopbackFromProxies } from "../transport/direct_client.ts";
import { EXIT } from "./failure.ts";
import { listenForBugs, main } from "./main.ts";
import { systemTerminal } from "./terminal/terminal.ts";
import { openParentLink } from "./verdict_pipe.ts";

/** A parent that was killed can pass no signal on; its end is one. */
async function endWithParent(): Promise<void> {
  for await (const _ of Deno.stdin.readable) { /* nothing is written to it */ }
  Deno.kill(Deno.pid, "SIGHUP");
}

if (import.meta.main) {
  // As it was before a user's module could put another in its place.
  const { exit } = Deno;
  keepLoopbackFromProxies();
  const link = await openParentLink();
  const made = (path: string) => void link.send({ made: path }).catch(() => {});
  const terminal = { ...systemTerminal(), made };
  listenForBugs(terminal);
  const [input, ...args] = Deno.args;
  if (input === "watches-input") endWithParent();
  const exitCode = await main(args, terminal);
  try {
    await link.send({ exitCode });
  } catch {
    terminal.err("sockbench: the parent cannot be told the exit code\n");
    exit(EXIT.cannotJudge);
  }
  exit(exitCode);
}
