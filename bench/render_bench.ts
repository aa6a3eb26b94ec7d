/**
 * How long it takes to render a record of 10,000 trials, each with a histogram of real width: less than a second.
 *
 * `deno bench bench/render_bench.ts`
 *
 * @module
 */

import { reportFormats } from "../src/report/registry.ts";
import { largeRecord } from "./large_record.ts";

const TRIALS = 10_000;

const record = largeRecord(TRIALS);

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
