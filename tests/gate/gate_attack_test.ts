import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { createPolicy } from "../../src/gate/gate_policy.ts";
import { judge } from "../../src/gate/judge.ts";
import { decodeRecord, encodeRecord, RecordError } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";

const STEADY = Array.from({ length: 20 }, (_, index) => 10_000 + (index * 7) % 20);
const IDS = ["round-trip/tcp/bytes=64", "round-trip/unix/bytes=64", "throughput/tcp/bytes=1024"];

/** A record that passes against itself. */
function sound(): RunRecord {
  return syntheticRecord(Object.fromEntries(IDS.map((id) => [id, {
    [id.startsWith("throughput") ? "bytesPerSecond" : "p50"]: STEADY,
    p99: STEADY,
  }])));
}

function mapTrials(record: RunRecord, change: (trial: Trial) => Trial): RunRecord {
  return { ...record, trials: record.trials.map(change) };
}

/** Every value of one case, or of all, replaced. */
function withValues(record: RunRecord, value: number, id?: string): RunRecord {
  return mapTrials(record, (trial) =>
    id !== undefined && trial.case !== id ? trial : {
      ...trial,
      values: Object.fromEntries(Object.keys(trial.values ?? {}).map((metric) => [metric, value])),
    });
}

const ERROR = { kind: "timeout", message: "The peer did not answer." };

/** What can happen to a file, by name. */
const DAMAGES: Readonly<Record<string, (record: RunRecord) => RunRecord>> = {
  "nothing in it": () => syntheticRecord({}),
  "no trials": (record) => ({ ...record, trials: [] }),
  "other cases": () => syntheticRecord({ "round-trip/udp": { p50: STEADY } }),
  "two rounds left": (record) => ({
    ...record,
    partial: true,
    trials: record.trials.filter(({ round }) => round <= 2),
  }),
  "two rounds left of one case": (record) => ({
    ...record,
    trials: record.trials.filter(({ round, case: id }) => round <= 2 || id !== IDS[0]),
  }),
  "no trials of one case": (record) => ({
    ...record,
    trials: record.trials.filter(({ case: id }) => id !== IDS[0]),
  }),
  "all trials failed": (record) => mapTrials(record, (trial) => ({ ...trial, error: ERROR })),
  "all trials of one case failed": (record) =>
    mapTrials(record, (trial) => trial.case === IDS[0] ? { ...trial, error: ERROR } : trial),
  "half of the trials failed": (record) =>
    mapTrials(record, (trial) => trial.round % 2 === 0 ? { ...trial, error: ERROR } : trial),
  "no values": (record) => mapTrials(record, ({ values: _, ...trial }) => trial),
  "another headline": (record) => ({
    ...record,
    scenarios: record.scenarios.map((spec) => ({ ...spec, metrics: ["stallShare"] })),
  }),
  "another direction": (record) => ({
    ...record,
    metrics: record.metrics.map((metric) => ({
      ...metric,
      better: metric.better === "lower" ? "higher" : "lower",
    })),
  }),
  "another place": (record) => ({
    ...record,
    cases: record.cases.map((one) => ({ ...one, placement: { peer: "loop", pin: "none" } })),
  }),
  ...Object.fromEntries(
    [0, -1, 1e300, 1e-300, Number.MAX_VALUE, 5e-324, NaN, Infinity, -Infinity].flatMap((value) => [
      [`every value ${value}`, (record: RunRecord) => withValues(record, value)],
      [
        `every value of one case ${value}`,
        (record: RunRecord) => withValues(record, value, IDS[0]),
      ],
    ]),
  ),
};

function exitOf(base: RunRecord, head: RunRecord, paired: boolean): number {
  return judge(compareRecords(base, head, { paired }), createPolicy()).exitCode;
}

Deno.test("a sound record passes against itself", () => {
  assertEquals([exitOf(sound(), sound(), true), exitOf(sound(), sound(), false)], [0, 0]);
});

for (const [name, damage] of Object.entries(DAMAGES)) {
  Deno.test(`a record with ${name} never lets the gate pass, as base or as head`, () => {
    const bad = damage(sound());
    for (const paired of [true, false]) {
      assertEquals(exitOf(bad, sound(), paired), 3);
      if (name === "nothing in it") assertEquals(exitOf(bad, bad, paired), 3);
      const asHead = exitOf(sound(), bad, paired);
      assert(asHead === 3 || asHead === 1, `exit code ${asHead}`);
    }
  });
}

Deno.test("a duplicated trial is refused by the codec, and by the comparison", () => {
  const record = sound();
  const doubled = { ...record, trials: [...record.trials, record.trials[0] as Trial] };
  assertThrows(() => decodeRecord(encodeRecord(doubled), "base.json"), RecordError);
  assertThrows(() => exitOf(doubled, record, true), RangeError);
});

Deno.test("one trial copied into every round is refused by the codec, and by the comparison", () => {
  const record = sound();
  const rounds = 30;
  const copied: RunRecord = {
    ...record,
    settings: { ...record.settings, rounds },
    trials: record.trials.filter(({ round }) => round === 1).flatMap((trial) =>
      Array.from({ length: rounds }, (_, index) => ({ ...trial, round: index + 1 }))
    ),
  };
  assertThrows(
    () => decodeRecord(encodeRecord(copied), "base.json"),
    RecordError,
    "must be the only trial",
  );
  for (const paired of [true, false]) {
    assertThrows(() => exitOf(copied, record, paired), RangeError, "has two that started at");
    assertThrows(() => exitOf(record, copied, paired), RangeError, "has two that started at");
  }
});

Deno.test("no mutation of a base file turns a regression of all cells into a pass without an error", () => {
  const text = encodeRecord(sound());
  const slow = mapTrials(sound(), (trial) => ({
    ...trial,
    values: Object.fromEntries(
      Object.entries(trial.values ?? {}).map(([metric, value]) => [
        metric,
        metric === "bytesPerSecond" ? value / 1.3 : value * 1.3,
      ]),
    ),
  }));
  const mutations = fc.record({
    at: fc.nat(text.length - 1),
    drop: fc.nat(40),
    insert: fc.oneof(fc.constant(""), fc.string({ maxLength: 4 }), fc.constantFrom("0", "-", "e9")),
  });
  let read = 0;
  fc.assert(
    fc.property(mutations, ({ at, drop, insert }) => {
      const mutated = text.slice(0, at) + insert + text.slice(at + drop);
      let base: RunRecord;
      try {
        base = decodeRecord(mutated, "base.json");
      } catch (error) {
        assert(error instanceof RecordError, String(error));
        return;
      }
      read++;
      // One edit reaches one trial or one definition; the two other cases are still slower.
      assert(exitOf(base, slow, true) !== 0, mutated.slice(Math.max(0, at - 40), at + 40));
    }),
    { numRuns: 10_000 },
  );
  assert(read > 100, `${read} mutations could be read`);
});

/** What an edit may put in the place of anything. */
const PUT = [undefined, null, "", "higher", "neither", "ratio", "loop", 0, 1, -1, 1e300, [], {}];

/** The place of an edit: down from the record by the given turns. */
function placeIn(record: unknown, turns: readonly number[]): { holder: object; key: string } {
  let holder = record as object;
  let key = "partial";
  for (const turn of turns) {
    const keys = Object.keys(holder);
    if (keys.length === 0) break;
    key = keys[turn % keys.length]!;
    const next: unknown = Reflect.get(holder, key);
    if (typeof next !== "object" || next === null || Object.keys(next).length === 0) break;
    if (turn === turns.at(-1)) break;
    holder = next;
  }
  return { holder, key };
}

Deno.test("no edit of either file, or of both alike, turns the slowdown of their only case into a pass", () => {
  const one = (factor: number) =>
    JSON.stringify(JSON.parse(encodeRecord(syntheticRecord({
      [IDS[0]!]: { p50: STEADY.map((value) => value * factor), p99: STEADY },
    }))));
  const [base, slow] = [one(1), one(1.3)];
  const edits = fc.record({
    turns: fc.array(fc.nat(1_000), { minLength: 1, maxLength: 6 }),
    put: fc.constantFrom(...PUT),
    where: fc.constantFrom("base", "head", "both"),
    paired: fc.boolean(),
  });
  let read = 0;
  fc.assert(
    fc.property(edits, ({ turns, put, where, paired }) => {
      const edited = [base, slow].map((text, side) => {
        const record: unknown = JSON.parse(text);
        if (where === "both" || where === (side === 0 ? "base" : "head")) {
          const { holder, key } = placeIn(record, turns);
          if (put === undefined) Reflect.deleteProperty(holder, key);
          else Reflect.set(holder, key, put);
        }
        return JSON.stringify(record);
      });
      let records: RunRecord[];
      try {
        records = edited.map((text) => decodeRecord(text, "a file"));
      } catch (error) {
        assert(error instanceof RecordError, String(error));
        return;
      }
      read++;
      assert(exitOf(records[0]!, records[1]!, paired) !== 0, JSON.stringify({ turns, put, where }));
    }),
    { numRuns: 1_500 },
  );
  assert(read > 100, `${read} edits could be read`);
});
