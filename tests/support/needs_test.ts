import { assert, assertEquals } from "@std/assert";
import { findProgram, needs, program, unless } from "./needs.ts";

Deno.test("needs() keeps the name where nothing is missing, and otherwise gives each reason once, in one line", () => {
  assertEquals(needs("it works", {}, unless(undefined)), {
    name: "it works",
    ignore: false,
  });
  assertEquals(
    needs(
      "it works",
      unless("no\n  ffi"),
      unless("no\n  ffi"),
      unless("not root"),
    ),
    {
      name: "it works (ignored: no ffi; not root)",
      ignore: true,
    },
  );
});

Deno.test("program() looks for a program on the PATH and starts nothing", () => {
  assertEquals(program("sh"), {});
  assert(findProgram("sh")!.endsWith("/sh"));
  assertEquals(program("no-such-program"), {
    missing: "no-such-program is not on the PATH",
  });
});
