import { assertEquals, assertMatch } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { notCounted } from "../../src/compare/not_read.ts";
import { judgeControl } from "../../src/gate/control.ts";
import { createPolicy } from "../../src/gate/gate_policy.ts";
import { judge } from "../../src/gate/judge.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";

const CASE = "round-trip/tcp/bytes=64";
const POLICY = createPolicy();

/** Sixteen generations of one round each; the count stands in one trial, as ab writes it. */
function record(p50: (round: number) => number, calls: number | undefined): RunRecord {
  const rounds = Array.from({ length: 16 }, (_, index) => index + 1);
  const made = syntheticRecord({
    [CASE]: {
      p50: rounds.map(p50),
      callsPerOperation: rounds.map((round) => round === 16 ? calls : undefined),
    },
  });
  return { ...made, trials: made.trials.map((one) => ({ ...one, generation: one.round })) };
}

const steady = (round: number) => 10_000 + round % 3;
const wild = (round: number) => round % 2 === 0 ? 9_900 : 10_700;

function judged(base: RunRecord, head: RunRecord, control?: ReturnType<typeof judgeControl>) {
  return judge(compareRecords(base, head, { paired: true }), POLICY, control);
}

const cellOf = (result: ReturnType<typeof judge>) =>
  result.cells.find(({ metric }) => metric === "callsPerOperation");

Deno.test("judge() is red for a count that is more than half a call above base's, and for no less", () => {
  const verdicts = [7, 8, 8.5, 8.51, 9].map((calls) => {
    const result = judged(record(steady, 8), record(steady, calls));
    return [cellOf(result)!.verdict, result.exitCode];
  });
  assertEquals(verdicts, [
    ["improved", 0],
    ["pass", 0],
    ["pass", 0],
    ["regressed", 1],
    ["regressed", 1],
  ]);
  const red = cellOf(judged(record(steady, 8), record(steady, 9)))!;
  assertEquals([red.n, red.flagged, red.adjustedP], [1, false, undefined]);
});

Deno.test("judge() leaves alpha to what is estimated: a count is no comparison", () => {
  const shares = [undefined, 8].map((calls) => {
    const { cells } = judged(record(steady, calls), record(steady, calls));
    return cells.filter(({ metric }) => metric === "p50").map(({ adjustedP }) => adjustedP);
  });
  assertEquals(shares[0], shares[1]);
});

Deno.test("judge() is red for a count whatever the control did, and passes nothing for one that is the same", () => {
  const pairs = Array.from({ length: 16 }, (_, index) => ({
    base: 100,
    head: 110 + index % 2,
    generation: index,
  }));
  const control = judgeControl(pairs, POLICY);
  assertEquals(control.moved, true);
  assertEquals(judged(record(steady, 8), record(steady, 9), control).exitCode, 1);
  assertEquals(judged(record(steady, 8), record(steady, 8), control).exitCode, 3);
  const undecided = judged(record(steady, 8), record(wild, 8));
  assertEquals([undecided.exitCode, cellOf(undecided)!.verdict], [3, "pass"]);
});

Deno.test("judge() has no cell for what one side could not count, and says why", () => {
  const head = record(steady, undefined);
  const skipped = [{ what: notCounted(CASE), reason: "nothing may be traced here" }];
  const result = judged(record(steady, 8), { ...head, skipped });
  assertEquals([cellOf(result), result.exitCode], [undefined, 0]);
  assertMatch(
    result.notes.join("\n"),
    /System calls of round-trip\/tcp\/bytes=64 were not counted in head: nothing may be traced here/,
  );
});
