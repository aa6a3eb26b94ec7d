import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { RunRecord } from "../../src/model/run_record.ts";
import type { Trial } from "../../src/model/trial.ts";
import { isNamespaceWide, nameCounter } from "../../src/report/build/counters.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { plainInline } from "../../src/report/document/format_inline.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { findingsOf, markdownOf, scenarioParts, tableOf } from "./read_document.ts";

/** The sample with a scenario that names its counters, and the counters of each trial. */
function recordWith(
  counted: (trial: Trial) => Trial["counters"],
  evidence = ["TcpExt.DelayedACKs"],
): RunRecord {
  const record = sampleRecord({ rounds: 8 });
  return {
    ...record,
    scenarios: record.scenarios.map((spec) => spec.id === "nagle" ? { ...spec, evidence } : spec),
    trials: record.trials.map((trial) => {
      const counters = counted(trial);
      return counters === undefined ? trial : { ...trial, counters };
    }),
  };
}

const stalls = ({ case: id }: Trial) =>
  id.startsWith("nagle/tcp/nagle=on,pattern=write-write-read");
const remarksOf = (record: RunRecord) =>
  findingsOf(buildRecordDocument(record)).all.flatMap(({ remarks = [] }) => remarks)
    .map((parts) => plainInline(parts)).filter((remark) => remark.includes("ACK"));
/** What a part says of the counters, as words or as a table. */
const evidenceOf = (record: RunRecord) =>
  scenarioParts(buildRecordDocument(record), "nagle").flatMap(({ blocks }) => blocks)
    .filter((block) => "role" in block && block.role === "evidence");

Deno.test("a finding cites the counters that its scenario names, of both sides, summed over their trials", () => {
  const record = recordWith((trial) => stalls(trial) ? { "TcpExt.DelayedACKs": 3 } : {});
  const stalling = record.trials.filter((trial) => stalls(trial) && trial.error === undefined);
  assert(stalling.length > 0);
  const total = 3 * stalling.length;
  const cited = remarksOf(record);
  assert(cited.length > 0);
  for (const remark of cited) {
    assertStringIncludes(remark, "with nagle on; 0 in ");
    assert(remark.endsWith(" with nagle off."), remark);
  }
  assert(cited.some((remark) => remark.startsWith(`${total} delayed ACKs in `)), cited.join("; "));
});

Deno.test("a finding cites nothing where no counter moved, or where a side has none", () => {
  assertEquals(remarksOf(recordWith(() => ({}))), []);
  assertEquals(remarksOf(recordWith(() => undefined)), []);
  const half = recordWith((trial) => stalls(trial) ? { "TcpExt.DelayedACKs": 3 } : undefined);
  assertEquals(remarksOf(half), []);
});

Deno.test("a finding cites no counter that moved in fewer than one of a thousand operations", () => {
  const record = recordWith(() => ({}));
  const trials = record.trials.map((trial) => ({ ...trial, operations: 10_000 }));
  const first = trials.findIndex((trial) => stalls(trial) && trial.error === undefined);
  const counted = (count: number): RunRecord => ({
    ...record,
    trials: trials.map((trial, index) =>
      index === first ? { ...trial, counters: { "TcpExt.DelayedACKs": count } } : trial
    ),
  });
  assertEquals(remarksOf(counted(1)), []);
  assert(remarksOf(counted(10_000)).length > 0);
});

Deno.test("a section holds the counters case by case, and the report shows them as a table", () => {
  const record = recordWith((trial) => stalls(trial) ? { "TcpExt.DelayedACKs": 3 } : {});
  const { columns, rows } = tableOf(record, "nagle", "evidence");
  assertEquals(columns.map(({ id, title }) => [id, title]).slice(2), [
    ["TcpExt.DelayedACKs", "delayed ACKs"],
  ]);
  for (const { name, cells } of rows) {
    const trials = record.trials.filter((t) => t.case === `nagle/${name}` && t.error === undefined);
    assertEquals(cells.map((cell) => cell?.kind === "count" ? cell.value : undefined), [
      trials.length,
      trials.reduce((sum, { operations }) => sum + operations, 0),
      name!.startsWith("tcp/") ? stalls(trials[0]!) ? 3 * trials.length : 0 : undefined,
    ]);
  }
  const text = markdownOf(record);
  assertStringIncludes(text, "other programs' traffic is in them");
  assertStringIncludes(text, "| delayed ACKs |");
});

Deno.test("the report says in one sentence that nothing moved, and nothing where nothing was counted", () => {
  const still = markdownOf(recordWith(() => ({})));
  assertStringIncludes(still, "The kernel counted no delayed ACKs in any measured interval.");
  assertEquals(evidenceOf(recordWith(() => undefined)), []);
  assertEquals(evidenceOf(recordWith(() => ({}), [])), []);
});

Deno.test("nameCounter() has words for the counters that built-in scenarios name, one and many", async () => {
  const { scenarios } = await import("../../src/scenario/registry.ts");
  const named = scenarios.flatMap(({ evidence = [] }) => evidence);
  assert(named.length > 0);
  for (const counter of named) {
    assert(
      nameCounter(counter, 2) !== counter,
      `${counter} has no words in src/report/build/counters.ts`,
    );
  }
  assertEquals(nameCounter("TcpExt.DelayedACKs", 1), "delayed ACK");
  assertEquals(nameCounter("Nobody.Knows", 1), "Nobody.Knows");
  assertEquals(["Udp.RcvbufErrors", "socket.segsOut", "drive.minorFaults"].map(isNamespaceWide), [
    true,
    false,
    false,
  ]);
});
