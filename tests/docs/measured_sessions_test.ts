import { assert, assertEquals } from "@std/assert";
import { pages } from "../../docs/tools/pages.ts";
import { matchesSession, measuredSessions } from "../../docs/tools/sessions.ts";
import { needs, TWO_CORES } from "../support/needs.ts";
import { PERMISSIONS, sockbench, temporaryDirectory } from "../cli/sockbench.ts";

const sessions = (await pages()).flatMap(({ path, text }) =>
  measuredSessions(text).map((session) => ({ path, ...session }))
);

Deno.test("matchesSession() compares all but figures and padding, and lets … stand for lines", () => {
  const pasted = ["Clock", "  cost  180 ns per call", "…", "Noise"];
  assert(matchesSession(pasted, "Clock\n  cost    93.5 ns per call\nmore\nNoise\n"));
  assert(matchesSession(pasted, "Clock\n  cost  9 ns per call\nNoise\n"));
  assert(!matchesSession(pasted, "Clock\n  cost  9 ns a call\nNoise\n"));
  assert(!matchesSession(pasted, "Clock\n  cost  9 ns per call\nNoise\nmore\n"));
});

for (const { path, args, lines } of sessions) {
  const name = `the session of ${path} prints what was pasted, figures aside: ${args.join(" ")}`;
  // A generator that spins wants a core of its own.
  Deno.test({
    ...needs(name, ...(args[0] === "load" ? [TWO_CORES] : [])),
    fn: () => replay(args, lines),
  });
}

async function replay(args: readonly string[], lines: readonly string[]): Promise<void> {
  await using directory = await temporaryDirectory();
  const at = args.indexOf("--out");
  const place = at < 0 ? "" : args[at + 1]!;
  const own = args.map((arg, k) => k > 0 && args[k - 1] === "--out" ? directory.path : arg);
  const { code, out, err } = await sockbench(own, {
    permissions: [...PERMISSIONS, "--allow-ffi"],
  });
  assertEquals(code, 0, err);
  const printed = place === "" ? out : out.replaceAll(directory.path, place);
  assert(matchesSession(lines, printed), printed);
}

Deno.test("pages have sessions that measure", () => assert(sessions.length >= 2));
