import { assert, assertEquals } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { emptyRecord, hostileRecord, sampleRecord } from "../support/sample_record.ts";

const renderCsv = (record: RunRecord) => reportFormats.get("csv")!.render(record);

/** A reader of RFC 4180, written from its grammar. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = "";
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        field += text[at];
      }
      at++;
    } else {
      while (at < text.length && text[at] !== "," && text[at] !== "\r") {
        assert(text[at] !== '"' && text[at] !== "\n", "a bare quote or line feed");
        field += text[at++];
      }
    }
    row.push(field);
    if (text[at] === ",") {
      at++;
      continue;
    }
    assertEquals(text.slice(at, at + 2), "\r\n");
    at += 2;
    rows.push(row);
    row = [];
  }
  assertEquals(row, []);
  return rows;
}

Deno.test("renderCsv() gives one row per case, metric and trial, all of the header's width", () => {
  const record = sampleRecord({ rounds: 3 });
  const [header = [], ...rows] = parseCsv(renderCsv(record));
  for (const row of rows) assertEquals(row.length, header.length);
  const values = record.trials.reduce((sum, { values = {}, case: id }) => {
    const scenario = record.cases.find((one) => one.id === id)?.scenario;
    const named = record.scenarios.find((spec) => spec.id === scenario)?.metrics ?? [];
    return sum + named.filter((metric) => metric in values).length;
  }, 0);
  const failed = record.trials.filter(({ error }) => error !== undefined).length;
  assertEquals(rows.length, values + failed);
});

Deno.test("renderCsv() keeps values raw and unscaled, to the last bit", () => {
  const record = sampleRecord({ rounds: 1 });
  const [header = [], ...rows] = parseCsv(renderCsv(record));
  const at = (row: readonly string[], name: string) => row[header.indexOf(name)];
  const row = rows.find((one) =>
    at(one, "case") === "buffer-size/tcp/bytes=4096,read=65536" &&
    at(one, "metric") === "bytesPerSecond"
  ) ?? [];
  const trial = record.trials.find((one) => one.case === "buffer-size/tcp/bytes=4096,read=65536");
  assertEquals(Number(at(row, "value")), trial?.values?.bytesPerSecond);
  assertEquals([at(row, "unit"), at(row, "better")], ["bytes/s", "higher"]);
  assertEquals([at(row, "param_bytes"), at(row, "param_read")], ["4096", "65536"]);
  assertEquals([at(row, "peer"), at(row, "pin"), at(row, "error")], ["process", "none", ""]);
});

Deno.test("renderCsv() gives a failed trial one row with its error and no value", () => {
  const [header = [], ...rows] = parseCsv(renderCsv(sampleRecord({ rounds: 1 })));
  const failed = rows.filter((row) => row.at(-1) !== "");
  assertEquals(failed.map((row) => row.slice(header.indexOf("metric"))), [
    ["", "", "", "", "MessageTooLong: a datagram of 16384 bytes was refused"],
  ]);
});

Deno.test("renderCsv() lets no text field begin as a formula", () => {
  const rows = parseCsv(renderCsv(hostileRecord())).slice(1);
  const fields = rows.flat();
  assert(fields.some((field) => field.startsWith("'=HYPERLINK")));
  for (const field of fields) assertEquals(field.match(/^\s*[=+\-@]|^[\t\r\n]/), null, field);
});

Deno.test("renderCsv() of an empty record is its header", () => {
  assertEquals(parseCsv(renderCsv(emptyRecord())).length, 1);
});
