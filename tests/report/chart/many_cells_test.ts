/** Charts of many cells, and of comparisons: split, sorted, and no label covers another. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { buildCharts, buildComparisonCharts } from "../../../src/report/chart/build_charts.ts";
import type { Chart } from "../../../src/report/chart/chart.ts";
import { sampleComparison, sampleGate } from "../gate_sample.ts";
import { sampleRecord } from "../../support/sample_record.ts";
import { manyCells, manySquares } from "./chart_sample.ts";
import { checkSound } from "./check_sound.ts";
import { readSvg, withAttribute } from "./svg_reader.ts";

const record = sampleRecord({ rounds: 1 });
const ofKind = (kind: string, list: readonly Chart[]) =>
  list.filter((chart) => chart.kind === kind);

Deno.test("300 cells: charts are split and grow, and no label covers another", () => {
  for (const scenario of ["round-trip", "throughput", "nagle"] as const) {
    const many = manyCells(scenario, 300);
    const list = buildCharts(many);
    checkSound(list);
    const kind = scenario === "throughput" ? "throughput" : "percentiles";
    const shown = ofKind(kind, list).flatMap(({ svg }) =>
      withAttribute(readSvg(svg), "data-n").map(({ attributes }) => attributes["data-case"]!)
    );
    assertEquals(new Set(shown).size, 300);
    assertEquals(list.filter(({ height }) => height > 1_300).map(({ id }) => id), []);
    assertEquals(list.filter(({ svg }) => svg.length > 150_000).map(({ id }) => id), []);
  }
});

Deno.test("a heat map of 300 cells is split, and every cell keeps its figure", () => {
  const list = buildCharts(manySquares(20, 15));
  checkSound(list);
  const cells = ofKind("heat-map", list).flatMap(({ svg }) =>
    withAttribute(readSvg(svg), "data-case")
  );
  assertEquals(new Set(cells.map(({ attributes }) => attributes["data-case"])).size, 300);
  for (const { children } of cells) {
    assertMatch(children.find(({ name }) => name === "text")!.text, /^\d/);
  }
});

Deno.test("buildComparisonCharts() shows every ratio with its interval and threshold, worst first", () => {
  for (const { result } of [sampleGate(), sampleComparison()]) {
    const list = buildComparisonCharts(result);
    checkSound(list);
    const rows = list.flatMap(({ svg }) => withAttribute(readSvg(svg), "data-verdict"))
      .map(({ attributes }) => attributes);
    const expected = result.cells.filter(({ ratio }) => ratio !== undefined);
    assert(expected.length > 3);
    assertEquals(rows.length, expected.length);
    for (const row of rows) {
      const cell = expected.find((one) =>
        one.case === row["data-case"] && one.metric === row["data-metric"]
      )!;
      assertEquals(Number(row["data-value"]), cell.ratio?.estimate);
      assertEquals(Number(row["data-low"]), cell.ratio?.low);
      assertEquals(Number(row["data-high"]), cell.ratio?.high);
      assertEquals(Number(row["data-threshold"]), cell.threshold);
      assertEquals(row["data-verdict"], cell.verdict);
    }
    const order = rows.map((row) => Number(row["data-value"]));
    assertEquals(order, [...order].sort((a, b) => a - b));
  }
});

Deno.test("buildComparisonCharts() splits 300 cells, and parts placements and shares from ratios", () => {
  const { result } = sampleGate();
  const template = result.cells.find(({ verdict }) => verdict === "regressed")!;
  const cells = Array.from({ length: 300 }, (_, index) => ({
    ...template,
    case: `round-trip/${"<b>".repeat(index % 3)}/bytes=${index}`,
    ...(index % 10 === 0 ? { effect: "difference" as const, unit: "ratio" as const } : {}),
    ratio: { ...template.ratio!, estimate: 0.9 + index / 500, low: 0.5, high: 2 },
  }));
  const cases = cells.map((cell, index) => ({
    ...record.cases[0]!,
    id: cell.case,
    placement: { peer: index < 150 ? "loop" as const : "process" as const, pin: "none" as const },
  }));
  const list = buildComparisonCharts({ ...result, cells }, { cases });
  checkSound(list);
  for (const { svg } of list) {
    const root = readSvg(svg);
    const numbers = withAttribute(root, "data-verdict").map(({ attributes }) =>
      Number(attributes["data-case"]!.split("=").at(-1))
    );
    assertEquals(new Set(numbers.map((number) => number < 150)).size, 1);
    assertEquals(new Set(numbers.map((number) => number % 10 === 0)).size, 1);
  }
  assertEquals(
    list.flatMap(({ svg }) => withAttribute(readSvg(svg), "data-verdict")).length,
    300,
  );
});
