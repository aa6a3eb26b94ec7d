/**
 * Golden files of the scenarios about behaviour, whose figures are shares, counts and bytes rather than times: the whole text of the
 * formats that people read, for a record of a real run (`tests/golden/behaviour.json`, six rounds of profile quick, without the counters
 * that no report shows). After a change that is meant, look at the difference of what this writes:
 *
 * `deno test -A tests/report/behaviour_golden_test.ts -- --update-golden`
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { reportFormats } from "../../src/report/registry.ts";

const update = Deno.args.includes("--update-golden");
const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url);
const record = decodeRecord(
  await Deno.readTextFile(golden("behaviour.json")),
  "tests/golden/behaviour.json",
);

for (const id of ["md", "text", "csv", "html"]) {
  const format = reportFormats.get(id)!;
  Deno.test(`reportFormats: ${id} of the scenarios about behaviour is as in tests/golden`, async () => {
    const text = format.render(record);
    const file = golden(`behaviour.${format.extension}`);
    if (update) await Deno.writeTextFile(file, text);
    assertEquals(text, await Deno.readTextFile(file));
  });
}

Deno.test("the golden record of behaviour names nobody's machine and is small", async () => {
  const text = await Deno.readTextFile(golden("behaviour.json"));
  assert(text.length < 300_000, `${text.length}`);
  assert(!text.includes("hostname") && !text.includes("/home/") && !text.includes("/tmp/"));
  assertEquals(record.trials.filter(({ error }) => error !== undefined), []);
});
