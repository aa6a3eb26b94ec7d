import { METRIC_IDS, type MetricDefinition, metricOf } from "../../src/units/metric.ts";
import type { Case } from "../../src/model/case.ts";
import { type RunRecord, SCHEMA_MINOR, SCHEMA_VERSION } from "../../src/model/run_record.ts";
import { upgradeEnvironment } from "../../src/record/upgrade_v1.ts";
import type { Trial } from "../../src/model/trial.ts";
import type { ScenarioSpec } from "../../src/model/scenario_spec.ts";
import { normalQuantile } from "../../src/stats/normal.ts";
import type { Prng } from "../../src/stats/prng.ts";

/** Values by metric, one a round; `undefined`: the trial yields none; `"failed"`: the trial failed. */
export type CaseValues = Readonly<Record<string, readonly (number | "failed" | undefined)[]>>;

/** Metrics of the scenarios that synthetic case ids may name, the headline first. */
const METRICS: Readonly<Record<string, readonly string[]>> = {
  "round-trip": ["p50", "p99", "stallShare", "cpuPerOperation"],
  throughput: ["bytesPerSecond", "loss", "bytesPerRead"],
  custom: ["turnaround"],
};

/** A metric that the suite does not know. */
export const TURNAROUND: MetricDefinition = {
  id: "turnaround",
  unit: "ns",
  better: "lower",
  title: "turnaround",
  description: "A metric of a user's module.",
};

/** A record with the given values and nothing else; the scenario is the part of the case id before the first slash. */
export function syntheticRecord(
  cases: Readonly<Record<string, CaseValues>>,
  fields: Partial<RunRecord> = {},
): RunRecord {
  const ids = Object.keys(cases);
  const rounds = Math.max(
    1,
    ...Object.values(cases).flatMap((values) => Object.values(values).map((list) => list.length)),
  );
  return {
    schemaVersion: SCHEMA_VERSION,
    minor: SCHEMA_MINOR,
    startedAt: "2026-01-31T12:00:00.000Z",
    durationNs: Math.max(12e9, (rounds + 1) * 1e9),
    estimateNs: 11.5e9,
    partial: false,
    environment: upgradeEnvironment({
      versions: { deno: "2.9.6", v8: "15.0", sockbench: "0.1.0" },
      platform: "linux x86_64",
      kernel: "6.18.44",
      cpu: "Some CPU @ 2 GHz",
      cores: 2,
      memoryBytes: 4294967296,
      virtualization: "virtual machine (KVM)",
      loadAverage: 0.25,
      sysctls: { "net.core.rmem_max": 212992 },
      missing: [],
    }),
    settings: { profile: "quick", rounds, seed: 42, peer: "process", command: "sockbench run" },
    scenarios: [...new Set(ids.map(scenarioOf))].map(specOf),
    metrics: [...METRIC_IDS.map(metricOf), TURNAROUND],
    cases: ids.map(caseOf),
    skipped: [],
    trials: ids.flatMap((id, order) => trialsOf(id, order, cases[id] ?? {})),
    ...fields,
  };
}

/** A case as {@linkcode syntheticRecord} makes it of an id. */
export function caseOf(id: string): Case {
  return {
    id,
    scenario: scenarioOf(id),
    transport: id.split("/")[1] ?? "tcp",
    params: {},
    fixed: {},
    workload: "ping-pong",
    budget: { warmupNs: 1e7, measureNs: 1e8 },
    expectedNs: 1.2e8,
    placement: { peer: "process", pin: "none" },
  };
}

function scenarioOf(id: string): string {
  return id.split("/")[0] ?? id;
}

function specOf(id: string): ScenarioSpec {
  return {
    id,
    question: "How long?",
    operation: "exchange",
    parameters: [],
    metrics: METRICS[id] ?? ["p50"],
    columns: ["transport"],
    contrasts: [],
    notes: [],
  };
}

function trialsOf(id: string, order: number, values: CaseValues): readonly Trial[] {
  const rounds = Math.max(0, ...Object.values(values).map((list) => list.length));
  return Array.from({ length: rounds }, (_, index): Trial => {
    const own = Object.entries(values).flatMap(([metric, list]): [string, number][] => {
      const value = list[index];
      return typeof value === "number" ? [[metric, value]] : [];
    });
    const failed = Object.values(values).some((list) => list[index] === "failed");
    return {
      case: id,
      round: index + 1,
      order,
      startedNs: (index + 1) * 1e9 + order,
      elapsedNs: 1e8,
      operations: 1000,
      histograms: {},
      tally: {},
      values: Object.fromEntries(own),
      peer: "process 4711",
      settings: {},
      ...(failed ? { error: { kind: "timeout", message: "The peer did not answer." } } : {}),
    };
  });
}

/** How a small shared machine disturbs pairs (FIELD.md): two speeds 1.5 apart, and a little noise within each. */
export interface Noise {
  /** Share of the pairs in which the speed changes between or within the two slices. */
  readonly speedChanges: number;
  /** Standard deviation of the noise of one slice within a speed. */
  readonly within: number;
}

/** Adjacent slices of 20 to 100 ms: log-ratios with a deviation of about 1.5 % (MAD) and tails of ±40 %. */
export const FIELD_NOISE: Noise = { speedChanges: 0.12, within: 0.015 };

/** Values of base and head, `slowdown` apart, one pair a round. */
export function noisyPairs(
  prng: Prng,
  pairs: number,
  slowdown: number,
  { speedChanges, within }: Noise = FIELD_NOISE,
): { readonly base: number[]; readonly head: number[] } {
  const slow = Math.log(1.5);
  const noise = () => within * normalQuantile(prng.nextFloat() * 0.999998 + 1e-6);
  const base: number[] = [];
  const head: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // Both slices of a pair met the same speed, or one of them met some of the other one.
    const speed = prng.nextFloat() < 0.25 ? slow : 0;
    const changed = prng.nextFloat() < speedChanges;
    const shift = changed ? slow * Math.sqrt(prng.nextFloat()) * (speed > 0 ? -1 : 1) : 0;
    const baseChanged = prng.nextFloat() < 0.5;
    base.push(10e3 * Math.exp(speed + noise() + (baseChanged ? shift : 0)));
    head.push(10e3 * slowdown * Math.exp(speed + noise() + (baseChanged ? 0 : shift)));
  }
  return { base, head };
}
