import { assertEquals, assertMatch } from "@std/assert";
import { sockbench, temporaryDirectory } from "./sockbench.ts";

Deno.test("sockbench run --quiet keeps the one line that answers, and prints nothing else", async () => {
  await using directory = await temporaryDirectory();
  const { code, out, err } = await sockbench([
    "run",
    "--quiet",
    "--peer=loop",
    "--profile=quick",
    "--case=round-trip/tcp/bytes=64",
    "--case=round-trip/unix/bytes=64",
    "--rounds=2",
    "--out",
    directory.path,
  ]);
  assertEquals([code, err], [0, ""]);
  // Two rounds decide nothing.
  assertMatch(
    out.replaceAll("\n", " "),
    /^Undecided: round-trip \(more rounds would tell: --rounds 4\)\. Placement: peer loop\. $/,
  );
});
