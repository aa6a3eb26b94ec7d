import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { generationSpreads } from "../../../bench/validation/gate_self_test/generation_spread.ts";
import {
  countJobs,
  type RealJob,
  renderSelfTest,
  type SelfTest,
} from "../../../bench/validation/gate_self_test/self_test_report.ts";
import type { AbRecords } from "../../../src/ab/ab_options.ts";
import { normalQuantile } from "../../../src/stats/normal.ts";
import { createPrng } from "../../../src/stats/prng.ts";
import { syntheticRecord } from "../../compare/synthetic_records.ts";

const LUCKY = "round-trip/tcp/bytes=64";
const EVEN = "round-trip/unix/bytes=64";

/** Jobs of `rounds` pairs, 1 % of noise a pair; LUCKY has 2 % of luck a generation besides. */
function series(jobs: number, rounds: number): AbRecords[] {
  const prng = createPrng("generations");
  const noise = () => normalQuantile((prng.nextInt(1e6) + 0.5) / 1e6);
  return Array.from({ length: jobs }, () => {
    const base = Array.from({ length: rounds }, () => 1e4);
    const even = base.map((value) => value * Math.exp(0.01 * noise()));
    let luck = 0;
    const lucky = base.map((value, index) => {
      if (index % 10 === 0) luck = 0.02 * noise();
      return value * Math.exp(0.01 * noise() + luck);
    });
    return {
      base: syntheticRecord({ [LUCKY]: { p50: base }, [EVEN]: { p50: base } }),
      head: syntheticRecord({ [LUCKY]: { p50: lucky }, [EVEN]: { p50: even } }),
    };
  });
}

Deno.test("generationSpreads() tells a process's own luck from the scatter of its pairs", () => {
  // The last block of each job is incomplete.
  const [lucky, even] = generationSpreads(series(100, 25));
  assertEquals([lucky?.case, even?.case, even?.metric], [LUCKY, EVEN, "p50"]);
  assertEquals([lucky?.blocks, even?.blocks], [200, 200]);
  assertAlmostEquals(even!.pairToPair, 0.01, 0.001);
  assertAlmostEquals(even!.expected, 1.2533 * even!.pairToPair / Math.sqrt(10), 1e-6);
  assertAlmostEquals(even!.between / even!.expected, 1, 0.2);
  assert(lucky!.between / lucky!.expected > 1.8, `${lucky!.between / lucky!.expected}`);
  assertEquals(generationSpreads(series(1, 19)), []);
});

Deno.test("renderSelfTest() counts jobs that could not judge, and names what the intervals leave out", () => {
  const { base } = series(1, 1)[0]!;
  const real = [0, 1, 3, 3].map((exitCode) => ({
    result: { exitCode, cells: [{ verdict: "pass", ratio: { estimate: 1.01 } }] },
    tookNs: 1e9,
    pairs: 20,
    confirmed: false,
  })) as unknown as RealJob[];
  const test: SelfTest = {
    plan: { cases: base.cases } as unknown as SelfTest["plan"],
    environment: base.environment,
    startedAt: base.startedAt,
    tookNs: 1e9,
    command: "deno task gate:self-test",
    pairs: 20,
    real,
    falseReds: { standard: countJobs([0, 0, 1, 3, 3, 3]) },
    generations: generationSpreads(series(2, 20)),
    powers: [{
      slowdown: { share: 0.1, where: "all" },
      policy: "standard",
      tally: { found: 9, tried: 10, missed: [EVEN] },
      pairs: 20,
      jobs: 7,
    }],
  };
  const text = renderSelfTest(test);
  assertStringIncludes(text, "| 1 of 4 | 25 % [4.6 %, 70 %] | 2 of 4 |");
  assertStringIncludes(text, "| 1 of 6 | 17 % [3.0 %, 56 %] | 3 of 6 |");
  assertStringIncludes(text, "all resampled jobs come from 4 real ones");
  assertStringIncludes(text, "7 slowed jobs of each size");
  assertStringIncludes(text, `| \`${EVEN}\` p50 | 4 | `);
});
