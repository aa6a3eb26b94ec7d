import { withFacts } from "../../src/model/environment.ts";
import { makeFact } from "../../src/model/fact_rows.ts";
import { assert, assertEquals } from "@std/assert";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { warningsOf } from "./read_document.ts";

function warningsWith(congestionControl: string): string[] {
  const record = sampleRecord();
  const cases = record.cases.map((one) => ({ ...one, workload: "bulk" }));
  const changed = {
    ...record,
    cases,
    environment: withFacts(record.environment, [
      makeFact("net.ipv4.tcp_congestion_control", congestionControl),
    ]),
  };
  return warningsOf(buildRecordDocument(changed)).map((warning) => JSON.stringify(warning))
    .filter((text) => text.includes("BBR"));
}

Deno.test("a report warns of BBR's pacing with the one-way TCP cases it concerns, and of nothing under cubic", () => {
  const [warning, ...more] = warningsWith("bbr");
  assertEquals(more, []);
  assert(warning!.includes("/tcp/"), warning);
  assertEquals(warningsWith("cubic"), []);
});
