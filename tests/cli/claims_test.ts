import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { claims } from "../../src/claim/registry.ts";
import {
  assertRefused,
  command,
  names,
  PERMISSIONS,
  sockbench,
  temporaryDirectory,
} from "./sockbench.ts";

/** The claim that costs least: one experiment, no measured cell. */
const CHEAP = "emptied-by-acknowledgement";
/** One with cells to measure and no experiment, by Deno's API alone. */
const MEASURED = "datagrams-cost-less";

Deno.test("sockbench claims --list prints every claim with its number and sentence, and measures nothing", async () => {
  const { code, out } = await sockbench(["claims", "--list"]);
  assertEquals(code, 0);
  const lines = out.trimEnd().split("\n");
  assertEquals(lines.length, claims.length);
  for (const [index, { number, id, sentence }] of claims.entries()) {
    assertMatch(lines[index]!, new RegExp(`^ ?${number}  ${id} `));
    assertStringIncludes(lines[index]!, sentence);
  }
});

Deno.test("sockbench claims --claim takes numbers, ids and globs, in the order of the claims", async () => {
  const { out } = await sockbench(["claims", "--list", "--claim", "34,default-buffers,write*"]);
  assertEquals(out.trimEnd().split("\n").map((line) => parseInt(line)), [1, 2, 34]);
});

Deno.test("sockbench claims refuses a claim that there is not, and names one that it may be", async () => {
  const outcome = await sockbench(["claims", "--claim", "defaults-buffers"]);
  assertRefused(outcome, /defaults-buffers matches no claim.*default-buffers/);
});

Deno.test("sockbench claims writes verdict, numbers and record of a claim that it measures", async () => {
  await using directory = await temporaryDirectory();
  const out = directory.path;
  const args = ["claims", "--claim", MEASURED, "--rounds", "1", "--peer", "loop", "--out", out];
  const outcome = await sockbench(args);
  assertEquals(outcome.code, 0, outcome.err);
  assertStringIncludes(outcome.out, `17  `);
  assertStringIncludes(outcome.out, MEASURED);
  const json = JSON.parse(await Deno.readTextFile(`${out}/claims.json`));
  assertEquals(json.partial, false);
  assertEquals(json.claims.map(({ id }: { id: string }) => id), [MEASURED]);
  const markdown = await Deno.readTextFile(`${out}/claims.md`);
  assertStringIncludes(markdown, "### 17. ");
  assertStringIncludes(markdown, "CPU, udp against tcp, 64 B");
  const record = JSON.parse(await Deno.readTextFile(`${out}/claims-record.json`));
  assert(record.trials.length > 0);
});

Deno.test("sockbench claims --format writes what is asked for only", async () => {
  await using directory = await temporaryDirectory();
  const out = directory.path;
  const { code } = await sockbench(["claims", "--claim", CHEAP, "--format", "md", "--out", out]);
  assertEquals(code, 0);
  assertEquals(names(out), ["claims-record.json", "claims.md"]);
});

Deno.test("sockbench claims without --allow-ffi says of what needs the kernel that it cannot be tried, and ends well", async () => {
  await using directory = await temporaryDirectory();
  const out = directory.path;
  const permissions = PERMISSIONS.filter((one) => !one.startsWith("--allow-ffi"));
  const args = ["claims", "--claim", CHEAP, "--out", out];
  const { code, err } = await sockbench(args, { permissions });
  assertEquals(code, 0, err);
  const { claims: [only] } = JSON.parse(await Deno.readTextFile(`${out}/claims.json`));
  assertEquals(only.verdict, "cannot be tried here");
  assertStringIncludes(only.answer, "--allow-ffi");
});

for (
  const [when, args] of [
    ["an experiment", ["--claim", "http-and-websocket-ride-on-streams,families-and-types"]],
    ["the trials", ["--claim", "datagrams-are-faster", "--rounds", "1000"]],
  ] as const
) {
  Deno.test(`sockbench claims, interrupted during ${when}, writes what it has, says so, and leaves nothing behind`, async () => {
    await using directory = await temporaryDirectory();
    const out = directory.path;
    await Deno.mkdir(`${out}/tmp`);
    const child = command(["claims", "--peer", "loop", "--out", `${out}/reports`, ...args], {
      permissions: [...PERMISSIONS, "--allow-ffi"],
      env: { TMPDIR: `${out}/tmp` },
    }).spawn();
    const err = await interruptAfter(child, when === "the trials" ? /round 1\// : /experiment 1\//);
    const { code } = await child.status;
    await child.stdout.cancel();
    assertEquals(code, 130, err);
    assertStringIncludes(err, "interrupted");
    const json = JSON.parse(await Deno.readTextFile(`${out}/reports/claims.json`));
    assertEquals(json.partial, true);
    assertEquals(json.claims.length, args[1].split(",").length);
    const markdown = await Deno.readTextFile(`${out}/reports/claims.md`);
    assertStringIncludes(markdown, "The run was interrupted");
    assertEquals(names(`${out}/tmp`), []);
  });
}

/** Sends SIGINT once standard error matches; gives all of it. */
async function interruptAfter(child: Deno.ChildProcess, sign: RegExp): Promise<string> {
  let err = "";
  let isSent = false;
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    err += text;
    if (isSent || !sign.test(err)) continue;
    isSent = true;
    child.kill("SIGINT");
  }
  return err;
}

Deno.test("sockbench claims --repeat runs everything again, and says so of each verdict", async () => {
  await using directory = await temporaryDirectory();
  const out = directory.path;
  const args = ["claims", "--claim", "6", "--peer", "loop", "--repeat", "2", "--out", out];
  const { code, err } = await sockbench(args);
  assertEquals(code, 0, err);
  assertStringIncludes(err, "run 2/2");
  const { claims: [only] } = JSON.parse(await Deno.readTextFile(`${out}/claims.json`));
  assertStringIncludes(only.seen.at(-1), "2 of 2 runs");
  assertRefused(await sockbench(["claims", "--repeat", "0"]), /--repeat.*1 to 100.*"0"/);
});
