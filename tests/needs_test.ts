/** What a test needs beyond the README's list is said with `needs()`: nothing that somebody installed by hand may hide a need. */

import { assert, assertEquals } from "@std/assert";
import { findProgram, needs, program, unless } from "./support/needs.ts";

const TESTS = new URL("./", import.meta.url);

/** What the README asks for, coreutils left out: programs that a test may start without a word. */
const ASKED_FOR = ["bash", "git", "node", "npx", "sh"];

/** Every TypeScript file below tests/, with its text. */
function sources(folder = TESTS): { path: string; text: string }[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) return sources(url);
    return name.endsWith(".ts")
      ? [{ path: url.pathname.slice(TESTS.pathname.length), text: Deno.readTextFileSync(url) }]
      : [];
  });
}

/** Lines that ignore a test by hand, or start a program without a need for it in the same file. */
function faults({ path, text }: { path: string; text: string }): string[] {
  const byHand = [...text.matchAll(/^\s*ignore(?:,|: (?!\[).*,)$/gm)].map(([line]) => line.trim());
  const started = [...text.matchAll(/new Deno\.Command\("([^"]+)"/g)].map(([, name]) => name!)
    .filter((name) => !ASKED_FOR.includes(name) && !/\bneeds\(/.test(text));
  return [...byHand, ...started].map((what) => `${path}: ${what}`);
}

Deno.test("every test that not every machine can run is ignored through needs(), which gives the reason", () => {
  const found = sources().filter(({ path }) =>
    !["support/needs.ts", "needs_test.ts"].includes(path)
  );
  assert(found.length > 100);
  assertEquals(found.flatMap(faults), []);
  const planted = { path: "a.ts", text: 'x({\n  ignore: !here,\n});\nnew Deno.Command("zsh", {})' };
  assertEquals(faults(planted), ["a.ts: ignore: !here,", "a.ts: zsh"]);
});

Deno.test("needs() keeps the name where nothing is missing, and otherwise gives each reason once, in one line", () => {
  assertEquals(needs("it works", {}, unless(undefined)), { name: "it works", ignore: false });
  assertEquals(needs("it works", unless("no\n  ffi"), unless("no\n  ffi"), unless("not root")), {
    name: "it works (ignored: no ffi; not root)",
    ignore: true,
  });
});

Deno.test("program() looks for a program on the PATH and starts nothing", () => {
  assertEquals(program("sh"), {});
  assert(findProgram("sh")!.endsWith("/sh"));
  assertEquals(program("no-such-program"), { missing: "no-such-program is not on the PATH" });
});
