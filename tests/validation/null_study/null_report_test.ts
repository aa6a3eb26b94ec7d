import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Claims,
  holds,
  readClaims,
  renderNullStudy,
} from "../../../bench/validation/null_study/null_report.ts";
import { SLOWED, TWINS, twinsModule } from "../../../bench/validation/null_study/twins.ts";
import type { RunRecord } from "../../../src/model/run_record.ts";
import { connectRoundTrip } from "../../../src/scenario/connect_round_trip.ts";
import { roundTrip } from "../../../src/scenario/round_trip.ts";
import { createPrng } from "../../../src/stats/mod.ts";
import { tcp } from "../../../src/transport/tcp.ts";
import { syntheticRecord } from "../../compare/synthetic_records.ts";

/** Sixteen rounds of tcp and its twins, the slowed one by a factor. */
function record(factor: number, seed = 1): RunRecord {
  const prng = createPrng(seed);
  const values = (scale: number) =>
    Array.from({ length: 16 }, () => scale * 10_000 * (1 + 0.02 * prng.nextFloat()));
  return syntheticRecord(
    Object.fromEntries(
      ["tcp", ...TWINS].map((name) => [
        `round-trip/${name}`,
        { p50: values(name === SLOWED ? factor : 1) },
      ]),
    ),
    { scenarios: [{ ...roundTrip, metrics: ["p50"] }] },
  );
}

Deno.test("twinsModule() has tcp under other names, and slows one of them down only where asked", () => {
  for (const slowed of [false, true]) {
    const transports = twinsModule(slowed).transports!;
    assertEquals(transports.map(({ name }) => name), TWINS);
    for (const one of transports) {
      assert(one.mode === "stream" && tcp.mode === "stream", one.name);
      const isTcp = "connect" in one && one.connect === tcp.connect;
      assertEquals(isTcp, !(slowed && one.name === SLOWED), one.name);
    }
  }
});

Deno.test("readClaims() reads no claim off identical transports, and a finding and no best of three off one that is slower", () => {
  const same = readClaims(record(1));
  assertEquals([same.findings, same.best, same.comparisons], [[], 0, 3]);
  const slowed = readClaims(record(1.1));
  assertEquals([slowed.findings.length, slowed.best], [1, 0]);
  assert(slowed.findings[0]!.includes(`round-trip/${SLOWED}`));
  const [one] = slowed.slowdowns;
  assertEquals([slowed.slowdowns.length, one!.found], [1, true]);
  assert(Math.abs(one!.ratio - 1.1) < 0.02, String(one!.ratio));
});

Deno.test("readClaims() leaves out that a connection of its own takes longer than a kept one: that is no claim about a name", () => {
  const values = (ns: number) => Array.from({ length: 16 }, (_, round) => ns + round % 3);
  const both = syntheticRecord({
    "round-trip/tcp": { p50: values(10_000) },
    "connect-round-trip/tcp": { p50: values(200_000) },
  }, {
    scenarios: [roundTrip, connectRoundTrip].map((spec) => ({ ...spec, metrics: ["p50"] })),
  });
  const { findings, comparisons } = readClaims(both);
  assertEquals([comparisons, findings], [1, []]);
});

Deno.test("holds() asks for silence about identical transports, and for a finding about the slowed one in every run", () => {
  const claims = (findings: Claims["findings"], best = 0): Claims => ({
    findings,
    best,
    comparisons: 3,
    slowdowns: [],
  });
  const silent = claims([]);
  const right = claims([["round-trip/tcp", `round-trip/${SLOWED}`]]);
  const wrong = claims([["round-trip/tcp", "round-trip/twin-1"]]);
  assertEquals(holds([silent, silent], [right, right]), true);
  assertEquals(holds([silent, right], [right]), false);
  assertEquals(holds([claims([], 1)], [right]), false);
  assertEquals(holds([silent], [right, silent]), false);
  assertEquals(holds([silent], [wrong]), false);
});

Deno.test("renderNullStudy() states what was found and whether the study holds", () => {
  const text = renderNullStudy([record(1), record(1, 2)], [record(1.1)], "deno task null-study");
  assertStringIncludes(text, "Of 2 runs of identical transports 0 claim a difference or a best");
  assertStringIncludes(text, "1 of 1 runs with a slowed one find it");
  assertStringIncludes(text, "\nThe study holds.\n");
  const failed = renderNullStudy([record(1.1)], [record(1)], "deno task null-study");
  assertStringIncludes(failed, "\n**The study does not hold.**\n");
});
