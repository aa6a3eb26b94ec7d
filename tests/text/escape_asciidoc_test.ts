import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { escapeAsciidoc } from "../../src/text/escape_asciidoc.ts";

Deno.test("escapeAsciidoc() leaves names and amounts of the suite as they are", () => {
  for (const name of ["round-trip", "bytes 64 B", "10.1 µs", "1.21×", "peer process, same core"]) {
    assertEquals(escapeAsciidoc(name), name);
  }
  assertEquals(escapeAsciidoc(" against "), " against ");
});

Deno.test("escapeAsciidoc() disarms emphasis, macros, attributes, cells, links and marks at the start of a line", () => {
  assertEquals(escapeAsciidoc("a*b*_c_`d`"), "a&#42;b&#42;&#95;c&#95;&#96;d&#96;");
  assertEquals(escapeAsciidoc("{attribute} <b> a|b"), "&#123;attribute&#125; &#60;b&#62; a&#124;b");
  assertEquals(escapeAsciidoc("pass:[<b>]"), "pass:&#91;&#60;b&#62;&#93;");
  assertEquals(escapeAsciidoc("https://x.example"), "https&#58;&#47;/x.example");
  assertEquals(escapeAsciidoc("..."), "&#46;&#46;.");
  assertEquals(escapeAsciidoc("a -- b"), "a &#45;- b");
  assertEquals(escapeAsciidoc("name::"), "name&#58;&#58;");
});

Deno.test("escapeAsciidoc() never yields a line break or a character that begins markup", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
    const escaped = escapeAsciidoc(text);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x1f\x7f-\x9f]/.test(escaped), false);
    assertEquals(/[\\`*_+^~[\]{}|<>"'=@$]/.test(escaped), false);
    assertEquals(/[&](?!#\d+;)/.test(escaped), false);
    assertEquals(escaped.isWellFormed(), true);
  }));
});
