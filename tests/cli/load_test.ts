import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PERMISSIONS, sockbench, sockbenchHere, temporaryDirectory } from "./sockbench.ts";
import { decodeRecord } from "../../src/record/codec.ts";

const refusals: readonly (readonly [readonly string[], string])[] = [
  [[], "load needs a --rate, as in --rate 5000, or --curve, or --slo 'p99<=1ms'"],
  [["--rate=100", "--curve"], "--rate and --curve contradict each other"],
  [["--rate=0"], 'parameter rate must be a whole number from 1 to 10000000: "0" is not'],
  [["--rate=-5"], 'parameter rate must be a whole number from 1 to 10000000: "-5" is not'],
  [["--rate=1e99"], 'parameter rate must be a whole number from 1 to 10000000: "1e99" is not'],
  [["--rate=5", "--connections=0"], "parameter connections must be a whole number from 1 to 10000"],
  [["--slo=p99"], "--slo must be a percentile and a limit"],
  [["--slo=p99<=1ms", "--rounds=3"], "--slo needs at least 8 --rounds: 3 are too few"],
];

for (const [index, [args, sentence]] of refusals.entries()) {
  Deno.test(`sockbench load ${args.join(" ")} is refused in one sentence`, async () => {
    await using directory = await temporaryDirectory();
    const words = ["load", ...args, `--out=${directory.path}`];
    // Each in this process; the first as a user runs it.
    const { code, err } = await (index === 0 ? sockbench(words) : sockbenchHere(words));
    assertEquals(code, 2);
    assertStringIncludes(err.replace(/\s+/g, " "), sentence);
  });
}

Deno.test("sockbench load measures a rate over transports, and ends with the line that answers", async () => {
  await using directory = await temporaryDirectory();
  const { code, out, err } = await sockbench([
    "load",
    "--rate=500",
    "--connections=3",
    "--request=300",
    "--reply=20k",
    "--rounds=1",
    "--quiet",
    `--out=${directory.path}`,
  ], { permissions: PERMISSIONS });
  assertEquals([code, err], [0, err]);
  const said = out.replace(/\s+/g, " ");
  assertMatch(said, /500\/s over 3 connections: .*over (tcp|unix)/);
  const { cases, trials } = decodeRecord(
    await Deno.readTextFile(`${directory.path}/latest.json`),
    "latest.json",
  );
  assertEquals(cases.map(({ id }) => id), [
    "load/tcp/request=300,reply=20480,rate=500,connections=3",
    "load/unix/request=300,reply=20480,rate=500,connections=3",
  ]);
  // On a machine too busy for the rate there is no latency that a closed loop would have another word on.
  const isMeasured = trials.some(({ values }) => values!.overload !== 1);
  assertEquals(/; a closed loop says/.test(said), isMeasured, said);
  // The cases of a round draw alike.
  assertEquals(trials[0]!.values!.arrivalHash, trials[1]!.values!.arrivalHash);
});
