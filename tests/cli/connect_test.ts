import { assert, assertEquals } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import { LIBC, needs, unless } from "../support/needs.ts";
import { loopbackWithMtu } from "../support/surroundings.ts";
import { PERMISSIONS, sockbench, temporaryDirectory } from "./sockbench.ts";

/** A network namespace of its own: whatever else this machine does is not in its counters. */
const namespace = await loopbackWithMtu(65_536);

Deno.test({
  ...needs(
    "each trial of connect leaves as many connections in TIME-WAIT as it has operations",
    LIBC,
    unless("obstacle" in namespace ? namespace.obstacle : undefined),
  ),
  async fn() {
    if ("obstacle" in namespace) return;
    await using directory = await temporaryDirectory();
    const { code, err } = await sockbench([
      "run",
      "--profile=quick",
      "--rounds=12",
      "--case=connect/tcp",
      "--case=connect-round-trip/tcp/*",
      "--case=connect/unix",
      "--quiet",
      `--out=${directory.path}`,
    ], { permissions: [...PERMISSIONS, "--allow-ffi"], via: namespace.got });
    assertEquals({ code, err }, { code: 0, err: "" });
    const { trials }: RunRecord = JSON.parse(
      await Deno.readTextFile(`${directory.path}/latest.json`),
    );
    const left = ({ counters }: typeof trials[number]) => counters?.["TcpExt.TW"] ?? 0;
    assert(trials.length >= 36);
    assertEquals(
      trials.map((trial) => [trial.case, left(trial)]),
      trials.map(({ case: id, operations }) => [id, id.includes("/unix") ? 0 : operations]),
    );
  },
});
