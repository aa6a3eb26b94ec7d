/** Published shapes of the JSON that benchmark services read, strict: what they do not name may not be there. */

import { z } from "zod";

/** benchmark-action/github-action-benchmark, src/extract.ts: what `customSmallerIsBetter` and `customBiggerIsBetter` read. */
export const actionBenchmark = z.array(
  z.strictObject({
    name: z.string().min(1),
    unit: z.string().min(1),
    value: z.number(),
    range: z.string().min(1),
    extra: z.string(),
  }),
);

/** https://bencher.dev/bmf.json, with the longest names of its documentation and bounds in order. */
export const bencherMetricFormat = z.record(
  z.string().min(1).max(1024),
  z.record(
    z.string().min(1).max(64),
    z.strictObject({ value: z.number(), lower_value: z.number(), upper_value: z.number() })
      .refine(({ value, lower_value, upper_value }) =>
        lower_value <= value && value <= upper_value
      ),
  ),
);
