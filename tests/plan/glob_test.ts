import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { matchesGlob } from "../../src/plan/glob.ts";

Deno.test("matchesGlob() takes * for any run of characters, ? for one, the rest as it stands", () => {
  const id = "nagle/tcp/nagle=on,pattern=write-read";
  for (
    const glob of ["*", id, "nagle/*", "*/tcp/*", "*on,pattern=*", "nagl?/t?p/*read", "**", "*?*"]
  ) {
    assert(matchesGlob(glob, id), glob);
  }
  for (
    const glob of ["", "nagle", "tcp", "*/udp/*", "nagle/?/*", "?" + id, id + "*x", "nagle.tcp*"]
  ) {
    assert(!matchesGlob(glob, id), glob);
  }
  assert(matchesGlob("", ""));
  assert(matchesGlob("***", ""));
  assert(!matchesGlob("?", ""));
});

Deno.test("matchesGlob() agrees with the regular expression that the glob stands for", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "/", "."), maxLength: 12 });
  fc.assert(fc.property(text, text, (glob, subject) => {
    const source = glob.replaceAll(/[.*?/]/g, (c) => ({ "*": ".*", "?": "." })[c] ?? `\\${c}`);
    assertEquals(matchesGlob(glob, subject), new RegExp(`^${source}$`).test(subject));
  }));
});

Deno.test("matchesGlob() answers a glob of many stars at once", () => {
  assert(!matchesGlob("*a".repeat(40) + "b", "a".repeat(2_000)));
});
