import { assert, assertEquals, assertRejects } from "@std/assert";
import { Namespaces, namespacesObstacle } from "../../bench/known_answers/namespaces.ts";
import { LINKS } from "../../bench/known_answers/shaped_module.ts";
import { needs, unless } from "../support/needs.ts";

const obstacle = await namespacesObstacle();

async function existing(): Promise<string> {
  const { stdout } = await new Deno.Command("ip", { args: ["netns", "list"] }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test({
  ...needs(
    `Namespaces are there with their queues until they are disposed of, and then gone`,
    unless(obstacle),
  ),
  async fn() {
    const network = await Namespaces.open();
    try {
      const names = await existing();
      assert(names.includes(network.driver) && names.includes(network.peer), names);
      for (const index of LINKS.keys()) {
        assertEquals((await network.count(index)).drops, 0);
      }
      await assertRejects(() => network.count(LINKS.length), Error, "Cannot find device");
    } finally {
      await network[Symbol.asyncDispose]();
    }
    const names = await existing();
    assert(!names.includes(network.driver) && !names.includes(network.peer), names);
    await network[Symbol.asyncDispose]();
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
