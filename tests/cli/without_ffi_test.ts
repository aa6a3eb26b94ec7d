/** Without --allow-ffi nobody looked at the kernel's evidence: that is said, and never passes for health. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LIBC, needs } from "../support/needs.ts";
import { PERMISSIONS, sockbench, temporaryDirectory, TINY_RUN } from "./sockbench.ts";

const WITH = { permissions: [...PERMISSIONS, "--allow-ffi"] };
const WITHOUT = { permissions: PERMISSIONS };
const MISSING = /what the kernel counts and sets \([^)]*TCP_INFO[^)]*\)/;

Deno.test("sockbench run names what it could not read of the kernel without --allow-ffi", async () => {
  await using directory = await temporaryDirectory();
  const { code } = await sockbench([...TINY_RUN, "--out", directory.path], WITHOUT);
  assertEquals(code, 0);
  const { environment } = JSON.parse(await Deno.readTextFile(`${directory.path}/latest.json`));
  const found = environment.missing.filter(({ what }: { what: string }) => MISSING.test(what));
  assertEquals(found.map(({ reason }: { reason: string }) => reason), ["it needs --allow-ffi"]);
  assertStringIncludes(await Deno.readTextFile(`${directory.path}/latest.md`), "TCP_INFO");
});

for (
  const [what, first, then] of [
    ["both records", WITHOUT, WITHOUT],
    ["the candidate", WITH, WITHOUT],
  ] as const
) {
  Deno.test({
    ...needs(`sockbench gate says that nobody read the kernel's evidence of ${what}`, LIBC),
    async fn() {
      await using directory = await temporaryDirectory();
      for (const [name, options] of [["base", first], ["head", then]] as const) {
        const out = `${directory.path}/${name}`;
        await sockbench([...TINY_RUN, "--quiet", "--out", out], options);
      }
      const { out } = await sockbench([
        "gate",
        `--baseline=${directory.path}/base/latest.json`,
        `--candidate=${directory.path}/head/latest.json`,
        `--out=${directory.path}`,
      ]);
      const said = out.replace(/\s+/g, " ");
      assert(MISSING.test(said), out);
      assertStringIncludes(said, "it needs --allow-ffi");
      assert(MISSING.test(await Deno.readTextFile(`${directory.path}/gate.md`)));
    },
  });
}

Deno.test({
  ...needs("sockbench ab says so of both sides, and nothing of the kind with --allow-ffi", LIBC),
  async fn() {
    await using directory = await temporaryDirectory();
    const args = [
      "ab",
      "--base=self",
      "--head=self",
      // As few generations of agents as there can be.
      "--pairs=1",
      "--alpha=0.5",
      "--peer=loop",
      "--budget=1s",
    ];
    const job = [
      ...args,
      "--precision=50%",
      "--metric=headline",
      "--case=round-trip/tcp/bytes=64",
      "--out",
      directory.path,
    ];
    const without = await sockbench(job, WITHOUT);
    assertStringIncludes(without.out.replace(/\s+/g, " "), "base and head could not read what");
    const seeing = await sockbench(job, WITH);
    assert(!MISSING.test(seeing.out.replace(/\s+/g, " ")), seeing.out);
  },
});
