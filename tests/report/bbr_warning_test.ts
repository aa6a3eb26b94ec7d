import { assert, assertEquals } from "@std/assert";
import { buildReport } from "../../src/report/build_report.ts";
import { sampleRecord } from "../support/sample_record.ts";

function warningsWith(congestionControl: string): string[] {
  const record = sampleRecord();
  const sysctls = {
    ...record.environment.sysctls,
    "net.ipv4.tcp_congestion_control": congestionControl,
  };
  const cases = record.cases.map((one) => ({ ...one, workload: "bulk" }));
  return buildReport({ ...record, cases, environment: { ...record.environment, sysctls } })
    .warnings.map((warning) => JSON.stringify(warning))
    .filter((text) => text.includes("BBR"));
}

Deno.test("buildReport() warns of BBR's pacing with the one-way TCP cases it concerns, and of nothing under cubic", () => {
  const [warning, ...more] = warningsWith("bbr");
  assertEquals(more, []);
  assert(warning!.includes("/tcp/"), warning);
  assertEquals(warningsWith("cubic"), []);
});
