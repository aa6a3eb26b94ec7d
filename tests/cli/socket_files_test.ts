import { assertEquals, assertMatch } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { names, PERMISSIONS, sockbench, temporaryDirectory } from "./sockbench.ts";
import { LINUX, needs } from "../support/needs.ts";

/** The transports of the run, whose cases must have succeeded, and what the record says of its socket files. */
async function measured(
  tmpdir: string,
  { permissions = PERMISSIONS, peer = "process" }: {
    permissions?: readonly string[];
    peer?: string;
  } = {},
) {
  await using directory = await temporaryDirectory();
  const { code, err } = await sockbench([
    "run",
    "--profile=quick",
    "--rounds=1",
    "--scenario=round-trip",
    "--param=bytes=64",
    "--transport=tcp,unix,unixpacket",
    `--peer=${peer}`,
    "--format=json",
    `--out=${directory.path}`,
  ], {
    env: { TMPDIR: tmpdir },
    permissions: permissions.map((one) => one.replace("$OUT", directory.path)),
  });
  if (code !== 0) return { code, err, notes: [] };
  const record = decodeRecord(
    await Deno.readTextFile(`${directory.path}/latest.json`),
    "latest.json",
  );
  const notes = record.skipped.filter(({ what }) => what === "socket files").map((one) =>
    one.reason
  );
  return {
    code,
    cases: record.trials.map(({ case: id, error }) => error?.message ?? id).sort(),
    ...(notes.length > 0 && { notes }),
  };
}

const ALL = ["tcp", "unix", "unixpacket"].map((id) => `round-trip/${id}/bytes=64`);

Deno.test("sockbench run measures Unix-domain sockets whatever TMPDIR is: missing, no directory, not writable, empty, relative, too long, or with a comma", async () => {
  await using directory = await temporaryDirectory();
  const long = `${directory.path}/${"long".repeat(20)}`;
  const comma = `${directory.path}/with,comma`;
  for (const path of [long, comma]) await Deno.mkdir(path);
  for (const tmpdir of [`${directory.path}/missing`, "/dev/null", "/proc", "", ".", long, comma]) {
    assertEquals({ tmpdir, ...await measured(tmpdir) }, { tmpdir, code: 0, cases: ALL });
  }
});

Deno.test("sockbench run measures Unix-domain sockets in a TMPDIR of 70 characters, without leaving it", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/`.padEnd(70, "x");
  await Deno.mkdir(path);
  // Nowhere else may anything be written.
  const permissions = PERMISSIONS.map((one) =>
    one === "--allow-write" ? `--allow-write=$OUT,${path}` : one
  );
  assertEquals(await measured(path, { permissions }), { code: 0, cases: ALL });
  assertEquals(names(path), []);
});

for (const peer of ["loop", "worker", "process"]) {
  Deno.test({
    ...needs(
      `sockbench run measures Unix-domain sockets by abstract names where no directory is to be had, with peer ${peer}, and says so`,
      LINUX,
    ),
    async fn() {
      const permissions = PERMISSIONS.map((one) =>
        one === "--allow-write" ? "--allow-write=$OUT" : one
      );
      const { notes, ...rest } = await measured("/nonexistent", { permissions, peer });
      assertEquals(rest, { code: 0, cases: ALL });
      assertMatch(notes![0]!, /TMPDIR \(\/nonexistent\)|permission missing/);
      assertMatch(notes![0]!, /; abstract names are used$/);
    },
  });
}

Deno.test("sockbench list skips the Unix transports alone where neither files nor abstract names can be had, in one sentence with the directory and the limit", async () => {
  await using directory = await temporaryDirectory();
  const long = `${directory.path}/${"long".repeat(20)}`;
  await Deno.mkdir(long);
  const permissions = [
    "--allow-net=127.0.0.1,[::1]",
    "--allow-read",
    `--allow-write=${long}`,
    "--allow-env=TMPDIR",
  ];
  const { code, out } = await sockbench(["list", "--json"], { permissions, env: { TMPDIR: long } });
  assertEquals(code, 0);
  const found: { id: string; available: boolean; reason?: string }[] = JSON.parse(out).transports;
  const stateOf = (id: string) => found.find((one) => one.id === id);
  assertEquals(stateOf("tcp")?.available, true);
  for (const id of ["unix", "unixpacket"]) {
    const { available, reason } = stateOf(id)!;
    assertEquals(available, false);
    assertMatch(reason!, new RegExp(`TMPDIR \\(${long}\\): .* has a path of \\d+ bytes, and 94 `));
    assertMatch(
      reason!,
      /; \/tmp: permission missing: .*; abstract names need --allow-net without/,
    );
  }
});
