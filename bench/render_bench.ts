/**
 * How long it takes to render the record of a standard run, and one of 10,000 trials, each with a histogram of real width.
 *
 * `deno bench bench/render_bench.ts`
 *
 * @module
 */

import { decodeRecord } from "../src/record/codec.ts";
import { reportFormats } from "../src/report/registry.ts";
import { largeRecord } from "./validation/ratios/large_record.ts";

const sample = new URL("../reports/sample.json", import.meta.url);

const records = [
  ["a standard record", decodeRecord(Deno.readTextFileSync(sample), "sample.json")],
  ["10,000 trials", largeRecord(10_000)],
] as const;

for (const [what, record] of records) {
  for (const { id, render } of reportFormats.values()) {
    Deno.bench({
      name: `render ${id}, ${what}`,
      group: what,
      baseline: id === "md",
      fn: () => {
        // A copy, as what is known of a record is not found out twice.
        render({ ...record });
      },
    });
  }
  Deno.bench({
    name: `render all formats, ${what}`,
    group: what,
    fn: () => {
      const copy = { ...record };
      for (const { render } of reportFormats.values()) render(copy);
    },
  });
}
