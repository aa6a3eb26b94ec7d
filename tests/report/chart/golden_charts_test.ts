/**
 * Golden charts: one of each kind, whole. After a change that is meant, look at the pictures that this writes:
 *
 * `deno test -A tests/report/chart/golden_charts_test.ts -- --update-golden`
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { buildCharts, buildComparisonCharts } from "../../../src/report/chart/build_charts.ts";
import { samplePairedComparison } from "../gate_sample.ts";
import { chartRecord } from "./chart_sample.ts";

const update = Deno.args.includes("--update-golden");
const charts = [
  ...buildCharts(chartRecord()),
  ...buildComparisonCharts(samplePairedComparison().result),
];

for (
  const kind of [
    "cdf",
    "percentiles",
    "throughput",
    "heat-map",
    "timeline",
    "rounds",
    "forest",
  ]
) {
  Deno.test(`the first chart of kind ${kind} is as in tests/golden/charts`, async () => {
    const chart = charts.find((one) => one.kind === kind)!;
    const file = new URL(`../../golden/charts/${kind}.svg`, import.meta.url);
    // One element a line, for a review to be possible.
    const text = chart.svg.replaceAll("><", ">\n<") + "\n";
    if (update) await Deno.writeTextFile(file, text);
    assertEquals(text, await Deno.readTextFile(file));
  });
}
