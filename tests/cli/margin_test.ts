import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeRecord } from "../../src/record/codec.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { assertRefused, sockbench, temporaryDirectory } from "./sockbench.ts";

Deno.test("sockbench report --margin says how much less is as good", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/record.json`;
  await Deno.writeTextFile(path, encodeRecord(sampleRecord()));
  const report = async (...args: string[]) => (await sockbench(["report", path, ...args])).out;
  assertStringIncludes(await report(), "more `read` than 64 KiB gains less than 5 %");
  const wide = await report("--margin=80%");
  assertMatch(wide, /more `read` than (512 B|4 KiB) gains less than 80 %/);
  assertEquals(await report("--margin=0.8"), wide);
});

Deno.test("sockbench refuses a margin that is no share, in one sentence", async () => {
  for (const margin of ["0%", "100%", "x", "-1%", "5 apples", ""]) {
    for (const command of [["report", "none.json"], ["run"]]) {
      const outcome = await sockbench([...command, `--margin=${margin}`]);
      assertRefused(outcome, /--margin/);
    }
  }
});
