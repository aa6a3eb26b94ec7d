import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { probeTransports } from "../../src/transport/probe_transports.ts";
import type { StreamTransport, Transport } from "../../src/transport/transport.ts";
import { needs, ownNetwork } from "../support/needs.ts";
import { PERMISSIONS, sockbench, temporaryDirectory, TINY_RUN } from "./sockbench.ts";

const ODD = new URL("../support/odd_probes_module.ts", import.meta.url).pathname;

Deno.test("sockbench list names transports whose probes throw, hang or return an invalid answer as not available, each with its reason", async () => {
  const { code, out } = await sockbench(["list", "--json", `--module=${ODD}`]);
  assertEquals(code, 0);
  const found: { id: string; available: boolean; reason?: string }[] = JSON.parse(out).transports;
  const reasonOf = (id: string) => found.find((one) => one.id === id)?.reason;
  assertEquals(reasonOf("throws"), "its probe failed: thrown on purpose");
  assertEquals(reasonOf("rejects"), "its probe failed: rejected on purpose");
  assertEquals(reasonOf("hangs"), "its probe did not end within 2 s");
  assertEquals(reasonOf("says-nothing"), "its probe returned an invalid answer: undefined");
  assertEquals(reasonOf("says-yes"), 'its probe returned an invalid answer: "yes"');
  assertEquals(
    reasonOf("gives-no-reason"),
    "its probe returned an invalid answer: { available: false }",
  );
  assertMatch(reasonOf("carries-nothing")!, /^its probe returned an invalid answer: .*-1/);
  assertMatch(reasonOf("carries-a-text")!, /^its probe returned an invalid answer: .*"64"/);
  assert(reasonOf("talks")!.length < 500);
  assertEquals(found.find((one) => one.id === "tcp")?.available, true);
});

Deno.test("sockbench run probes the transports that it needs, and no others", async () => {
  await using directory = await temporaryDirectory();
  const { code, err } = await sockbench([
    ...TINY_RUN,
    `--module=${ODD}`,
    `--out=${directory.path}`,
  ]);
  assertEquals({ code, probed: err.match(/probed .*/g) }, { code: 0, probed: null });
});

Deno.test("sockbench run still finds a misspelt case without having probed anything", async () => {
  const { code, err } = await sockbench(["run", "--case=round-trip/tpc/bytes=64"]);
  assertEquals(code, 2);
  assertStringIncludes(err, "did you mean round-trip/tcp/bytes=64?");
});

Deno.test("probeTransports() probes side by side", async () => {
  const started: string[] = [];
  const end = Promise.withResolvers<{ available: true }>();
  const waiting = (name: string): [string, Transport] => [name, {
    ...createCatalog().transports.get("tcp") as StreamTransport,
    name,
    probe() {
      started.push(name);
      return end.promise;
    },
  }];
  await using directory = await createSocketDirectory();
  const probing = probeTransports(new Map(["one", "two"].map(waiting)), directory.path);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(started, ["one", "two"]);
  end.resolve({ available: true });
  assertEquals((await probing).get("two"), { available: true });
});

const network = await ownNetwork();

Deno.test({
  ...needs(
    "sockbench measures Unix-domain sockets where the loopback interface is down, and says of the others why not",
    network,
  ),
  async fn() {
    const listed = await sockbench(["list", "--json"], {
      permissions: [...PERMISSIONS, "--allow-ffi"],
      via: ["unshare", "-n"],
    });
    assertEquals({ code: listed.code, err: listed.err }, { code: 0, err: "" });
    const found: { id: string; available: boolean; reason: string }[] =
      JSON.parse(listed.out).transports;
    for (const { id, available, reason } of found.filter(({ id }) => !id.includes("@"))) {
      const needsNoNetwork = /unix|pipe|message-port|shared-memory/.test(id);
      assertEquals({ id, available }, { id, available: needsNoNetwork });
      if (needsNoNetwork) continue;
      // QUIC sends its first datagram again and again to where nobody is.
      const why = id.startsWith("quic")
        ? /did not end within/
        : /no address of that family|tcp connect error/;
      assertMatch(reason, why);
    }
    await using directory = await temporaryDirectory();
    const run = await sockbench([
      "run",
      "--profile=quick",
      "--rounds=1",
      "--scenario=round-trip",
      "--peer=loop",
      "--param=bytes=64",
      "--transport=tcp,unix,unixpacket",
      `--out=${directory.path}`,
    ], { via: ["unshare", "-n"] });
    assertEquals(run.code, 0, run.err);
    assertMatch(run.err + run.out, /skipped transport tcp: /);
    assertStringIncludes(run.out, "unixpacket");
  },
});

Deno.test("sockbench list works with hardly any file descriptors, and says how many there may be and what gives more", async () => {
  const reasons = new Set<string>();
  for (let limit = 20; limit <= 60; limit += 2) {
    const { code, out, err } = await sockbench(["list"], {
      via: ["sh", "-c", `ulimit -n ${limit}; exec "$@"`, "sh"],
    });
    // Deno itself needs some, how many depends on the machine's cores, and does without a word of sockbench's where it has not enough.
    if (/Deno has panicked|Fatal|^error: Import '/.test(err)) continue;
    // So few that not even the modules can be loaded.
    if (code === 3) assertMatch(err, /^sockbench: nothing can be done: no file descriptor is left/);
    else assertEquals({ code, err }, { code: 0, err: "" }, `limit ${limit}`);
    const said = out.match(/no file descriptor is left.*\)$/gm) ?? [];
    said.forEach((reason) => reasons.add(reason));
    if (reasons.size > 0 && said.length === 0) break;
  }
  for (const reason of reasons) {
    assertMatch(reason, /\(ulimit -n\); as root, before it starts: ulimit -n 4096/);
  }
  assert(reasons.size > 0, "no transport was short of descriptors");
});
