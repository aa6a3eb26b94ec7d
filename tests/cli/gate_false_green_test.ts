import { alter } from "../support/environments.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Histogram } from "../../src/model/histogram.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { encodeRecord } from "../../src/record/codec.ts";
import { type CaseValues, syntheticRecord } from "../compare/synthetic_records.ts";
import { type Outcome, sockbenchHere, temporaryDirectory } from "./sockbench.ts";

const CASE = "round-trip/tcp/bytes=64";
const OTHER = "round-trip/unix/bytes=64";
const around = (value: number) =>
  Array.from({ length: 20 }, (_, round) => value * (1 + round / 1e3));
const p50 = (value: number): CaseValues => ({ p50: around(value), p99: around(2 * value) });

const BASE = syntheticRecord({ [CASE]: p50(100e3) });
/** The same machine and code on another day: not slower. */
const SAME = syntheticRecord({ [CASE]: p50(100.5e3) }, { startedAt: "2026-02-01T12:00:00.000Z" });
const TWICE_AS_SLOW = syntheticRecord({ [CASE]: p50(200e3) });

/** Judges two records. */
async function judge(
  base: RunRecord,
  head: RunRecord,
  more: readonly string[] = [],
): Promise<Outcome & { readonly text: string }> {
  await using directory = await temporaryDirectory();
  const write = async (name: string, record: RunRecord) => {
    await Deno.writeTextFile(`${directory.path}/${name}`, encodeRecord(record));
    return `${directory.path}/${name}`;
  };
  const outcome = await sockbenchHere([
    "gate",
    `--baseline=${await write("base.json", base)}`,
    `--candidate=${await write("head.json", head)}`,
    `--out=${directory.path}/out`,
    ...more,
  ]);
  return { ...outcome, text: (outcome.out + outcome.err).replaceAll(/\s+/g, " ") };
}

/** A record in which metrics are defined otherwise. */
function redefined(record: RunRecord, change: Partial<RunRecord["metrics"][number]>): RunRecord {
  return {
    ...record,
    metrics: record.metrics.map((metric) =>
      metric.id === "p50" ? { ...metric, ...change } : metric
    ),
  };
}

function mapTrials(record: RunRecord, change: (trial: Trial) => Trial): RunRecord {
  return { ...record, trials: record.trials.map(change) };
}

/** Values of p50 by round. */
function valued(value: (round: number) => number): RunRecord {
  return mapTrials(SAME, (trial) => ({
    ...trial,
    values: { ...trial.values, p50: value(trial.round) },
  }));
}

/** The trials of some rounds failed. */
function failing(record: RunRecord, rounds: number, id = CASE): RunRecord {
  return mapTrials(
    record,
    (trial) => trial.case === id && trial.round <= rounds ? { ...trial, error: REFUSED } : trial,
  );
}

const REFUSED = { kind: "ConnectionRefused", message: "Connection refused" };
const EVERYWHERE = Array.from({ length: 9 }, (_, n) => `round-trip/tcp/bytes=${2 ** n}`);

function headlined(record: RunRecord, metric: string): RunRecord {
  const scenarios = record.scenarios.map((spec) => ({
    ...spec,
    metrics: [metric, ...spec.metrics.filter((id) => id !== metric)],
  }));
  const withMetric = mapTrials(record, (trial) => ({
    ...trial,
    values: { ...trial.values, [metric]: 0.01 },
  }));
  return { ...withMetric, scenarios };
}

/** With a distribution of many buckets, as a real trial has. */
function withHistogram(trial: Trial): Trial {
  const histogram = new Histogram();
  for (let index = 0; index < 100; index++) histogram.record(10_000 + 200 * index + trial.round);
  return { ...trial, histograms: { ...trial.histograms, first: histogram.toSparse() } };
}

const { environment } = BASE;

/** What must never be 0, by name: baseline, candidate, and what is said. */
const CANNOT_JUDGE: Readonly<Record<string, readonly [RunRecord, RunRecord, RegExp]>> = {
  "calls a latency better when it is higher, on both sides": [
    redefined(BASE, { better: "higher" }),
    redefined(TWICE_AS_SLOW, { better: "higher" }),
    /defined? the metric otherwise than this sockbench: higher is better, in ns, and not lower is better/i,
  ],
  "gives a latency no better direction, on both sides": [
    redefined(BASE, { better: "neither" }),
    redefined(TWICE_AS_SLOW, { better: "neither" }),
    /otherwise than this sockbench: neither is better/,
  ],
  "states a latency as a share, on both sides": [
    redefined(BASE, { unit: "ratio" }),
    redefined(TWICE_AS_SLOW, { unit: "ratio" }),
    /otherwise than this sockbench: lower is better, in ratio, and not lower is better, in ns/,
  ],
  "is the baseline itself": [BASE, BASE, /baseline and candidate are the same run/],
  "is a copy of the baseline under another date": [
    BASE,
    { ...BASE, startedAt: "2026-03-01T12:00:00.000Z", durationNs: 13e9 + BASE.durationNs },
    /baseline and candidate are the same run/,
  ],
  "is the beginning of the baseline's own run": [
    BASE,
    { ...BASE, trials: BASE.trials.slice(0, 12) },
    /baseline and candidate are the same run/,
  ],
  "is the baseline with its rounds in another order and one trial edited": [
    BASE,
    mapTrials(BASE, (trial) => ({
      ...trial,
      round: 21 - trial.round,
      startedNs: 21e9 - trial.startedNs,
      ...(trial.round === 1 && { values: { p50: 90e3 } }),
    })),
    /baseline and candidate are the same run/,
  ],
  "is the baseline with the length of every trial edited": [
    mapTrials(BASE, withHistogram),
    mapTrials(mapTrials(BASE, withHistogram), (trial) => ({
      ...trial,
      elapsedNs: trial.elapsedNs + 1,
    })),
    /baseline and candidate are the same run/,
  ],
  "gives a scenario of the suite another headline, as the baseline does": [
    headlined(BASE, "stallShare"),
    headlined(TWICE_AS_SLOW, "stallShare"),
    /scenario round-trip has the headline stallShare in a record, and p50 in this sockbench/,
  ],
  "lacks the trials of half of its rounds": [
    BASE,
    { ...SAME, trials: SAME.trials.slice(0, 10) },
    /head has trials of 10 of its 20 rounds only/i,
  ],
  "fails once in every case, and the baseline never": [
    syntheticRecord(Object.fromEntries(EVERYWHERE.map((id) => [id, p50(100e3)]))),
    mapTrials(
      syntheticRecord(Object.fromEntries(EVERYWHERE.map((id) => [id, p50(100.5e3)]))),
      (trial) => trial.round === 1 ? { ...trial, error: REFUSED } : trial,
    ),
    /head fails in 9 cases; failed trials: 0 in base, 9 in head/,
  ],
  "is partial": [BASE, { ...SAME, partial: true }, /head's run was ended early/],
  "names no versions": [
    BASE,
    { ...SAME, environment: alter(environment, { versions: {} }) },
    /Deno is unknown in head/,
  ],
  "names no versions, and the baseline neither": [
    { ...BASE, environment: alter(environment, { versions: {} }) },
    { ...SAME, environment: alter(environment, { versions: {} }) },
    /Deno is unknown in both records/,
  ],
  "names no kernel settings": [
    BASE,
    { ...SAME, environment: alter(environment, { sysctls: {} }) },
    /net\.core\.rmem_max is unknown in head/,
  ],
  "has kernel settings that the baseline lacks": [
    { ...BASE, environment: alter(environment, { sysctls: {} }) },
    SAME,
    /net\.core\.rmem_max is unknown in base/,
  ],
  "does not know its virtualization": [
    BASE,
    { ...SAME, environment: alter(environment, { virtualization: null }) },
    /virtualization is unknown in head/,
  ],
  "has trials of 1 ns and trials twice as slow": [
    BASE,
    valued((round) => round % 2 === 0 ? 1 : 200e3),
    /holds 1, which cannot have been measured in ns/,
  ],
  "has trials a hundred times as fast and trials twice as slow": [
    BASE,
    valued((round) => round % 2 === 0 ? 1e3 : 200e3),
    /Cannot judge: its cell is not decided/,
  ],
  "has trials a hundred times as fast and others as fast as ever": [
    BASE,
    valued((round) => round % 2 === 0 ? 1e3 : 100e3 + round),
    /Cannot judge: .* p50 could not have shown 4 times the threshold/,
  ],
  "is undecided in every cell": [
    syntheticRecord({ [CASE]: p50(100e3), [OTHER]: p50(100e3) }),
    syntheticRecord({ [CASE]: unclear(), [OTHER]: unclear() }),
    /Cannot judge: none of its cells is decided/,
  ],
  "fails in two of its trials, and the baseline in none": [
    BASE,
    failing(SAME, 2),
    /Cannot judge: head fails in 1 case; failed trials: 0 in base, 2 in head/,
  ],
};

function unclear(): CaseValues {
  const values = Array.from({ length: 20 }, (_, round) => 100e3 * (round % 2 === 0 ? 1.09 : 0.99));
  return { p50: values, p99: values };
}

for (const [name, [base, head, sentence]] of Object.entries(CANNOT_JUDGE)) {
  Deno.test(`sockbench gate does not pass a candidate that ${name}`, async () => {
    const outcome = await judge(base, head);
    assertEquals(outcome.code, 3, outcome.text);
    assertMatch(outcome.text, sentence);
  });
}

Deno.test("sockbench gate passes a later run that is not slower", async () => {
  const outcome = await judge(BASE, SAME);
  assertEquals(outcome.code, 0, outcome.text);
  assertMatch(outcome.out, /^Passed: none of 1 cell regressed\./);
});

Deno.test("sockbench gate reports a single failed trial on its first line, and passes", async () => {
  const outcome = await judge(BASE, failing(SAME, 1));
  assertEquals(outcome.code, 0, outcome.text);
  assertMatch(outcome.out, /^Passed: .*; failed trials: 0 in base, 1 in head\./);
  assertStringIncludes(outcome.text, "first ConnectionRefused: Connection refused");
  // One that the baseline has as well is no news.
  const both = await judge(failing(BASE, 2), failing(SAME, 2));
  assertEquals(both.code, 0, both.text);
  assertStringIncludes(both.text, "failed trials: 2 in base, 2 in head");
});

Deno.test("sockbench gate turns red for failures that are more than chance explains, unless they are ignored", async () => {
  // 40 trials, of which a tenth may be left out of the comparison of figures.
  const long = (value: number) => ({
    p50: Array.from({ length: 100 }, (_, round) => value * (1 + round / 1e4)),
  });
  const base = syntheticRecord({ [CASE]: long(100e3) });
  const head = failing(syntheticRecord({ [CASE]: long(100.5e3) }), 10);
  const red = await judge(base, head, ["--format=json,junit"]);
  assertEquals(red.code, 1, red.text);
  assertMatch(
    red.text,
    /Regressed: .* failures: 10 of 100 trials failed in head, 0 of 100 in base/,
  );
  await using directory = await temporaryDirectory();
  const budget = `${directory.path}/gate.toml`;
  await Deno.writeTextFile(
    budget,
    '[[ignore]]\ncase = "*"\nmetric = "failures"\nreason = "This runner refuses connections."\n',
  );
  const ignored = await judge(base, head, [`--budget-file=${budget}`]);
  assertEquals(ignored.code, 0, ignored.text);
});

/** A rule of gate.toml that is about nothing, and what is said of it. */
const IDLE_RULES: Readonly<Record<string, string>> = {
  '[[thresholds]]\ncase = "round-tripp/*"\nthreshold = "1%"\n':
    'thresholds[0].case of the policy matches no case that is judged: it is "round-tripp/*"',
  '[[thresholds]]\ncase = "*"\nmetric = "p9"\nthreshold = "1%"\n':
    'thresholds[0].metric of the policy matches no metric that is judged: it is "p9"; did you mean p90?',
  '[[ignore]]\ncase = "round-trip/upd/*"\nreason = "loss"\n':
    'ignore[0].case of the policy matches no case that is judged: it is "round-trip/upd/*"',
};

Deno.test("sockbench gate refuses rules of a policy that no case of baseline or candidate matches", async () => {
  await using directory = await temporaryDirectory();
  const budget = `${directory.path}/gate.toml`;
  for (const [rule, sentence] of Object.entries(IDLE_RULES)) {
    await Deno.writeTextFile(budget, rule);
    const outcome = await judge(BASE, SAME, [`--budget-file=${budget}`]);
    assertEquals(outcome.code, 2, outcome.text);
    assertStringIncludes(outcome.text, sentence);
  }
  await Deno.writeTextFile(
    budget,
    '[[ignore]]\ncase = "round-trip/quic/*"\nreason = "not everywhere"\n',
  );
  const skipped = [{ what: "transport quic", reason: "this Deno has no QUIC" }];
  const outcome = await judge({ ...BASE, skipped }, SAME, [`--budget-file=${budget}`]);
  assertEquals(outcome.code, 0, outcome.text);
});
