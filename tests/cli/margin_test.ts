import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeRecord } from "../../src/record/codec.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { assertRefused, sockbenchEach, temporaryDirectory } from "./sockbench.ts";

Deno.test("sockbench report --margin says how much less is as good", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/record.json`;
  await Deno.writeTextFile(path, encodeRecord(sampleRecord()));
  const lines = [[], ["--margin=80%"], ["--margin=0.8"]].map((args) => ["report", path, ...args]);
  const [plain, wide, asShare] = (await sockbenchEach(lines)).map(({ out }) => out);
  assertStringIncludes(plain!, "more `read` than 64 KiB gains less than 5 %");
  assertMatch(wide!, /more `read` than (512 B|4 KiB) gains less than 80 %/);
  assertEquals(asShare, wide);
});

Deno.test("sockbench refuses a margin that is no share, in one sentence", async () => {
  const lines = ["0%", "100%", "x", "-1%", "5 apples", ""].flatMap((margin) =>
    [["report", "none.json"], ["run"]].map((command) => [...command, `--margin=${margin}`])
  );
  for (const outcome of await sockbenchEach(lines)) assertRefused(outcome, /--margin/);
});
