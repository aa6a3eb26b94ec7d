/** Claims on machines where something is scarce: each experiment costs only itself. */

import { assert, assertEquals } from "@std/assert";
import { denoCommand, findNamespaces, runIsolated } from "../../src/kernel/namespace.ts";
import { needs, program } from "../support/needs.ts";
import { LIBC, NAMESPACES } from "./controls/control.ts";

const MAIN = import.meta.resolve("../../src/cli/main.ts");

interface Result {
  readonly number: number;
  readonly verdict: string;
  readonly answer: string;
  readonly tables?: readonly { readonly rows: readonly (readonly unknown[])[] }[];
}

/** Runs some claims after shell lines that make something scarce. */
async function claimsAfter(setup: string, wanted: string): Promise<readonly Result[]> {
  const access = await findNamespaces();
  if (!access.available) throw new Error(access.reason);
  const out = await Deno.makeTempDir({ prefix: "sockbench-test-" });
  try {
    const args = ["claims", "--claim", wanted, "--rounds", "1", "--peer", "loop", "--out", out];
    const loopback = "ip link set lo up";
    const command = denoCommand(MAIN, [...args, "--quiet"]);
    await runIsolated({ flags: access.flags, setup: `${loopback}\n${setup}`, command });
    return JSON.parse(await Deno.readTextFile(`${out}/claims.json`)).claims;
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

for (const somaxconn of [1, 16]) {
  Deno.test({
    ...needs(
      `claims decide at net.core.somaxconn ${somaxconn}, with as many connects as may wait`,
      LIBC,
      NAMESPACES,
      program("ip"),
    ),
    async fn() {
      const found = await claimsAfter(
        `echo ${somaxconn} > /proc/sys/net/core/somaxconn`,
        "21,22,23,24",
      );
      assertEquals(found.map(({ number, verdict }) => [number, verdict]), [
        [21, "does not hold"],
        [22, "holds"],
        [23, "holds"],
        [24, "holds"],
      ]);
      assert(found[2]!.answer.includes("n + 1"), found[2]!.answer);
    },
  });
}

Deno.test({
  ...needs(
    "claim 23 keeps the backlogs that descriptors suffice for when they run out",
    LIBC,
    NAMESPACES,
    program("ip"),
  ),
  async fn() {
    const [claim] = await claimsAfter("ulimit -n 100", "23");
    assertEquals(claim!.verdict, "holds", claim!.answer);
    const [table] = claim!.tables!;
    // Columns: backlog, then for each driver what completed and what the next one met.
    const rows = new Map(table!.rows.map(([backlog, ...rest]) => [backlog, rest]));
    assertEquals([rows.get("1")![0], rows.get("16")![0]], ["2", "17"]);
    assertEquals(rows.get("128")![1], "EMFILE");
  },
});
