/**
 * The files for R, pandas and spreadsheets, read back by a reader that is not ours (csv-parse) in its strict mode.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { metricsOf } from "../../src/compare/trial_values.ts";
import { metricValue } from "../../src/model/metric_value.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { emptyRecord, hostileRecord, sampleRecord } from "../support/sample_record.ts";

interface Format {
  readonly name: string;
  readonly render: (record: RunRecord) => string;
  readonly read: (text: string) => Record<string, string>[];
}

/** Strict: a row of another width, a bare quote or another line end is an error. */
function reader(delimiter: string, recordDelimiter: string): Format["read"] {
  return (text) => parse(text, { columns: true, delimiter, record_delimiter: recordDelimiter });
}

const renderCsv = (record: RunRecord) => reportFormats.get("csv")!.render(record);
const renderTsv = (record: RunRecord) => reportFormats.get("tsv")!.render(record);

const FORMATS: readonly Format[] = [
  { name: "renderCsv()", render: renderCsv, read: reader(",", "\r\n") },
  { name: "renderTsv()", render: renderTsv, read: reader("\t", "\n") },
];

/** What a tidy table of the record holds: one key for each case, metric and round, with the value. */
function expectedValues(record: RunRecord): Map<string, number> {
  const values = new Map<string, number>();
  for (const trial of record.trials) {
    const one = record.cases.find(({ id }) => id === trial.case);
    const spec = record.scenarios.find(({ id }) => id === one?.scenario);
    for (const metric of spec === undefined ? [] : metricsOf(record, spec)) {
      const value = metricValue(trial, metric.id);
      if (value !== undefined) values.set(`${trial.case} ${metric.id} ${trial.round}`, value);
    }
  }
  return values;
}

for (const { name, render, read } of FORMATS) {
  Deno.test(`${name} is tidy: each value of each trial has one row, and nothing else but failures has`, () => {
    const record = sampleRecord({ rounds: 6 });
    const rows = read(render(record));
    const [failed, measured] = [rows.filter((row) => row.error), rows.filter((row) => !row.error)];
    const found = new Map(
      measured.map((row) => [`${row.case} ${row.metric} ${row.round}`, Number(row.value)]),
    );
    assertEquals(found.size, measured.length);
    assertEquals(found, expectedValues(record));
    assertEquals(failed.length, record.trials.filter(({ error }) => error !== undefined).length);
    for (const row of failed) assertEquals([row.metric, row.value], ["", ""]);
  });

  Deno.test(`${name} of hostile names is read with every row in place, and no field starts a formula`, () => {
    const record = hostileRecord();
    const rows = read(render(record));
    assertEquals(rows.length, expectedValues(record).size + 6);
    for (const field of rows.flatMap((row) => Object.values(row))) {
      assertEquals(field.match(/^\s*[=+\-@]|^[\t\r\n]/), null, field);
    }
  });

  Deno.test(`${name} of an empty record is a header alone`, () => {
    assertEquals(read(render(emptyRecord())), []);
    assert(render(emptyRecord()).startsWith("scenario"));
  });

  Deno.test(`${name} keeps any error message in its one field`, () => {
    const record = sampleRecord({ rounds: 1 });
    fc.assert(fc.property(fc.string({ unit: "binary" }), (message) => {
      const trial: Trial = { ...record.trials[0]!, error: { kind: "k", message } };
      const [row, ...more] = read(render({ ...record, trials: [trial] }));
      assertEquals(more, []);
      assertEquals(row!.error, wellKept(`k: ${message}`, name === "renderTsv()"));
    }));
  });
}

/** What of a text may change on its way: controls become U+FFFD, and in TSV a run of tabs and line breaks a space. */
function wellKept(text: string, flat: boolean): string {
  return (flat ? text.replace(/[\t\r\n]+/g, " ") : text).toWellFormed()
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "\ufffd");
}

Deno.test("renderTsv() has as many lines as rows, and as many tabs in each", () => {
  const lines = renderTsv(hostileRecord()).trimEnd().split("\n");
  const tabs = lines.map((line) => line.split("\t").length);
  assertEquals(new Set(tabs).size, 1);
});

Deno.test("renderCsv() quotes what a spreadsheet with another separator would cut, so that no cell becomes a formula", () => {
  const record = sampleRecord({ rounds: 1 });
  const trial: Trial = { ...record.trials[0]!, error: { kind: "k", message: "a;=1+1" } };
  const text = renderCsv({ ...record, trials: [trial] });
  assert(text.includes('"k: a;=1+1"'), text);
});
