import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  codeBlock,
  codeName,
  escapeMarkdown,
  escapeSentence,
} from "../../src/text/escape_markdown.ts";
import { displayWidth } from "../../src/text/display_width.ts";
import { markdownTable } from "../../src/text/markdown_table.ts";
import { oneLine } from "../../src/text/one_line.ts";

Deno.test("escapeMarkdown() leaves names of the suite as they are", () => {
  for (
    const name of ["round-trip", "tcp@libc", "bytes=64", "net.core.rmem_max", "10.1 µs", "v8 14.0"]
  ) {
    assertEquals(escapeMarkdown(name), name);
  }
});

Deno.test("escapeMarkdown() disarms markup, HTML, links and mentions", () => {
  assertEquals(escapeMarkdown("<b>&amp;"), "&lt;b&gt;&amp;amp;");
  assertEquals(escapeMarkdown("a|b`c`*d* [x](y)"), "a\\|b\\`c\\`\\*d\\* \\[x\\](y)");
  assertEquals(escapeMarkdown("__proto__ a_b"), "\\_\\_proto\\_\\_ a_b");
  assertEquals(escapeMarkdown("# title"), "\\# title");
  assertEquals(escapeMarkdown("1. item"), "1\\. item");
  assertEquals(escapeMarkdown("- item"), "\\- item");
  assertEquals(
    escapeMarkdown("see https://x.example or @me"),
    "see https:&#47;&#47;x.example or &#64;me",
  );
});

Deno.test("escapeMarkdown() never yields a line break, a bare pipe or a bare angle bracket", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
    const escaped = escapeMarkdown(text);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x1f\x7f-\x9f<>]/.test(escaped), false);
    assertEquals(/(?<!\\)(\\\\)*[|`*[\]]/.test(escaped.replace(/\\[^\\]/g, "")), false);
    assertEquals(escaped.isWellFormed(), true);
  }));
});

Deno.test("oneLine() cuts long names, drops direction marks and mends lone surrogates", () => {
  assertEquals([...oneLine("x".repeat(10_000))].length, 120);
  assertEquals(oneLine("\u202eevil\u2066\ud800"), "evil\ufffd");
  assertEquals(oneLine("a\r\n\tb\u2028c"), "a b c");
  assertEquals(oneLine("👍".repeat(200), 5), "👍👍👍👍…");
});

Deno.test("codeName() makes a code span only of what stays one", () => {
  assertEquals(codeName("round-trip/tcp"), "`round-trip/tcp`");
  assertEquals(codeName("<script>"), "`<script>`");
  assertEquals(codeName("a`b"), "a\\`b");
  assertEquals(codeName("a|b"), "a\\|b");
  assertEquals(codeName(""), "");
});

Deno.test("escapeSentence() ends in one mark", () => {
  assertEquals(escapeSentence("it failed"), "it failed.");
  assertEquals(escapeSentence("Does it?"), "Does it?");
  assertEquals(escapeSentence(""), "");
});

Deno.test("escapeSentence() leaves plain names in backticks, and nothing else in them", () => {
  assertEquals(escapeSentence("see `nagle` and `a|b` or `"), "see `nagle` and \\`a\\|b\\` or \\`.");
});

Deno.test("codeBlock() keeps the indentation of its lines, and no other run of spaces", () => {
  assertEquals(codeBlock("a {\n  b  c;\n   \n}", "ts"), ["```ts", "a {", "  b c;", "", "}", "```"]);
});

Deno.test("codeBlock() cannot be closed by its content", () => {
  assertEquals(codeBlock("a ```\n````", "sh"), ["`````sh", "a ```", "````", "`````"]);
});

Deno.test("displayWidth() counts columns of a terminal", () => {
  assertEquals(displayWidth("10.1 µs"), 7);
  assertEquals(displayWidth("名前"), 4);
  assertEquals(displayWidth("e\u0301"), 1);
  assertEquals(displayWidth("👍"), 2);
});

Deno.test("markdownTable() aligns its pipes", () => {
  const lines = markdownTable(
    [{ heading: "case", align: "left" }, { heading: "p50 µs", align: "right" }],
    [["tcp", "10.1"], ["名前", "**8.26**"]],
  );
  assertEquals(lines, [
    "| case |   p50 µs |",
    "| :--- | -------: |",
    "| tcp  |     10.1 |",
    "| 名前 | **8.26** |",
  ]);
});
