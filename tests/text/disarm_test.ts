import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { disarm, disarmJson } from "../../src/text/disarm.ts";

Deno.test("disarm() leaves ordinary texts as they are", () => {
  for (
    const text of [
      "round-trip/tcp/bytes=64  10.1 µs ±0.3\n\ttabbed\n",
      "connect to ::1:8080\n::1 is the loopback\n[::]:0",
      "# title\n## subtitle\n| a | b |\n",
      "\u2068שלום\u2069 名前 👩‍👩‍👧 e\u0301",
      "",
    ]
  ) assertEquals(disarm(text), text);
});

Deno.test("disarm() takes the force out of commands of CI jobs, wherever a line begins", () => {
  assertEquals(disarm("a\n::stop-commands::tok"), "a\n: :stop-commands::tok");
  assertEquals(disarm("  ::ADD-MASK::x"), "  : :ADD-MASK::x");
  assertEquals(disarm("\u3000::error::x"), "\u3000: :error::x");
  assertEquals(disarm("a\r\n::error::x"), "a\r\n: :error::x");
  assertEquals(disarm("see ##[add-mask]x"), "see ## [add-mask]x");
  assertEquals(disarm("see ##vso[task.setvariable]x"), "see ##vso [task.setvariable]x");
  assertEquals(disarm("##teamcity[testFailed]"), "##teamcity [testFailed]");
});

Deno.test("disarm() shows what would drive a terminal, and keeps styles only where they are wanted", () => {
  assertEquals(disarm("a\x1b[2Jb"), "a\ufffd[2Jb");
  assertEquals(disarm("a\x9b2Jb\x07"), "a\ufffd2Jb\ufffd");
  assertEquals(disarm("a\rb\x7f\u2028\u202e"), "a\ufffdb\ufffd\ufffd\ufffd");
  assertEquals(disarm("\x1b[31mred\x1b[39m"), "red");
  assertEquals(
    disarm("\x1b[31mred\x1b[39m\x1b[8mhidden", true),
    "\x1b[31mred\x1b[39m\ufffd[8mhidden",
  );
});

Deno.test("disarm() finds nothing left in what it returned", () => {
  const live = fc.string({
    unit: fc.constantFrom(
      ":",
      "#",
      "[",
      "]",
      "\n",
      "\r",
      " ",
      "\x1b",
      "3",
      "1",
      "m",
      "\x85",
      "e",
      "vso",
      "\u202e",
    ),
  });
  fc.assert(fc.property(live, (text) => {
    const once = disarm(text);
    assertEquals(disarm(once), once);
    // deno-lint-ignore no-control-regex
    const live = /^\s*::[a-z].*?::|##(?:vso)?\[|[\x1b\x85\u202e]|\r(?!\n)/m;
    assertEquals(live.test(once), false, once);
  }));
});

Deno.test("disarmJson() escapes what disarm() would replace, and leaves the value as it is", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), (value, text) => {
    const all = [value, text, "##[add-mask]x", "##vso[y", "\x9b2J\u202e\x7f"];
    const json = disarmJson(JSON.stringify(all, null, 2));
    assertEquals(JSON.parse(json), JSON.parse(JSON.stringify(all)));
    assertEquals(disarm(json), json);
  }));
});
