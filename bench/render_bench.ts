/**
 * How long it takes to render a record of 10,000 trials, each with a histogram of real width: less than a second.
 *
 * `deno bench bench/render_bench.ts`
 *
 * @module
 */

import { Histogram } from "../src/record/histogram.ts";
import type { RunRecord, Trial } from "../src/record/trial.ts";
import { reportFormats } from "../src/report/registry.ts";
import { createPrng } from "../src/stats/prng.ts";
import { sampleRecord } from "../tests/support/sample_record.ts";

const TRIALS = 10_000;

const record = largeRecord();

for (const { id, render } of reportFormats.values()) {
  Deno.bench({
    name: `render ${id}, ${TRIALS} trials`,
    group: "render",
    baseline: id === "md",
    fn: () => {
      render(record);
    },
  });
}

/** The sample's cases over as many rounds as make 10,000 trials, with histograms in place of ready values. */
function largeRecord(): RunRecord {
  const { cases } = sampleRecord({ rounds: 1 });
  const sample = sampleRecord({ rounds: Math.ceil(TRIALS / cases.length) });
  const prng = createPrng(1);
  const trials = sample.trials.slice(0, TRIALS).map((trial): Trial => {
    if (trial.values?.p50 === undefined) return trial;
    const histogram = new Histogram();
    for (let k = 0; k < 2_000; k++) {
      histogram.record(trial.values.p50 / (0.05 + 0.95 * prng.nextFloat()));
    }
    const { values: _, ...rest } = trial;
    return {
      ...rest,
      histograms: { exchange: histogram.toSparse() },
      cpu: { totalNs: 18e6 },
    };
  });
  return { ...sample, trials };
}
