import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { createPolicy } from "../../src/gate/gate_policy.ts";
import type { GateResult, Verdict } from "../../src/gate/gate_result.ts";
import { judge } from "../../src/gate/judge.ts";
import { decodeRecord, encodeRecord } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { type CaseValues, noisyPairs, syntheticRecord } from "../compare/synthetic_records.ts";

const POLICY = createPolicy({ metrics: ["*"], threshold: "2%" });

/** Some cases of two records: paired noise, slowdowns on both sides of the threshold, failed trials, what only one has. */
function someRecords(seed: number): readonly [RunRecord, RunRecord] {
  const prng = createPrng(seed);
  const base: Record<string, CaseValues> = {};
  const head: Record<string, CaseValues> = {};
  const rounds = 5 + prng.nextInt(20);
  for (let index = 0; index < 6; index++) {
    const id = `${index % 3 === 2 ? "throughput" : "round-trip"}/tcp/bytes=${2 ** index}`;
    const slowdown = [1, 1.01, 1.02, 1.1, 0.9, 1.5][prng.nextInt(6)] as number;
    const pairs = noisyPairs(prng, rounds, slowdown);
    const spoil = (values: readonly number[]) =>
      values.map((value) => prng.nextFloat() < 0.02 ? "failed" as const : value);
    // Rounded, so that ties occur.
    const coarse = pairs.head.map((value) => Math.round(value / 500) * 500);
    const metric = index % 3 === 2 ? "bytesPerSecond" : "p50";
    if (prng.nextFloat() < 0.9) base[id] = { [metric]: spoil(pairs.base), p99: pairs.base };
    if (prng.nextFloat() < 0.9) head[id] = { [metric]: spoil(pairs.head), p99: coarse };
  }
  return [syntheticRecord(base), syntheticRecord(head)];
}

function gate([base, head]: readonly [RunRecord, RunRecord], paired: boolean): GateResult {
  return judge(compareRecords(base, head, { paired }), POLICY);
}

function reordered(record: RunRecord, seed: number): RunRecord {
  const prng = createPrng(seed);
  return {
    ...record,
    trials: prng.shuffle(record.trials),
    cases: prng.shuffle(record.cases),
    scenarios: prng.shuffle(record.scenarios),
    metrics: prng.shuffle(record.metrics),
  };
}

/** The same measurement in another unit: every value of both files times a factor. */
function rescaled(record: RunRecord, factor: number): RunRecord {
  return {
    ...record,
    trials: record.trials.map((trial) => ({
      ...trial,
      values: Object.fromEntries(
        Object.entries(trial.values ?? {}).map(([metric, value]) => [metric, value * factor]),
      ),
    })),
  };
}

const seeds = fc.integer({ min: 0, max: 1e6 });

Deno.test("no verdict changes when trials, cases, scenarios and metrics are reordered", () => {
  fc.assert(
    fc.property(seeds, seeds, fc.boolean(), (seed, other, paired) => {
      const [base, head] = someRecords(seed);
      assertEquals(
        gate([reordered(base, other), reordered(head, other + 1)], paired),
        gate([base, head], paired),
      );
    }),
    { numRuns: 20 },
  );
});

Deno.test("no verdict changes when records are written and read again", () => {
  fc.assert(
    fc.property(seeds, fc.boolean(), (seed, paired) => {
      const [base, head] = someRecords(seed);
      const again = (record: RunRecord) => decodeRecord(encodeRecord(record), "a file");
      const spaced = (record: RunRecord) =>
        decodeRecord(JSON.stringify(JSON.parse(encodeRecord(record)), null, 7), "a file");
      assertEquals(gate([again(base), spaced(head)], paired), gate([base, head], paired));
    }),
    { numRuns: 12 },
  );
});

Deno.test("no verdict changes when both records are rescaled in unit", () => {
  const factors = fc.constantFrom(1 / 30, 1000, 1 / 3, 7.3, 1024, 60, 1e-2);
  fc.assert(
    fc.property(seeds, factors, fc.boolean(), (seed, factor, paired) => {
      const [base, head] = someRecords(seed);
      const before = gate([base, head], paired);
      const after = gate([rescaled(base, factor), rescaled(head, factor)], paired);
      const said = ({ case: id, metric, verdict, reason, pValue, adjustedP, flagged }: Verdict) => {
        return { id, metric, verdict, reason, pValue, adjustedP, flagged };
      };
      assertEquals(after.cells.map(said), before.cells.map(said));
      assertEquals([after.exitCode, after.summary], [before.exitCode, before.summary]);
      for (const [index, { ratio }] of after.cells.entries()) {
        const other = before.cells[index]?.ratio;
        for (const part of ["estimate", "low", "high"] as const) {
          if (ratio !== undefined) assertAlmostEquals(ratio[part], other?.[part] ?? 0, 1e-8);
        }
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("someRecords() meets every verdict but the incomparable environment", () => {
  const words = new Set(
    Array.from({ length: 30 }, (_, seed) => gate(someRecords(seed), seed % 2 === 0))
      .flatMap(({ cells }) => cells.map(({ verdict }) => verdict)),
  );
  assertEquals(words.size, 7, [...words].join());
});
