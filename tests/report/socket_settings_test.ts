import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { buildMethod } from "../../src/report/build/method.ts";
import { buildSocketSettings, settingWarnings } from "../../src/report/build/socket_settings.ts";
import { plainInline } from "../../src/report/document/format_inline.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { markdownOf } from "./read_document.ts";

const CORES = { driveCore: "0", serveCore: "1", driveAffinity: "0,1", serveAffinity: "0,1" };

/** The sample's connections alone, each trial with the given settings. */
function recordWith(settings: (trial: Trial, index: number) => Trial["settings"]): RunRecord {
  const record = sampleRecord({ rounds: 2 });
  const cases = record.cases.filter(({ id }) => id.startsWith("nagle/tcp/"));
  const ids = new Set(cases.map(({ id }) => id));
  const trials = record.trials.filter((trial) => ids.has(trial.case) && trial.error === undefined);
  return {
    ...record,
    cases,
    scenarios: record.scenarios.filter(({ id }) => id === "nagle"),
    trials: trials.map((trial, index) => ({ ...trial, settings: settings(trial, index) })),
  };
}

const nagleOf = (trial: Trial) => trial.case.includes("nagle=on") ? "on" : "off";
const row = (record: RunRecord, index = 0) => {
  const { columns, rows } = buildSocketSettings(record)!;
  return Object.fromEntries(columns.map(({ title = "" }, at): [string, string] => {
    const cell = rows[index]!.cells[at];
    return [title, cell?.kind === "words" ? plainInline(cell.text) : ""];
  }));
};

Deno.test("buildSocketSettings() shows each setting as the kernel had it, buffers in their unit, cores of both ends", () => {
  const record = recordWith((trial) => ({
    nagle: nagleOf(trial),
    congestion: "bbr",
    sendBuffer: "212992 B",
    ...CORES,
  }));
  const found = row(record);
  assertEquals(found["congestion control"], "bbr");
  assertEquals(found["send buffer"], "208 KiB");
  assertEquals([found["driver's core"], found["peer's core"]], ["0", "1"]);
  assertEquals([row(record).Nagle, row(record, 1).Nagle].sort(), ["off", "on"]);
  assertEquals(buildSocketSettings(record)!.rows.length, 2);
  assertEquals(settingWarnings(record), []);
});

Deno.test("buildSocketSettings() shows the peer's value where it differs, ranges of sizes and threads that moved", () => {
  const record = recordWith((trial, index) => ({
    nagle: nagleOf(trial),
    receiveBuffer: index % 2 === 0 ? "65536 B" : "131072 B",
    "serve.congestion": "reno",
    congestion: "bbr",
    ...CORES,
    driveCore: index % 2 === 0 ? "0→1" : "0",
  }));
  const found = row(record);
  assertEquals(found["receive buffer"], "64.0 KiB to 128 KiB");
  assertEquals(found["congestion control"], "bbr; peer reno");
  assert(/^0 or 1, moved in \d+ of \d+ trials$/.test(found["driver's core"]!));
});

Deno.test("buildSocketSettings() sets what was asked for beside what was taken, and the report warns", () => {
  const record = recordWith(() => ({ nagle: "on", ...CORES }));
  const cells = buildSocketSettings(record)!.rows.map((_, index) => row(record, index).Nagle);
  assertEquals(cells.sort(), ["asked for off, taken on", "on"]);
  const [warning, ...others] = settingWarnings(record);
  assertEquals(others, []);
  assertStringIncludes(warning!.message, "Nagle's algorithm was not as asked for");
  assert(warning!.cases.every((id) => id.includes("nagle=off")));
  assertStringIncludes(markdownOf(record), "asked for off, taken on");
});

Deno.test("settingWarnings() warns of an end that was not where it was pinned to", () => {
  const record = recordWith((trial) => ({ nagle: nagleOf(trial), ...CORES }));
  const pinned: RunRecord = {
    ...record,
    cases: record.cases.map((one) => ({
      ...one,
      placement: { peer: "process", pin: "same", cores: { drive: 0, serve: 0 } },
    })),
  };
  const [warning] = settingWarnings(pinned);
  assertStringIncludes(warning!.message, "did not keep to the cores");
  assertEquals([...warning!.cases].sort(), record.cases.map(({ id }) => id).sort());
});

Deno.test("buildSocketSettings() is left out where nothing was read back, and the method says what was asked for", () => {
  const record = recordWith((trial) => ({ nagle: `${nagleOf(trial)} (asked for; not read back)` }));
  assertEquals(buildSocketSettings(record), undefined);
  assertEquals(settingWarnings(record), []);
  assert(buildMethod(record).some(({ name }) => name === "socket setting nagle"));
});
