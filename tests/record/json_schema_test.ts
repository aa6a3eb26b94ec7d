/**
 * The published JSON Schema of the record. After a change of `src/record/schema.ts` that is meant, this writes it again:
 *
 * `deno test -A tests/record/json_schema_test.ts -- --update-golden`
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020";
import { encodeRecord, recordJsonSchema } from "../../src/record/codec.ts";
import { SCHEMA_VERSION } from "../../src/model/run_record.ts";
import {
  emptyRecord,
  hostileRecord,
  sampleRecord as wideRecord,
} from "../support/sample_record.ts";
import { sampleRecord } from "./sample_record.ts";

const fileOf = (version: number) =>
  new URL(`../../reports/schema/record.v${version}.schema.json`, import.meta.url);
const AGAIN = "deno test -A tests/record/json_schema_test.ts -- --update-golden";

/** The published schema, compiled by a validator that is not ours. */
async function validator(version: number = SCHEMA_VERSION) {
  // Times are checked by the codec; Ajv knows formats by name only where they are given.
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { "date-time": true } });
  return ajv.compile(JSON.parse(await Deno.readTextFile(fileOf(version))));
}

Deno.test("the published JSON Schema is what recordJsonSchema() gives", async () => {
  const text = `${JSON.stringify(recordJsonSchema(), null, 2)}\n`;
  const file = fileOf(SCHEMA_VERSION);
  if (Deno.args.includes("--update-golden")) await Deno.writeTextFile(file, text);
  assertEquals(
    await Deno.readTextFile(file),
    text,
    `the schema has changed; write it again: ${AGAIN}`,
  );
});

Deno.test("the JSON Schema of version 1 stays as it was published", async () => {
  const text = `${JSON.stringify(recordJsonSchema(1), null, 2)}\n`;
  assertEquals(await Deno.readTextFile(fileOf(1)), text);
});

const RECORDS = {
  "a small record": sampleRecord,
  "a record with all kinds of trials": () => wideRecord({ rounds: 6 }),
  "a record of nothing": emptyRecord,
  "a record with hostile names": hostileRecord,
};
for (const [name, make] of Object.entries(RECORDS)) {
  Deno.test(`the published JSON Schema accepts ${name}, as encoded`, async () => {
    const validate = await validator();
    validate(JSON.parse(encodeRecord(make())));
    assertEquals(validate.errors, null);
  });
}

for (const path of ["../../reports/sample.json", "../golden/version-0.1.json"]) {
  Deno.test(`the published JSON Schema accepts a real record: ${path}`, async () => {
    const record = JSON.parse(await Deno.readTextFile(new URL(path, import.meta.url)));
    const validate = await validator(record.schemaVersion);
    validate(record);
    assertEquals(validate.errors, null);
  });
}

/** What is wrong, and how the small record is made so. */
const BROKEN: Readonly<Record<string, readonly [path: string, value: unknown]>> = {
  "another schema version": ["schemaVersion", SCHEMA_VERSION + 1],
  "no environment": ["environment", undefined],
  "a field nobody knows": ["surprise", 1],
  "a text for a number": ["durationNs", "12"],
  "a negative time": ["trials/0/elapsedNs", -1],
  "half an operation": ["trials/0/operations", 0.5],
  "round zero": ["trials/0/round", 0],
  "a count below zero in a histogram": ["trials/0/histograms/exchange/buckets/0", -1],
  "a peer that does not exist": ["settings/peer", "elsewhere"],
  "a trial without its case": ["trials/0/case", undefined],
  "an unknown field in a trial": ["trials/0/surprise", null],
  "a unit that does not exist": ["metrics/0/unit", "furlong"],
};
for (const [name, [path, value]] of Object.entries(BROKEN)) {
  Deno.test(`the published JSON Schema refuses ${name}`, async () => {
    const record = JSON.parse(encodeRecord(sampleRecord()));
    const validate = await validator();
    assert(validate(record));
    const keys = path.split("/");
    const last = keys.pop()!;
    const parent = keys.reduce((place, key) => place[key], record);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
    assertEquals(validate(record), false);
  });
}
