import { assertEquals, assertStringIncludes } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import type { ListItem } from "../../src/report/document/document.ts";
import { evaluate } from "../../src/report/build/evaluation.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { emptyRecord, sampleRecord } from "../support/sample_record.ts";
import { findingsOf, markdownOf, scenarioParts, tablesOf } from "./read_document.ts";

function lines(record: RunRecord): readonly string[] {
  return markdownOf(record).split("\n").filter((line) => line.startsWith("- "));
}

function all(record: RunRecord): readonly ListItem[] {
  return findingsOf(buildRecordDocument(record)).all;
}

/** The sample with the values of one scenario's metric computed anew. */
function withMetric(
  record: RunRecord,
  scenario: string,
  metric: string,
  value: (trial: Trial, transport: string) => number,
): RunRecord {
  const caseOf = new Map(record.cases.map((one) => [one.id, one]));
  const trials = record.trials.map((trial): Trial => {
    const one = caseOf.get(trial.case);
    if (one?.scenario !== scenario || trial.values === undefined) return trial;
    return { ...trial, values: { ...trial.values, [metric]: value(trial, one.transport) } };
  });
  return { ...record, trials };
}

Deno.test("buildFindings() says in words what the largest effects are, the largest first", () => {
  const [first = "", second = ""] = lines(sampleRecord());
  assertStringIncludes(first, "`nagle on` costs 40.9 ms more per exchange than `nagle off`");
  assertStringIncludes(first, "at `write-write-read`: **4060× slower** [");
  assertStringIncludes(first, "(95 % interval, 15 pairs, peer process).");
  assertStringIncludes(second, "`connect-round-trip` is slower than `round-trip` (p50): 6.20× at");
});

Deno.test("buildFindings() keeps the first list short and drops nothing", () => {
  const document = buildRecordDocument(sampleRecord());
  assertEquals(findingsOf(document).first.length, 12);
  const comparisons = tablesOf(document).find(({ role }) => role === "comparisons");
  assertEquals(comparisons?.rows.length, 34);
  const cases = new Set(findingsOf(document).all.flatMap((finding) => finding.cases ?? []));
  for (const { heading } of scenarioParts(document)) {
    const scenario = heading!.anchor;
    assertEquals([...cases].some((id) => id.startsWith(`${scenario}/`)), true, scenario);
  }
});

Deno.test("buildFindings() never sells as a win what the interval does not resolve", () => {
  const noisy = withMetric(
    sampleRecord(),
    "connect",
    "connectP50",
    ({ round }, transport) => transport === "unix" ? 50_000 + 5_000 * (round % 3) : 55_000,
  );
  const found = all(noisy).filter(({ cases = [] }) => cases.includes("connect/unix"));
  assertEquals(found.map(({ sort }) => sort), ["no difference"]);
  assertStringIncludes(
    lines(noisy).find((line) => line.includes("for `connect`")) ?? "",
    "No difference found between `unix` and `tcp` for `connect` (connect p50): 1.000× [0.917, 1.100]",
  );
});

Deno.test("buildFindings() claims nothing of too few pairs, and says so once", () => {
  const { first } = findingsOf(buildRecordDocument(sampleRecord({ rounds: 3 })));
  assertEquals(first.map(({ sort }) => sort), ["search", "search", "unresolved"]);
  const text = lines(sampleRecord({ rounds: 3 })).join("\n");
  assertStringIncludes(text, "34 comparisons have too few pairs of trials");
  assertStringIncludes(
    text,
    "The rounds are too few to be sure of the order of cells, and those that chose it measured it.",
  );
});

Deno.test("buildFindings() uses paired ratios where cells met both speeds, and says how", () => {
  const finding = all(sampleRecord()).find(({ cases = [], sort }) =>
    sort === "difference" && cases.includes("round-trip/unix/bytes=1024")
  );
  assertEquals(finding?.remarks, [[{
    kind: "sentence",
    text: "Trials are bimodal; the ratios pair trials of the same round",
  }]]);
});

Deno.test("buildFindings() gives the range where cells are too many to list", () => {
  assertStringIncludes(
    lines(sampleRecord()).find((line) => line.includes("for `buffer-size`")) ?? "",
    "in all 12 cells: from 1.20× at `bytes ",
  );
});

Deno.test("buildFindings() splits cells that differ from cells that do not", () => {
  const mixed = withMetric(
    sampleRecord(),
    "throughput",
    "bytesPerSecond",
    ({ case: id, round }, transport) =>
      transport === "unix" && id.endsWith("=1024")
        ? 2e9
        : 1e9 + (round % 2) * 1e6 * (id.length % 2),
  );
  const kinds = all(mixed)
    .filter(({ about, sort }) => about === "throughput" && sort !== "search")
    .map(({ sort }) => sort);
  assertEquals(kinds.toSorted(), ["difference", "no difference", "no difference"]);
});

Deno.test("buildFindings() of an empty record says that there is nothing to compare", () => {
  assertEquals(all(emptyRecord()), []);
  assertStringIncludes(
    markdownOf(emptyRecord()),
    "No comparison could be made: no two cases that belong side by side have figures.",
  );
});

Deno.test("buildFindings() prints amounts only where they agree with the ratio, else what the rounds differ by", () => {
  // The machine is twice as slow in the rounds in which unix is faster by 10 %: the medians of all rounds say the opposite.
  const drifting = withMetric(sampleRecord(), "connect", "connectP50", ({ round }, transport) => {
    const base = round <= 8 ? 38_000 : 76_000;
    if (transport !== "unix") return base;
    return round <= 7 ? base * 0.9 : round === 8 ? 80_000 : base * 0.9;
  });
  const line = lines(drifting).find((one) => one.includes("`unix`") && one.includes("`connect`"));
  assertStringIncludes(line ?? "", "1.11× faster");
  assertEquals(line?.includes(" against "), false, line);
  assertStringIncludes(line ?? "", "connect p50 lower by 3.80 µs [3.80, 7.60]");
});

Deno.test("buildFindings() calls nothing faster that chance explains among so many comparisons", () => {
  const record = sampleRecord();
  const noiseOf = (seed: number): RunRecord => {
    const prng = createPrng(`noise ${seed}`);
    const trials = record.trials.map((trial): Trial => ({
      ...trial,
      values: Object.fromEntries(
        Object.keys(trial.values ?? {}).map((name) => [name, 1_000 + prng.nextInt(1_000)]),
      ),
    }));
    return { ...record, trials };
  };
  const counts = [1, 2, 3, 4, 5].map((seed) => {
    const noise = noiseOf(seed);
    const alone = evaluate(noise).comparisons.filter(({ difference, warnings }) =>
      difference !== "none found" && warnings.length === 0
    );
    const called = all(noise).filter(({ sort }) => sort === "difference");
    return { alone: alone.length, called: called.length };
  });
  // Each comparison by itself finds a difference in some of these machines, all together find one in none.
  assertEquals(counts.map(({ called }) => called), [0, 0, 0, 0, 0]);
  assertEquals(counts.some(({ alone }) => alone > 0), true);
});
