import { assertEquals, assertMatch } from "@std/assert";
import schemaV1 from "../../reports/schema/record.v1.schema.json" with { type: "json" };
import type { RunRecord } from "../../src/model/run_record.ts";
import { encodeRecord } from "../../src/record/codec.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";
import { asV1 } from "../support/environments.ts";
import { sockbench, temporaryDirectory } from "./sockbench.ts";

const CASE = "round-trip/tcp/bytes=64";

const record = (value: number, startedAt: string): RunRecord => {
  const made = syntheticRecord({
    [CASE]: { p50: Array.from({ length: 20 }, (_, round) => value * (1 + round / 1e3)) },
  });
  // Trials of its own: two files with the same ones are one run.
  const trials = made.trials.map((trial) => ({ ...trial, startedNs: trial.startedNs + value }));
  return { ...made, startedAt, trials };
};

/** What a metric of schema 1 may be counted in, as its published schema says. */
const V1_UNITS = new Set<string>(
  schemaV1.properties.metrics.items.properties.unit.enum,
);

/** The text of a file of schema 1. */
function old(record: RunRecord): string {
  const { minor: _minor, runId: _runId, origin: _origin, ...rest } = record;
  return JSON.stringify({
    ...rest,
    schemaVersion: 1,
    metrics: record.metrics.filter(({ unit }) => V1_UNITS.has(unit)),
    environment: asV1(record.environment),
  });
}

async function gate(base: string, head?: string) {
  await using directory = await temporaryDirectory();
  const path = (name: string) => `${directory.path}/${name}`;
  await Deno.writeTextFile(path("base.json"), base);
  if (head !== undefined) await Deno.writeTextFile(path("head.json"), head);
  const { code, out, err } = await sockbench([
    "gate",
    `--baseline=${path("base.json")}`,
    ...(head === undefined ? [] : [`--candidate=${path("head.json")}`]),
    `--out=${path("out")}`,
  ]);
  return { code, said: (out + err).replaceAll(/\s+/g, " ") };
}

const BASE = record(100, "2026-01-31T12:00:00.000Z");
const HEAD = record(100.1, "2026-02-01T12:00:00.000Z");

Deno.test("gate judges no record of this version against a baseline of schema 1, and says how to renew it", async () => {
  const advice =
    /base is a record of schema 1, which lacks facts that are compared today: measure it again with "sockbench run"/;
  for (const head of [encodeRecord(HEAD), undefined]) {
    const { code, said } = await gate(old(BASE), head);
    assertMatch(said, advice);
    assertEquals(code, 3);
  }
});

Deno.test("gate judges two records of one schema, old ones too", async () => {
  assertEquals((await gate(old(BASE), old(HEAD))).code, 0);
  assertEquals((await gate(encodeRecord(BASE), encodeRecord(HEAD))).code, 0);
  const slower = record(160, "2026-02-01T12:00:00.000Z");
  assertEquals((await gate(old(BASE), old(slower))).code, 1);
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
