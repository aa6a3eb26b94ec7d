import { assertEquals } from "@std/assert";
import { settle } from "../../src/cli/parent.ts";

Deno.test("settle() lets only a verdict be 0 or 1, and 0 only with an end in good order", () => {
  const ended = (code: number, signal: Deno.Signal | null = null) => ({ code, signal });
  assertEquals(settle(0, ended(0), false), { code: 0 });
  assertEquals(settle(1, ended(1), false), { code: 1 });
  assertEquals(settle(1, ended(0), false), { code: 1 });
  assertEquals(settle(0, ended(5), false).code, 3);
  assertEquals(settle(0, ended(139, "SIGSEGV"), false).code, 3);
  for (const code of [0, 1, 2, 3, 5, 130]) {
    assertEquals(settle(undefined, ended(code), false).code, 3);
  }
  assertEquals(settle(undefined, ended(70), false), { code: 70 });
  assertEquals(settle(undefined, ended(130, "SIGINT"), true), { code: 130 });
  assertEquals(settle(3, ended(3), true), { code: 130 });
  assertEquals(settle(1, ended(1), true), { code: 1 });
});
