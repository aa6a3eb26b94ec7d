/**
 * Golden files: the whole text of every format for the sample record. After a change that is meant, look at the difference
 * of what this writes:
 *
 * `deno test -A tests/report/golden_test.ts -- --update-golden`
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { sampleRecord } from "../support/sample_record.ts";

const update = Deno.args.includes("--update-golden");

/** Small enough to be read in a review: two scenarios, of which one searches. */
function smallRecord(): RunRecord {
  const record = sampleRecord({ rounds: 8 });
  const kept = (scenario: string) => ["nagle", "buffer-size"].includes(scenario);
  const cases = record.cases.filter(({ scenario, params }) =>
    kept(scenario) && params.bytes !== 4096 && params.read !== 512
  );
  const ids = new Set(cases.map(({ id }) => id));
  return {
    ...record,
    cases,
    scenarios: record.scenarios.filter(({ id }) => kept(id)),
    trials: record.trials.filter((trial) => ids.has(trial.case)),
  };
}

for (const format of reportFormats.values()) {
  Deno.test(`reportFormats: ${format.id} of the sample record is as in tests/golden`, async () => {
    const text = format.render(
      format.id === "md" || format.id === "text" ? sampleRecord() : smallRecord(),
    );
    const file = new URL(`../golden/sample.${format.extension}`, import.meta.url);
    if (update) await Deno.writeTextFile(file, text);
    assertEquals(text, await Deno.readTextFile(file));
  });
}
