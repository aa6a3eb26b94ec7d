/**
 * A record of many trials with histograms of real width, for whoever measures what comes after a run.
 *
 * @module
 */

import { Histogram } from "../../../src/model/histogram.ts";
import type { RunRecord } from "../../../src/model/run_record.ts";
import type { Trial } from "../../../src/model/trial.ts";
import { createPrng } from "../../../src/stats/prng.ts";
import { sampleRecord } from "../../../tests/support/sample_record.ts";

/**
 * The sample's cases over as many rounds as it takes, with histograms in place of ready values.
 *
 * @param trialCount trials in the record
 */
export function largeRecord(trialCount: number): RunRecord {
  const { cases } = sampleRecord({ rounds: 1 });
  const sample = sampleRecord({ rounds: Math.ceil(trialCount / cases.length) });
  const prng = createPrng(1);
  const trials = sample.trials.slice(0, trialCount).map((trial): Trial => {
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
