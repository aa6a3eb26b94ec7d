/**
 * What the histogram costs: `record` stands inside measured loops and must stay below 40 ns a value; `percentile` and
 * `toSparse` run once a trial, outside of them.
 *
 * Run with `deno bench bench/histogram_bench.ts`. `record` is shown per 1,000 values: divide by 1,000.
 *
 * @module
 */

import { Histogram } from "../src/record/histogram.ts";
import { sparsePercentile } from "../src/record/sparse_histogram.ts";

const VALUES = 1000;

/** Latencies as sockets give them: most within a factor of two, with a tail. Made before the clock runs. */
const latenciesNs = Float64Array.from(
  { length: VALUES },
  (_, index) => 20_000 * (1 + Math.random()) * (index % 100 === 0 ? 30 : 1) + 0.25,
);
const filled = new Histogram();
for (let round = 0; round < 100; round++) {
  for (const latencyNs of latenciesNs) filled.record(latencyNs);
}
const sparse = filled.toSparse();
const recording = new Histogram();

Deno.bench("an empty loop over 1,000 values", { group: "record", baseline: true }, () => {
  let sum = 0;
  for (let i = 0; i < VALUES; i++) sum += latenciesNs[i]!;
  if (sum < 0) throw new Error("unreachable: it keeps the loop from being optimized away");
});

Deno.bench("Histogram.record of 1,000 values", { group: "record" }, () => {
  for (let i = 0; i < VALUES; i++) recording.record(latenciesNs[i]!);
});

Deno.bench("Histogram.percentile(99)", { group: "percentile", baseline: true }, () => {
  filled.percentile(99);
});

Deno.bench("sparsePercentile(…, 99)", { group: "percentile" }, () => {
  sparsePercentile(sparse, 99);
});

Deno.bench("Histogram.fromSparse then percentile(99)", { group: "percentile" }, () => {
  Histogram.fromSparse(sparse).percentile(99);
});

Deno.bench("new Histogram", { group: "once a trial" }, () => {
  new Histogram();
});

Deno.bench("Histogram.toSparse", { group: "once a trial", baseline: true }, () => {
  filled.toSparse();
});
