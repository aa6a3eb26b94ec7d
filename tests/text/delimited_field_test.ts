import { assertEquals } from "@std/assert";
import { delimitedField } from "../../src/text/delimited_field.ts";

Deno.test("delimitedField() quotes after RFC 4180 and disarms formulas", () => {
  assertEquals(delimitedField("a,b", false), '"a,b"');
  assertEquals(delimitedField('a "b", c', false), '"a ""b"", c"');
  assertEquals(delimitedField("=1+1", false), "'=1+1");
  assertEquals(delimitedField("round-trip", true), "round-trip");
});

Deno.test("delimitedField() disarms workflow commands and what drives a terminal, in both dialects", () => {
  assertEquals(delimitedField("::error::x", true), "'::error::x");
  assertEquals(delimitedField("a\n::error::x", true), "a ::error::x");
  assertEquals(delimitedField("a\n ::error::x", false), '"a\n \'::error::x"');
  assertEquals(delimitedField("a\x1bb\x9bc\u202ed", true), "a\ufffdb\ufffdc\ufffdd");
  assertEquals(delimitedField("a\x85b\u2028c", true), "a b c");
});
