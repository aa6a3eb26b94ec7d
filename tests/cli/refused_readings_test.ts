import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { LIBC, needs } from "../support/needs.ts";
import { PERMISSIONS, sockbench, temporaryDirectory } from "./sockbench.ts";

const WRAPPER = new URL("../support/without_system_calls.ts", import.meta.url).pathname;
const EPERM = 1;
const ENOSYS = 38;

const WHAT = {
  getrusage: ["CPU time of trials", "context switches and page faults of trials"],
  sched_getaffinity: ["cores that the ends of trials run on"],
  getsockopt: ["settings of sockets, read back"],
};

/** A run in which system calls are refused. */
async function runWithout(calls: readonly string[], errno: number, peer: string) {
  await using directory = await temporaryDirectory();
  const { code, err } = await sockbench([
    "run",
    "--profile=quick",
    "--rounds=1",
    "--scenario=round-trip",
    "--param=bytes=64",
    "--transport=tcp,udp,unix,tcp@libc,udp@libc",
    `--peer=${peer}`,
    "--format=json",
    `--out=${directory.path}`,
  ], {
    permissions: [...PERMISSIONS, "--allow-ffi"],
    via: [
      Deno.execPath(),
      ...["run", "--no-check", "--allow-ffi", "--allow-run", WRAPPER],
      String(errno),
      calls.join(","),
    ],
  });
  const text = await Deno.readTextFile(`${directory.path}/latest.json`);
  return { code, err, record: decodeRecord(text, "latest.json") };
}

const cases: readonly (readonly [readonly (keyof typeof WHAT)[], number, string])[] = [
  [["getrusage"], EPERM, "process"],
  [["getrusage"], EPERM, "worker"],
  [["sched_getaffinity"], EPERM, "process"],
  [["getsockopt"], EPERM, "process"],
  [["getrusage", "sched_getaffinity", "getsockopt"], ENOSYS, "process"],
];

for (const [calls, errno, peer] of cases) {
  Deno.test({
    ...needs(
      `sockbench run measures without ${
        calls.join(", ")
      } (error ${errno}), with peer ${peer}, and names what is missing for lack of it`,
      LIBC,
    ),
    async fn() {
      const { code, err, record } = await runWithout(calls, errno, peer);
      const failed = record.trials.flatMap(({ error }) => error?.message ?? []);
      assertEquals({ code, failed }, { code: 0, failed: [] }, err);
      // Deno itself connects no TCP without getsockopt.
      assert(record.trials.length >= (calls.includes("getsockopt") ? 2 : 5));
      const missing = record.environment.missing.map(({ what }) => what);
      for (const what of calls.flatMap((call) => WHAT[call])) {
        assert(missing.includes(what), `${what} is not among ${missing.join("; ")}`);
      }
      // What the kernel does not tell is not 0.
      if (calls.includes("getrusage")) {
        assertEquals(record.trials.flatMap(({ cpu }) => cpu ?? []), []);
      }
    },
  });
}

Deno.test({
  ...needs("sockbench doctor names readings that are refused", LIBC),
  async fn() {
    const { code, out } = await sockbench(["doctor", "--peer=loop"], {
      permissions: [...PERMISSIONS, "--allow-ffi"],
      via: [
        Deno.execPath(),
        ...["run", "--no-check", "--allow-ffi", "--allow-run", WRAPPER, "1", "getrusage"],
      ],
    });
    assertEquals(code, 0);
    assertStringIncludes(out, "CPU time of trials");
  },
});
