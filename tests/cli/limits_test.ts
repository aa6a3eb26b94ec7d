import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { needs, ownNetwork, program } from "../support/needs.ts";
import { PERMISSIONS, sockbench, temporaryDirectory } from "./sockbench.ts";

/** A run under limits: how it ended, and what each trial failed of. */
async function runVia(via: readonly string[], ...args: readonly string[]) {
  await using directory = await temporaryDirectory();
  const { code, out, err } = await sockbench(
    ["run", "--profile=quick", "--rounds=1", "--format=json", `--out=${directory.path}`, ...args],
    { via, permissions: [...PERMISSIONS, "--allow-ffi"] },
  );
  const text = await Deno.readTextFile(`${directory.path}/latest.json`);
  const failures = decodeRecord(text, "latest.json").trials
    .map(({ case: id, error }): [string, string] => [id, error?.message ?? "measured"]);
  return { code, said: out + err, failures: Object.fromEntries(failures) };
}

const files = (count: number) => ["sh", "-c", `ulimit -n ${count}; exec "$@"`, "sh"];

for (const peer of ["process", "worker", "loop"]) {
  Deno.test(`sockbench run says how many file descriptors a case needs, how many there are and what gives more, with peer ${peer}, and is not 0`, async () => {
    const { code, said, failures } = await runVia(
      files(64),
      "--scenario=fan-in",
      "--transport=tcp,udp,tcp@libc",
      "--param=clients=1,1000",
      `--peer=${peer}`,
    );
    assertEquals(code, 3);
    for (const [id, message] of Object.entries(failures)) {
      if (id.endsWith("clients=1")) assertEquals(message, "measured");
      else {
        const wanted = peer === "process" ? "1064, for 1000" : "2064, for 2000";
        assertStringIncludes(
          message,
          `no file descriptor is left: a process may have 64 here (ulimit -n); it needs about ${wanted} sockets and itself; as root, before it starts: ulimit -n 4096`,
        );
      }
    }
    assertMatch(said, /in no round measured: fan-in\/tcp\/bytes=64,clients=1000/);
  });
}

Deno.test("sockbench run says before it starts that more connections are asked for than there are file descriptors", async () => {
  await using directory = await temporaryDirectory();
  const { code, out, err } = await sockbench(
    [
      "run",
      "--scenario=load",
      "--param=connections=1000",
      "--transport=tcp",
      `--out=${directory.path}`,
    ],
    { via: files(200), permissions: [...PERMISSIONS, "--allow-ffi"] },
  );
  assertEquals(code, 3);
  assertStringIncludes(
    out + err,
    "too few file descriptors: a process may have 200 here (ulimit -n); it needs about 1064, for 1000 sockets and itself",
  );
  assertEquals(await Array.fromAsync(Deno.readDir(directory.path)), []);
});

Deno.test("sockbench run takes a shortage of its own for no answer of a server: a backlog is not full where descriptors have run out", async () => {
  const { code, failures } = await runVia(
    files(64),
    "--scenario=backlog",
    "--transport=tcp",
    "--param=backlog=128",
    "--peer=worker",
  );
  assertEquals(code, 3);
  for (const message of Object.values(failures)) {
    assertMatch(message, /no file descriptor is left: a process may have 64 here/);
  }
});

Deno.test({
  // Without libc the limits are read through it.
  ...needs(
    "sockbench doctor shows how many files and ports there may be, and what gives more where they are few",
    program("grep"),
  ),
  fn: showsLimits,
});

async function showsLimits(): Promise<void> {
  const { code, out } = await sockbench(["doctor", "--peer=loop"], { via: files(80) });
  assertEquals(code, 0);
  assertMatch(out, /open files +80 per process \(ulimit -n\): too few for .*: ulimit -n 4096/);
  assertMatch(out, /local ports +\d+ \(net\.ipv4\.ip_local_port_range, \d+ to \d+\)/);
  const { limits } = JSON.parse(
    (await sockbench(["doctor", "--peer=loop", "--json"], { via: files(80) })).out,
  );
  assertEquals([limits.openFiles, limits.ports.length], [80, 2]);
}

const network = await ownNetwork();
const RANGE = "/proc/sys/net/ipv4/ip_local_port_range";
const fewPorts = [
  "unshare",
  "-n",
  "sh",
  "-c",
  `ip link set lo up && echo "40000 40020" >${RANGE} && exec "$@"`,
  "sh",
];

Deno.test({
  ...needs(
    "sockbench run and doctor say how many local ports there are and what gives more, and the run is not 0",
    network,
    program("ip"),
  ),
  async fn() {
    const { code, failures } = await runVia(
      fewPorts,
      "--scenario=connect,round-trip",
      "--transport=tcp,tcp@libc,unix",
      "--param=bytes=64",
    );
    assertEquals(code, 3);
    for (const id of ["connect/tcp", "connect/tcp@libc"]) {
      assertStringIncludes(
        failures[id]!,
        "no local port is left: net.ipv4.ip_local_port_range has 21 of them; it needs up to ",
      );
      assertStringIncludes(
        failures[id]!,
        'as root: sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
      );
    }
    assertEquals(failures["connect/unix"], "measured");
    const { out } = await sockbench(["doctor", "--peer=loop"], { via: fewPorts });
    assertMatch(out, /local ports +21 \(.*, 40000 to 40020\): few for .*: sysctl -w/);
  },
});
