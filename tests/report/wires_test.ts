import { assertEquals, assertStringIncludes } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { findBestSubjects } from "../../src/gate/best_subject.ts";
import { COMPARE_POLICY } from "../../src/gate/gate_policy.ts";
import { judgeHeads } from "../../src/gate/judge.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { wireBlocks, wireDifferences } from "../../src/report/build/wires.ts";
import { plainInline } from "../../src/report/document/format_inline.ts";
import { comparisonFormats, headsFormats } from "../../src/report/registry.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";

const CASE = "round-trip/tcp@node/bytes=64";
const BUFFERS = { sendBuffer: "16384 B", receiveBuffer: "131072 B", congestion: "cubic" };

/** Twelve trials of a case whose sockets were set so. */
function recordOf(settings: Readonly<Record<string, string>>, id = CASE): RunRecord {
  const record = syntheticRecord({ [id]: { p50: Array.from({ length: 12 }, (_, k) => 1e4 + k) } });
  return { ...record, trials: record.trials.map((trial) => ({ ...trial, settings })) };
}

function differences(base: RunRecord, ...heads: RunRecord[]): string[] {
  return wireDifferences(
    { label: "self", record: base },
    heads.map((record, index) => ({ label: `head ${index + 1}`, record })),
  ).map((words) => plainInline(words));
}

const ON = recordOf({ ...BUFFERS, nagle: "on", backlog: "511" });
const OFF = recordOf({ ...BUFFERS, nagle: "off", backlog: "512" });

Deno.test("wireDifferences() names the head, the option, both values and the case", () => {
  assertEquals(differences(ON, ON, OFF), [
    `head 2 has Nagle off where self has on (${CASE}): these ratios compare the two options, not the subjects alone`,
  ]);
});

Deno.test("wireDifferences() finds none between equal wires, tuned buffers, near backlogs, and what was only asked for", () => {
  assertEquals(differences(ON, ON), []);
  assertEquals(differences(ON, recordOf({ ...BUFFERS, nagle: "on", sendBuffer: "4194304 B" })), []);
  assertEquals(differences(ON, recordOf({ nagle: "off (not read back: there is no FFI)" })), []);
});

Deno.test("wireDifferences() compares backlogs, and buffers of what is not TCP, by a factor of two", () => {
  assertEquals(differences(ON, recordOf({ ...BUFFERS, nagle: "on", backlog: "128" })).length, 1);
  const udp = "round-trip/udp@node/bytes=64";
  const [one, other] = ["212992 B", "425984 B"].map((receiveBuffer) =>
    recordOf({ sendBuffer: "212992 B", receiveBuffer }, udp)
  );
  assertStringIncludes(
    differences(one!, other!)[0]!,
    "receive buffer 425984 B where self has 212992 B",
  );
});

Deno.test("wireBlocks() has a row for each option and a column for each subject", () => {
  const sides = [ON, OFF].map((record, index) => ({ label: `subject ${index}`, record }));
  const [, table] = wireBlocks(sides);
  if (table?.kind !== "table") throw new Error("no table");
  assertEquals(table.columns.map(({ title }) => title), ["subject 0", "subject 1"]);
  assertEquals(table.rows.map(({ keys }) => keys[1]!.value).includes("Nagle"), true);
  assertEquals(wireBlocks([{ label: "self", record: recordOf({}) }]), []);
});

Deno.test("every format of a comparison says that the wires differ", () => {
  const records = { self: ON, bun: OFF, node: ON };
  const compare = (one: string, other: string) =>
    compareRecords(records[one as "self"], records[other as "self"], { paired: true });
  const heads = ["bun", "node"] as const;
  const results = judgeHeads(
    heads.map((head) => ({ compared: compare("self", head) })),
    COMPARE_POLICY,
  );
  const reports = heads.map((head, index) => ({
    base: "self",
    head,
    result: results[index]!,
    records: { base: ON, head: records[head] },
  }));
  const best = findBestSubjects(
    "self",
    new Map(heads.map((head, i) => [head, results[i]!])),
    compare,
  );
  const report = { heads: reports, best, exitCode: 0 as const, isComparison: true };
  for (const [id, format] of headsFormats) {
    if (format.isOfGate || id === "json") continue;
    assertStringIncludes(format.render(report).replace(/<[^>]*>/g, ""), "Nagle off where", id);
  }
  for (const [id, { render }] of comparisonFormats) {
    if (id === "json") continue;
    assertStringIncludes(render(reports[0]!).replace(/<[^>]*>/g, ""), "Nagle off where", id);
  }
});
