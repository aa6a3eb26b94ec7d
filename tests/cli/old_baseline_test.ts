import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Case } from "../../src/model/case.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { ScenarioSpec } from "../../src/model/scenario_spec.ts";
import type { Trial } from "../../src/model/trial.ts";
import { encodeRecord } from "../../src/record/codec.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";
import { sockbenchHere, temporaryDirectory } from "./sockbench.ts";

const CASE = "round-trip/tcp/bytes=64";

const record = (value: number, startedAt: string): RunRecord => {
  const made = syntheticRecord({
    [CASE]: { p50: Array.from({ length: 20 }, (_, round) => value * (1 + round / 1e3)) },
  });
  // Trials of its own: two files with the same ones are one run.
  const trials = made.trials.map((trial) => ({ ...trial, startedNs: trial.startedNs + value }));
  return { ...made, startedAt, trials };
};

/** A part of a file of schema 1, as version 0.1 wrote it. */
const SAMPLE = JSON.parse(
  await Deno.readTextFile(new URL("../golden/version-0.1.json", import.meta.url)),
);

/** The text of a file of schema 1: one case of that one, with other values and another start. */
function old(value: number, startedAt: string): string {
  const [first] = SAMPLE.cases.filter(({ scenario }: Case) => scenario === "round-trip");
  const trials = SAMPLE.trials.filter((trial: Trial) => trial.case === first.id);
  return JSON.stringify({
    ...SAMPLE,
    startedAt,
    cases: [first],
    scenarios: SAMPLE.scenarios.filter(({ id }: ScenarioSpec) => id === first.scenario),
    trials: trials.map((trial: Trial, round: number) => ({
      ...trial,
      // Trials of its own: two files with the same ones are one run.
      startedNs: trial.startedNs + value,
      histograms: {},
      values: { p50: value * (1 + round / 1e3) },
    })),
  });
}

async function gate(base: string, head?: string) {
  await using directory = await temporaryDirectory();
  const path = (name: string) => `${directory.path}/${name}`;
  await Deno.writeTextFile(path("base.json"), base);
  if (head !== undefined) await Deno.writeTextFile(path("head.json"), head);
  const { code, out, err } = await sockbenchHere([
    "gate",
    `--baseline=${path("base.json")}`,
    ...(head === undefined ? [] : [`--candidate=${path("head.json")}`]),
    `--out=${path("out")}`,
  ]);
  return { code, said: (out + err).replaceAll(/\s+/g, " ") };
}

const STARTS = ["2026-01-31T12:00:00.000Z", "2026-02-01T12:00:00.000Z"] as const;
const BASE = record(100, STARTS[0]);
const HEAD = record(100.1, STARTS[1]);
const OLD_BASE = old(100, STARTS[0]);

Deno.test("gate judges no record of this version against a baseline of schema 1, and says how to renew it", async () => {
  const advice =
    `base is a record of schema 1, which lacks facts that are compared today: measure it again with "${SAMPLE.settings.command}"`;
  for (const head of [encodeRecord(HEAD), undefined]) {
    const { code, said } = await gate(OLD_BASE, head);
    assertStringIncludes(said, advice);
    assertEquals(code, 3);
  }
});

Deno.test("gate judges two records of one schema, old ones too", async () => {
  assertEquals((await gate(OLD_BASE, old(100.1, STARTS[1]))).code, 0);
  assertEquals((await gate(encodeRecord(BASE), encodeRecord(HEAD))).code, 0);
  assertEquals((await gate(OLD_BASE, old(160, STARTS[1]))).code, 1);
});

Deno.test("gate refuses a file that calls its CPU a mere remark", async () => {
  const lenient = (one: RunRecord, cpu: string): RunRecord => ({
    ...one,
    environment: {
      ...one.environment,
      facts: one.environment.facts.map((fact) =>
        fact.id === "cpu" ? { ...fact, value: cpu, compare: "info" } : fact
      ),
    },
  });
  const { code, said } = await gate(
    encodeRecord(lenient(BASE, "One CPU")),
    encodeRecord(lenient(HEAD, "Another CPU")),
  );
  assertMatch(said, /CPU differs: "One CPU" in base, "Another CPU" in head/);
  assertEquals(code, 3);
});

Deno.test("gate takes no fact that both files lack for a match where it must be known", async () => {
  const without = (one: RunRecord): RunRecord => ({
    ...one,
    environment: {
      ...one.environment,
      facts: one.environment.facts.filter(({ id }) => id !== "kernel"),
    },
  });
  const { code, said } = await gate(encodeRecord(without(BASE)), encodeRecord(without(HEAD)));
  assertMatch(said, /kernel is unknown in both records/);
  assertEquals(code, 3);
});
