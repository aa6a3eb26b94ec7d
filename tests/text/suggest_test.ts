import { assertEquals } from "@std/assert";
import { suggest } from "../../src/text/suggest.ts";

const NAMES = ["run", "list", "round-trip", "round-trip/tcp/bytes=64", "nagle", "tcp"];

Deno.test("suggest() finds what a slip of the finger meant, and nothing where words differ", () => {
  const found = {
    "rnu": "run",
    "lst": "list",
    "LIST": "list",
    "rond-trip": "round-trip",
    "round-trip/tpc/*": "round-trip/tcp/bytes=64",
    "tpc": "tcp",
    "pct": undefined,
    "urn": "run",
    "trip-round": undefined,
    "elgan": undefined,
    "": undefined,
    "*": undefined,
    ["x".repeat(100_000)]: undefined,
  };
  for (const [given, expected] of Object.entries(found)) {
    assertEquals(suggest(given, NAMES), expected, given.slice(0, 20));
  }
  assertEquals(suggest("run", []), undefined);
});
