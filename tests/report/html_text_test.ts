import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { hashSource } from "../../src/report/write/html/content_hash.ts";
import { Anchors, markup, nameHtml, sentenceHtml } from "../../src/report/write/html/html_text.ts";
import { escapeMarkup } from "../../src/text/escape_markup.ts";

Deno.test("markup escapes texts, keeps markup, joins lists and leaves nothing for undefined", () => {
  const inner = markup`<b>${"a<b"}</b>`;
  assertEquals(inner.text, "<b>a&lt;b</b>");
  assertEquals(
    markup`<p title="${`"'&`}">${[inner, " ", 3, [undefined, "x"]]}</p>`.text,
    '<p title="&quot;&#39;&amp;"><b>a&lt;b</b> 3x</p>',
  );
});

Deno.test("escapeMarkup() yields no markup, no quote and no control character, whatever it is given", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
    const escaped = escapeMarkup(text);
    assertEquals(
      // deno-lint-ignore no-control-regex
      /[<>"'\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(escaped),
      false,
    );
    assertEquals(escaped.isWellFormed(), true);
    assertEquals(escaped.replace(/&(amp|lt|gt|quot|#39);/g, "").includes("&"), false);
  }));
});

Deno.test("escapeMarkup() changes nothing in the names of the suite", () => {
  for (
    const name of ["round-trip/tcp@libc/bytes=64", "10.1 µs", "12\u202f345", "名前", "עברית", "👩‍👩‍👧"]
  ) {
    assertEquals(escapeMarkup(name), name);
  }
});

Deno.test("nameHtml() and sentenceHtml() make one line of whatever a record holds", () => {
  assertEquals(nameHtml("a\n<b>").text, "<code>a &lt;b&gt;</code>");
  assertEquals(nameHtml("x".repeat(10_000)).text.length, "<code></code>".length + 120);
  assertEquals(sentenceHtml("see `nagle` & `a|b`").text, "see <code>nagle</code> &amp; `a|b`.");
  assertEquals(sentenceHtml("Does it?").text, "Does it?");
  assertEquals(sentenceHtml("").text, "");
});

Deno.test("Anchors gives every name an id of its own, of letters, digits and hyphens", () => {
  const anchors = new Anchors();
  const ids = [
    "round-trip",
    "Round trip",
    "",
    "<script>",
    "名前",
    "x".repeat(10_000),
    "round-trip-2",
  ]
    .map((name) => anchors.take(name));
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(ids.slice(0, 4), ["round-trip", "round-trip-2", "part", "script"]);
  assertEquals(ids.filter((id) => !/^[a-z0-9-]{1,63}$/.test(id)), []);
});

Deno.test("hashSource() is the source expression of the standard's own example", () => {
  // Content Security Policy Level 3, section 8.2: the hash of alert('Hello, world.');
  assertEquals(
    hashSource("alert('Hello, world.');"),
    "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='",
  );
});
