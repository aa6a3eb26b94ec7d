/**
 * What the histogram costs once a trial, outside of measured loops: `percentile`, `toSparse`. Its `record`, which stands inside
 * them, is in harness_bench.ts.
 *
 * Run with `deno bench bench/histogram_bench.ts`.
 *
 * @module
 */

import { Histogram } from "../src/model/histogram.ts";
import { sparsePercentile } from "../src/model/sparse_histogram.ts";

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
