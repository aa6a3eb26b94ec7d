import { assertEquals, assertMatch } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { IPV6, LIBC, needs } from "../support/needs.ts";
import { PERMISSIONS, sockbench, temporaryDirectory } from "./sockbench.ts";

const MODULE = new URL("../support/strangers_module.ts", import.meta.url).pathname;

/** The error of each trial of scenarios into which strangers send, or "measured", by transport; by scenario and transport where those are several. */
async function failures(scenario: string, transports: string, ...args: readonly string[]) {
  await using directory = await temporaryDirectory();
  const { code, err } = await sockbench([
    "run",
    "--profile=quick",
    "--rounds=1",
    `--scenario=${scenario}`,
    `--transport=${transports}`,
    "--param=bytes=64",
    `--module=${MODULE}`,
    "--format=json",
    `--out=${directory.path}`,
    ...args,
  ], { permissions: [...PERMISSIONS, "--allow-ffi"] });
  const text = await Deno.readTextFile(`${directory.path}/latest.json`);
  const { trials } = decodeRecord(text, "latest.json");
  const found = trials.map(({ case: id, error }): [string, string] => [
    id.split("/").slice(scenario.includes(",") ? 0 : 1, 2).join("/"),
    error?.message ?? "measured",
  ]);
  return { code, err, found: Object.fromEntries(found) };
}

const FOREIGN = /^\d+ datagrams? came from sockets that do not belong to the trial: /;

function assertDisturbed(found: Readonly<Record<string, string>>): void {
  for (const [transport, message] of Object.entries(found)) {
    assertMatch(message, FOREIGN, transport);
  }
}

const DENO = ["udp", "udp6", "unixpacket"];

/** When strangers send: to the serving end before the client does, to it amid the client's, and to the driving end. */
const WHEN = ["stranger-first", "stranger-later", "stranger-at-drive"];

for (const peer of ["process", "loop"]) {
  Deno.test({
    ...needs(
      `a trial that a stranger sends datagrams, to either end, before the client or amid its own, fails and counts them, with peer ${peer}`,
      IPV6,
    ),
    async fn() {
      const { code, found } = await failures(WHEN.join(","), DENO.join(","), `--peer=${peer}`);
      assertEquals(code, 3);
      const all = WHEN.flatMap((scenario) => DENO.map((transport) => `${scenario}/${transport}`));
      assertEquals(Object.keys(found).sort(), all.sort());
      for (const message of Object.values(found)) assertMatch(message, FOREIGN);
      for (const scenario of WHEN) {
        assertMatch(found[`${scenario}/udp`]!, /^3 datagrams .*: 127\.0\.0\.1:\d+$/);
        assertMatch(found[`${scenario}/udp6`]!, /^3 datagrams .*: \[::1\]:\d+$/);
        assertMatch(found[`${scenario}/unixpacket`]!, /^3 datagrams .*: \/.*-stranger$/);
      }
    },
  });
}

Deno.test({
  ...needs("a trial of many clients fails where one more sends datagrams", IPV6, LIBC),
  async fn() {
    const transports = "udp,unixpacket,udp@libc,udp6@libc,unixpacket@libc";
    for (const clients of [1, 7]) {
      const { code, found } = await failures(
        "stranger-among-many",
        transports,
        `--param=clients=${clients}`,
      );
      assertEquals(code, 3);
      assertEquals(Object.keys(found).sort(), transports.split(",").sort());
      assertDisturbed(found);
    }
  },
});

Deno.test({
  ...needs(
    "sockets of driver libc let nobody through but the client that was first, whose stranger makes the trial fail",
    IPV6,
    LIBC,
  ),
  async fn() {
    const libc = DENO.map((name) => `${name}@libc`);
    for (const scenario of ["stranger-later", "stranger-at-drive"]) {
      const { code, err, found } = await failures(scenario, libc.join(","));
      const measured = Object.fromEntries(libc.map((id) => [id, "measured"]));
      assertEquals({ code, found }, { code: 0, found: measured }, err);
    }
    const { code, found } = await failures("stranger-first", libc.join(","));
    assertEquals(code, 3);
    assertDisturbed(found);
  },
});

Deno.test({
  ...needs("trials that nobody disturbs are measured as ever", IPV6, LIBC),
  async fn() {
    const all = [...DENO, ...DENO.map((name) => `${name}@libc`)];
    const { code, found } = await failures("round-trip", all.join(","));
    assertEquals(code, 0);
    assertEquals(new Set(Object.values(found)), new Set(["measured"]));
  },
});
