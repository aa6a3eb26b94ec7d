import { assertEquals, assertStringIncludes } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { buildReport } from "../../src/report/build_report.ts";
import type { Finding, Report } from "../../src/report/document.ts";
import { renderMarkdown } from "../../src/report/render_markdown.ts";
import { emptyRecord, sampleRecord } from "../support/sample_record.ts";

function lines(record: RunRecord): readonly string[] {
  return renderMarkdown(buildReport(record)).split("\n").filter((line) => line.startsWith("- "));
}

function all({ findings, furtherFindings }: Report): readonly Finding[] {
  return [...findings, ...furtherFindings];
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
  const report = buildReport(sampleRecord());
  assertEquals(report.findings.length, 12);
  assertEquals(report.comparisons.length, 34);
  const cases = new Set(all(report).flatMap((finding) => finding.cases));
  for (const { scenario } of report.sections) {
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
  const report = buildReport(noisy);
  const found = all(report).filter(({ cases }) => cases.includes("connect/unix"));
  assertEquals(found.map(({ kind }) => kind), ["no difference"]);
  assertStringIncludes(
    lines(noisy).find((line) => line.includes("for `connect`")) ?? "",
    "No difference found between `unix` and `tcp` for `connect` (connect p50): 1.000× [0.917, 1.100]",
  );
});

Deno.test("buildFindings() claims nothing of too few pairs, and says so once", () => {
  const { findings } = buildReport(sampleRecord({ rounds: 3 }));
  assertEquals(findings.map(({ kind }) => kind), ["search", "search", "unresolved"]);
  const text = lines(sampleRecord({ rounds: 3 })).join("\n");
  assertStringIncludes(text, "34 comparisons have too few pairs of trials");
  assertStringIncludes(text, "The trials are too few to be sure of the order of cells.");
});

Deno.test("buildFindings() uses paired ratios where cells met both speeds, and says how", () => {
  const report = buildReport(sampleRecord());
  const finding = all(report).find(({ cases, kind }) =>
    kind === "difference" && cases.includes("round-trip/unix/bytes=1024")
  );
  assertEquals(finding?.remarks, [
    "Trials met two speeds of the machine; the ratios pair trials of the same round",
  ]);
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
  const kinds = all(buildReport(mixed))
    .filter(({ scenario, kind }) => scenario === "throughput" && kind !== "search")
    .map(({ kind }) => kind);
  assertEquals(kinds.toSorted(), ["difference", "no difference", "no difference"]);
});

Deno.test("buildFindings() of an empty record says that there is nothing to compare", () => {
  assertEquals(buildReport(emptyRecord()).findings, []);
  assertStringIncludes(
    renderMarkdown(buildReport(emptyRecord())),
    "No comparison could be made: no two cases that belong side by side have figures.",
  );
});
