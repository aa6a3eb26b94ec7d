import { assertEquals, assertThrows } from "@std/assert";
import { parseSubject, SubjectError } from "../../src/ab/subject.ts";

Deno.test("parseSubject() reads every form", () => {
  assertEquals(parseSubject("self"), { kind: "self" });
  assertEquals(parseSubject("deno:2.8.3"), { kind: "deno", version: "2.8.3" });
  assertEquals(parseSubject("deno:v2.9.0-rc.1"), { kind: "deno", version: "2.9.0-rc.1" });
  assertEquals(parseSubject("deno:/opt/deno"), { kind: "deno", path: "/opt/deno" });
  assertEquals(parseSubject("node:26"), { kind: "node", version: "26" });
  assertEquals(parseSubject("node:v24.1.0"), { kind: "node", version: "24.1.0" });
  assertEquals(parseSubject("bun:1.4"), { kind: "bun", version: "1.4" });
  assertEquals(parseSubject("bun:./bun"), { kind: "bun", path: "./bun" });
  assertEquals(parseSubject("deno:2"), { kind: "deno", path: "2" });
  assertEquals(parseSubject("git:origin/main"), { kind: "git", ref: "origin/main" });
  assertEquals(parseSubject("git:HEAD~2"), { kind: "git", ref: "HEAD~2" });
  assertEquals(parseSubject("dir:../other"), { kind: "dir", path: "../other" });
});

Deno.test("parseSubject() refuses everything else, options for git among it", () => {
  for (
    const text of ["", "bogus", "git:", "dir:", "deno:", "node:", "git:--upload-pack=x", "http://x"]
  ) {
    const error = assertThrows(() => parseSubject(text), SubjectError);
    assertEquals(error.isUsage, true);
  }
});
