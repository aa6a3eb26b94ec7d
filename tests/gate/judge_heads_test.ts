/** Several heads against one base: one error rate over all their cells, and the best subject of each cell. */

import { assert, assertEquals } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { findBestSubjects } from "../../src/gate/best_subject.ts";
import { confirmHeads, flagged } from "../../src/gate/confirm.ts";
import { createPolicy } from "../../src/gate/gate_policy.ts";
import { judge, judgeHeads } from "../../src/gate/judge.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { type CaseValues, noisyPairs, syntheticRecord } from "../compare/synthetic_records.ts";

const TCP = "round-trip/tcp/bytes=64";
const UNIX = "round-trip/unix/bytes=64";
const POLICY = createPolicy({ metrics: ["headline"] });

/** Values around 10 µs, `share` slower, of which `undecided` pairs are faster instead. */
function values(share: number, undecided = 0, rounds = 20): number[] {
  return Array.from(
    { length: rounds },
    (_, round) => (10_000 + (round * 7) % 20) * (1 + (round < undecided ? -share : share)),
  );
}

const record = (p50: CaseValues[string], id = TCP) => syntheticRecord({ [id]: { p50 } });
const compare = (base: RunRecord, head: RunRecord) => compareRecords(base, head, { paired: true });
const judgeAll = (base: RunRecord, heads: readonly RunRecord[], policy = POLICY) =>
  judgeHeads(heads.map((head) => ({ compared: compare(base, head) })), policy);
const wordsOf = (results: ReturnType<typeof judgeAll>) =>
  results.map(({ cells }) => cells.map(({ verdict }) => verdict).join());

Deno.test("judgeHeads() of one head is judge()", () => {
  const [base, head] = [record(values(0)), record(values(0.12))];
  assertEquals(judgeAll(base, [head]), [judge(compare(base, head), POLICY)]);
});

Deno.test("judgeHeads() adjusts over the cells of all heads: what one head is red for, eight are not", () => {
  // Three of twenty pairs go the other way: p = 0.0013, and 0.0103 of eight.
  const [base, slow] = [record(values(0)), record(values(0.12, 3))];
  assertEquals(wordsOf(judgeAll(base, [slow])), ["regressed"]);
  const eight = judgeAll(base, new Array(8).fill(slow).map(() => record(values(0.12, 3))));
  assertEquals(wordsOf(eight), new Array(8).fill("inconclusive"));
  assert(eight.every(({ cells: [cell] }) => cell!.flagged && cell!.adjustedP! > 0.01));
  assertEquals(eight[0]!.cells[0]!.pValue, judgeAll(base, [slow])[0]!.cells[0]!.pValue);
});

Deno.test("judgeHeads() adjusts failures over all heads too", () => {
  const failing = (n: number) =>
    record(values(0).map((value, round) => round < n ? "failed" : value));
  const words = (heads: number) =>
    judgeAll(failing(0), Array.from({ length: heads }, () => failing(8)))
      .map(({ cells }) => cells.find(({ rule }) => rule === "failures")?.verdict);
  // Fisher: p = 0.0016, and 0.013 of eight.
  assertEquals(words(1), ["regressed"]);
  assertEquals(words(8), new Array(8).fill("inconclusive"));
});

Deno.test("judgeHeads() judges each head by its own cells", () => {
  const heads = [0.12, 0, -0.12].map((share) => record(values(share)));
  assertEquals(wordsOf(judgeAll(record(values(0)), heads)), ["regressed", "pass", "improved"]);
});

Deno.test("confirmHeads() adjusts over the flagged cells of all heads", () => {
  const base = record(values(0));
  const firsts = judgeAll(base, [0.12, 0.12, 0.12].map((share) => record(values(share))));
  assertEquals(firsts.map((one) => flagged(one).length), [1, 1, 1]);
  // Four of twenty go the other way: p = 0.0059, and 0.018 of three.
  const fresh = () => compare(base, record(values(0.12, 4)));
  const verdicts = (some: typeof firsts) =>
    confirmHeads(some.map((first) => ({ first, fresh: fresh() })), POLICY)
      .map(({ cells: [cell] }) => cell!.verdict);
  assertEquals(verdicts(firsts.slice(0, 1)), ["regressed"]);
  assertEquals(verdicts(firsts), ["inconclusive", "inconclusive", "inconclusive"]);
});

function bestOf(base: RunRecord, heads: Readonly<Record<string, RunRecord>>, policy = POLICY) {
  const names = Object.keys(heads);
  const results = judgeAll(base, Object.values(heads), policy);
  const all: Readonly<Record<string, RunRecord>> = { base, ...heads };
  return findBestSubjects<string>(
    "base",
    new Map(names.map((name, index) => [name, results[index]!])),
    (one, other) => compare(all[one]!, all[other]!),
  ).map(({ case: id, best, candidates }) => ({ id, best, candidates }));
}

Deno.test("findBestSubjects() names the one that beats all others, base among them", () => {
  const base = record(values(0));
  assertEquals(bestOf(base, { a: record(values(-0.3)), b: record(values(-0.1)) }), [
    { id: TCP, best: "a", candidates: ["a"] },
  ]);
  assertEquals(bestOf(base, { a: record(values(0.3)), b: record(values(0.1)) }), [
    { id: TCP, best: "base", candidates: ["base"] },
  ]);
});

Deno.test("findBestSubjects() names none where another may be as good, by the test or by size", () => {
  const base = record(values(0));
  // Beaten base both, and 1 % apart: less than the threshold.
  assertEquals(bestOf(base, { a: record(values(-0.3)), b: record(values(-0.293)) }), [
    { id: TCP, best: undefined, candidates: ["a", "b"] },
  ]);
  // Better in the median, and in 13 of 20 pairs only.
  const mixed = values(-0.3).map((value, round) => round % 3 === 0 ? value * 1.2 : value * 0.92);
  assertEquals(bestOf(base, { a: record(mixed), b: record(values(-0.3)) }), [
    { id: TCP, best: undefined, candidates: ["a", "b"] },
  ]);
});

Deno.test("findBestSubjects() takes a subject that lacks a cell for no rival", () => {
  const both = syntheticRecord({ [TCP]: { p50: values(0) }, [UNIX]: { p50: values(0) } });
  const found = bestOf(both, {
    a: syntheticRecord({ [TCP]: { p50: values(0.2) }, [UNIX]: { p50: values(-0.2) } }),
    b: record(values(-0.2)),
  });
  assertEquals(found, [
    { id: TCP, best: "b", candidates: ["b"] },
    { id: UNIX, best: "a", candidates: ["a"] },
  ]);
});

Deno.test("the same figures three times: no head is faster, slower or best", () => {
  const heads = { a: record(values(0.01, 10)), b: record(values(0.02, 11)), c: record(values(0)) };
  const base = record(values(0.015, 9));
  assertEquals(wordsOf(judgeAll(base, Object.values(heads))), ["pass", "pass", "pass"]);
  assertEquals(bestOf(base, heads)[0]!.best, undefined);
  assertEquals(new Set(bestOf(base, heads)[0]!.candidates), new Set(["base", "a", "b", "c"]));
});

Deno.test("of a hundred jobs of unchanged heads on a noisy machine no more than alpha find a difference or a best", () => {
  // Without a threshold, so that the test alone decides: 5 % towards the worse, and 5 % towards the better.
  const policy = createPolicy({ metrics: ["headline"], alpha: "5%", threshold: 0 });
  const prng = createPrng("heads");
  const cells = [TCP, UNIX, "round-trip/udp/bytes=64", "round-trip/tcp/bytes=1024"];
  let [found, uncorrected] = [0, 0];
  for (let job = 0; job < 100; job++) {
    // Each side is one of a noisy pair of its own: what the sides have in common is the kind of noise.
    const [base, ...heads] = [0, 1, 2, 3].map((side) =>
      syntheticRecord(Object.fromEntries(cells.map((id) => {
        const { head } = noisyPairs(prng.split(`${job} ${id} ${side}`), 16, 1);
        return [id, { p50: head }];
      })))
    );
    const results = judgeAll(base!, heads, policy);
    const all = results.flatMap((result) => result.cells);
    const isChanged = all.some(({ verdict }) => verdict === "improved" || verdict === "regressed");
    if (
      isChanged ||
      bestOf(base!, Object.fromEntries(heads.entries()), policy).some(({ best }) => best)
    ) found++;
    if (all.some(({ pValue = 1 }) => pValue <= 0.05)) uncorrected++;
  }
  assert(found <= 10, `${found} of 100 jobs`);
  assert(uncorrected > 3 * found, `${uncorrected} of 100 jobs without the correction`);
});
