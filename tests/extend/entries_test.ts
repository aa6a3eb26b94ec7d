/** What each entry of the package offers: names are added on purpose, and what is not listed is internal. */

import { assert, assertEquals } from "@std/assert";
import project from "../../deno.json" with { type: "json" };
import * as main from "../../mod.ts";
import * as extend from "../../src/extend/mod.ts";
import * as report from "../../src/report/mod.ts";

Deno.test("mod.ts offers session, records, summaries, comparisons, reports and the built-in transports", () => {
  assertEquals(Object.keys(main).sort(), [
    "DEFAULT_POLICY",
    "NothingMeasuredError",
    "PeerError",
    "PolicyError",
    "RecordError",
    "SCHEMA_VERSION",
    "Session",
    "SettingsError",
    "compareRecords",
    "comparisonFormats",
    "contrast",
    "createCatalog",
    "createPolicy",
    "decodeRecord",
    "encodeRecord",
    "factOf",
    "gateFormats",
    "judge",
    "measure",
    "metricValue",
    "parseReplay",
    "recordJsonSchema",
    "reportFormats",
    "summarize",
    "tcp",
    "tcp6",
    "trialValues",
    "udp",
    "udp6",
    "unix",
    "unixpacket",
  ]);
});

Deno.test("./extend offers what a transport, workload, scenario or metric of one's own needs", () => {
  assertEquals(Object.keys(extend).sort(), [
    "Histogram",
    "KERNEL_ROOM",
    "MessageTooLargeError",
    "createCatalog",
    "createSocketDirectory",
    "defineMetric",
    "freshSocketPath",
    "numberParam",
    "probeDatagram",
    "probeStream",
    "readRest",
    "removeSocketFile",
    "systemClock",
    "testTransportContract",
    "transportId",
    "warmupOf",
    "writeRest",
  ]);
});

Deno.test("./report offers every format and the charts", () => {
  assertEquals(Object.keys(report).sort(), [
    "buildCharts",
    "buildComparisonCharts",
    "chartFiles",
    "comparisonFormats",
    "gateFormats",
    "reportFormats",
  ]);
});

Deno.test("every name of every entry is documented, and none refers to a type that is not given out", async () => {
  const root = new URL("../../", import.meta.url);
  const entries = Object.values(project.exports).filter((path) => !path.includes("/cli/"));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...entries],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
});
