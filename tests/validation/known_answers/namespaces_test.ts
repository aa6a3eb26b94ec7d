import { assertEquals, assertRejects } from "@std/assert";
import {
  namespacesObstacle,
  NETWORK,
  PEER,
} from "../../../bench/validation/known_answers/namespaces.ts";
import { LINKS } from "../../../bench/validation/known_answers/shaped_module.ts";
import { findNamespaces, runCommand, runIsolated } from "../../../src/kernel/namespace.ts";
import { needs, unless } from "../../support/needs.ts";

const obstacle = await namespacesObstacle();

/** What a command prints in the network. */
async function printedBy(...command: readonly [string, ...string[]]): Promise<string> {
  const access = await findNamespaces();
  if (!access.available) throw new Error(access.reason);
  return await runIsolated({ flags: access.flags, setup: NETWORK, command: [...command] });
}

Deno.test({
  ...needs("the network has a queue for each link while a command runs in it", unless(obstacle)),
  async fn() {
    for (const index of LINKS.keys()) {
      const shown = JSON.parse(
        await printedBy("tc", "-s", "-j", "qdisc", "show", "dev", `driver${index}`),
      );
      assertEquals([shown[0].kind, shown[0].drops], ["tbf", 0]);
    }
    await assertRejects(
      () => printedBy("tc", "qdisc", "show", "dev", `driver${LINKS.length}`),
      Error,
      "Cannot find device",
    );
  },
});

Deno.test({
  ...needs("the network is nobody else's, and leaves nothing behind", unless(obstacle)),
  async fn() {
    const names = await printedBy("ip", "netns", "list");
    assertEquals(names.split(/\s/)[0], PEER);
    assertEquals((await runCommand("ip", ["netns", "list"])).includes(PEER), false);
  },
});

Deno.test("links have rates, addresses and networks of their own", () => {
  for (const field of ["mbit", "driver", "peer"] as const) {
    assertEquals(new Set(LINKS.map((link) => link[field])).size, LINKS.length);
  }
  for (const { driver, peer } of LINKS) {
    assertEquals(driver.replace(/\.1$/, ""), peer.replace(/\.2$/, ""));
  }
});
