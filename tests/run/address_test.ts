import { assertEquals } from "@std/assert";
import { measure } from "../../src/run/measure.ts";
import { LINUX, needs } from "../support/needs.ts";

Deno.test({
  ...needs(
    "address=abstract measures Unix-domain sockets that are no files, and no other transport",
    LINUX,
  ),
  async fn() {
    const names = new Set<string>();
    using watched = watchNames(names);
    const { trials, skipped } = await measure({
      scenarios: ["round-trip"],
      transports: ["unix", "unixpacket", "unix@node", "tcp"],
      params: { address: ["path", "abstract"], bytes: [64] },
      profile: "quick",
      rounds: 1,
      peer: "loop",
    });
    watched.look();
    assertEquals(trials.map(({ error }) => error), trials.map(() => undefined));
    const cases = trials.map((trial) => trial.case).sort();
    assertEquals(cases, [
      "round-trip/unix/bytes=64,address=abstract",
      "round-trip/unix/bytes=64,address=path",
      "round-trip/unix@node/bytes=64,address=path",
      "round-trip/unixpacket/bytes=64,address=abstract",
      "round-trip/unixpacket/bytes=64,address=path",
    ]);
    const reasons = new Map(skipped.map(({ what, reason }) => [what, reason]));
    assertEquals(
      reasons.get("round-trip/tcp/bytes=64,address=abstract"),
      "address names a Unix-domain socket, and tcp is none",
    );
    assertEquals(
      reasons.get("round-trip/unix@node/bytes=64,address=abstract"),
      "node:net takes an abstract name for a file, which a peer process may not write",
    );
    // As the kernel lists them: a path, or an @ where an abstract name begins.
    assertEquals([...names].map((name) => name.startsWith("@sb-")).sort(), [false, true]);
  },
});

/** Takes note of the kinds of names that this suite's sockets have while it measures. */
function watchNames(kinds: Set<string>) {
  const look = () => {
    for (const line of Deno.readTextFileSync("/proc/net/unix").split("\n")) {
      const [, name] = /\s(@sb-|\/\S*\/sb-)\S+$/.exec(line) ?? [];
      if (name !== undefined) kinds.add(name);
    }
  };
  const timer = setInterval(look, 1);
  return { look, [Symbol.dispose]: () => clearInterval(timer) };
}
