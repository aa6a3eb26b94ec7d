import { assert, assertEquals, assertRejects } from "@std/assert";
import { sockperfRoundTrip } from "../../../bench/validation/reference_tools/sockperf.ts";
import {
  findTool,
  freePort,
  onCore,
  parseListening,
  runTool,
  serveTool,
} from "../../../bench/validation/reference_tools/tool_process.ts";
import { findProgram, LINUX, needs, program } from "../../support/needs.ts";

const sockperf = findProgram("sockperf");
const deno = Deno.execPath();

/** A server of a few lines, as a tool would be. */
const SERVER = `
  const [protocol, port] = Deno.args;
  const options = { hostname: "127.0.0.1", port: Number(port) };
  const socket = protocol === "tcp" ? Deno.listen(options) : Deno.listenDatagram({ ...options, transport: "udp" });
  for await (const _ of socket);
`;

Deno.test("findTool() finds what is on the PATH and can be run, and nothing else", async () => {
  assert((await findTool("sh"))?.endsWith("/sh"));
  assertEquals(await findTool("no-such-tool-of-anybody"), undefined);
});

Deno.test("runTool() hands back what a tool printed and how it ended", async () => {
  const output = await runTool(["sh", "-c", "echo out; echo err >&2; exit 3"], 60_000);
  assertEquals(output, { out: "out\n", err: "err\n", code: 3 });
});

Deno.test("runTool() kills a tool that does not end", async () => {
  await assertRejects(
    () => runTool(["sleep", "3600"], 20),
    Error,
    "sleep 3600 was not done after 20 ms",
  );
});

Deno.test("onCore() ties a tool to a core with taskset, or leaves it alone", () => {
  assertEquals(onCore(1, ["a", "b"]), ["taskset", "-c", "1", "a", "b"]);
  assertEquals(onCore(0, ["a"]), ["taskset", "-c", "0", "a"]);
  assertEquals(onCore(undefined, ["a", "b"]), ["a", "b"]);
});

Deno.test("parseListening() finds the waiting socket of 127.0.0.1 or any address and no connection, other port or address", () => {
  const row = (local: string, state: string) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1234 1\n`;
  const head =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";
  const listening = (table: string, protocol: "tcp" | "udp" = "tcp") =>
    parseListening(head + table, protocol, "31111");
  assertEquals(listening(row("0100007F:7987", "0A")), true);
  assertEquals(listening(row("0100007F:7987", "01")), false);
  assertEquals(listening(row("00000000:7987", "0A")), true);
  assertEquals(listening(row("00000000000000000000000000000000:7987", "0A")), true);
  assertEquals(listening(row("0200007F:7987", "0A")), false);
  assertEquals(listening(row("0100007F:7988", "0A")), false);
  assertEquals(listening(row("0100007F:7987", "07"), "udp"), true);
  assertEquals(listening(row("0100007F:7987", "01"), "udp"), false);
  assertEquals(listening(""), false);
});

Deno.test("parseListening() finds a Unix-domain socket by its whole path", () => {
  const table = "Num       RefCount Protocol Flags    Type St Inode Path\n" +
    "0000000013fae2a0: 00000002 00000000 00010000 0001 01 148750 /tmp/a/s\n";
  assertEquals(parseListening(table, "unix", "/tmp/a/s"), true);
  assertEquals(parseListening(table, "unix", "/tmp/a"), false);
});

for (const protocol of ["tcp", "udp"] as const) {
  Deno.test({
    ...needs(
      `serveTool() waits until a ${protocol} server listens on 127.0.0.1, and leaves none behind`,
      LINUX,
    ),
    async fn() {
      let port = "";
      {
        await using server = await serveTool({
          protocol,
          words: (free) => [deno, "eval", "--unstable-net", SERVER, protocol, free],
        });
        port = server.place;
        const table = await Deno.readTextFile(`/proc/net/${protocol}`);
        assert(parseListening(table, protocol, port));
      }
      const table = await Deno.readTextFile(`/proc/net/${protocol}`);
      assert(!parseListening(table, protocol, port));
    },
  });
}

Deno.test({
  ...needs("serveTool() ends what a server has forked, and removes its socket's directory", LINUX),
  async fn() {
    let path = "";
    {
      await using server = await serveTool({
        protocol: "unix",
        forks: true,
        // The program ends with 0 at once; what it left behind listens.
        words: (place) => [
          "sh",
          "-c",
          '"$0" eval "Deno.listen({ transport: \'unix\', path: Deno.args[0] }); await new Promise(() => setInterval(() => {}, 1e6))" "$1" &',
          deno,
          place,
        ],
      });
      path = server.place;
      assert(parseListening(await Deno.readTextFile("/proc/net/unix"), "unix", path));
    }
    // The kernel closes a killed process's sockets before the process can be waited for; this one is no child of ours.
    while (parseListening(await Deno.readTextFile("/proc/net/unix"), "unix", path)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  },
});

Deno.test({
  ...needs("serveTool() says so when a server ends instead of listening", LINUX),
  async fn() {
    await assertRejects(
      () => serveTool({ protocol: "tcp", words: () => ["sh", "-c", "exit 7"] }),
      Error,
      "sh -c exit 7 ended with 7",
    );
  },
});

Deno.test({
  ...needs(
    "sockperfRoundTrip() measures a whole round trip beside the suite",
    LINUX,
    program("sockperf"),
  ),
  async fn() {
    for (const protocol of ["tcp", "udp"] as const) {
      assert(await sockperfRoundTrip(sockperf!, protocol, 64, { seconds: 1 }) > 0);
    }
  },
});

Deno.test("freePort() takes two ports that nobody listens at", () => {
  const draws = [0, 0.5, 0.75];
  const from = () => draws.shift()!;
  // Neither a port that is taken, nor one whose neighbour is.
  using _first = Deno.listen({ hostname: "127.0.0.1", port: 20_000 });
  using _second = Deno.listen({ hostname: "127.0.0.1", port: 26_001 });
  assertEquals(freePort("tcp", from), 29_000);
});
