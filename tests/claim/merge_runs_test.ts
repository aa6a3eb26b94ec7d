import { assertEquals } from "@std/assert";
import type { ClaimVerdict } from "../../src/claim/claim.ts";
import { mergeRuns } from "../../src/claim/merge_runs.ts";
import type { ClaimsResult } from "../../src/claim/run_claims.ts";
import { claimOf } from "./lab.ts";

const run = (verdict: ClaimVerdict, answer: string) =>
  ({
    decided: [{ claim: claimOf(1), decision: { verdict, answer, seen: [answer], why: [] } }],
    record: { startedAt: answer },
  }) as unknown as ClaimsResult;

Deno.test("mergeRuns() keeps a verdict that is the same in all runs, with the last one's figures", () => {
  const { decided: [one], record } = mergeRuns([run("holds", "first"), run("holds", "second")]);
  assertEquals(one!.decision.verdict, "holds");
  assertEquals(one!.decision.answer, "second");
  assertEquals(one!.decision.seen, ["second", "The verdict was the same in 2 of 2 runs"]);
  assertEquals(record.startedAt, "second");
});

Deno.test("mergeRuns() decides nothing where runs differ, and gives each run's answer", () => {
  const { decided: [one] } = mergeRuns([
    run("holds", "a"),
    run("undecided", "b"),
    run("holds", "c"),
  ]);
  assertEquals(one!.decision.verdict, "undecided");
  assertEquals(one!.decision.answer, "3 runs differ: 2 × holds, 1 × undecided");
  assertEquals(one!.decision.seen.slice(0, 3), [
    "Run 1: holds: a",
    "Run 2: undecided: b",
    "Run 3: holds: c",
  ]);
});

Deno.test("mergeRuns() leaves a single run as it is", () => {
  const only = run("holds in part", "a");
  assertEquals(mergeRuns([only]), only);
});
