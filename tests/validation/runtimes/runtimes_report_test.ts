import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  bestTable,
  describeAbsent,
  describeJob,
  drawJob,
  figureTable,
  readJob,
} from "../../../bench/validation/runtimes/runtimes_report.ts";
import { compareRecords } from "../../../src/compare/compare_records.ts";
import { findBestSubjects } from "../../../src/gate/best_subject.ts";
import { COMPARE_POLICY } from "../../../src/gate/gate_policy.ts";
import { judgeHeads } from "../../../src/gate/judge.ts";
import { withFacts } from "../../../src/model/environment.ts";
import { makeFact } from "../../../src/model/fact_rows.ts";
import { gateFormats, headsFormats } from "../../../src/report/registry.ts";
import { caseOf, syntheticRecord } from "../../compare/synthetic_records.ts";

const TCP = "round-trip/tcp@node/bytes=64";
const UNIX = "round-trip/unix@node/bytes=64";

/** Twenty values around 10 µs times `factor`; the sides of a pair differ by up to 2 % besides. */
const around = (factor: number, step: number) =>
  Array.from({ length: 20 }, (_, k) => 10_000 * factor * (1 + ((k * step) % 20) / 1000));

function recordOf(
  runtime: string,
  version: string,
  [tcp, unix]: readonly [number, number],
  step: number,
) {
  const record = syntheticRecord({
    [TCP]: { p50: around(tcp, step), p99: around(3 * tcp, step) },
    [UNIX]: { p50: around(unix, step), p99: around(3 * unix, step) },
  }, {
    cases: [{ ...caseOf(TCP), params: { bytes: 64 } }, { ...caseOf(UNIX), params: { bytes: 64 } }],
  });
  const environment = withFacts(record.environment, [makeFact(runtime, version)]);
  return { ...record, environment };
}

const DENO = recordOf("deno", "2.9.6", [1, 1], 3);
const NODE = recordOf("node", "26.12.1", [1.3, 1.01], 7);
const BUN = recordOf("bun", "1.4.5", [0.8, 1.2], 11);

/** A job as `ab` writes it: the same judge, the same writers. */
function jobOf(records: Readonly<Record<string, ReturnType<typeof recordOf>>>) {
  const [base = "", ...heads] = Object.keys(records);
  const compare = (one: string, other: string) =>
    compareRecords(records[one]!, records[other]!, { paired: true });
  const results = judgeHeads(
    heads.map((head) => ({ compared: compare(base, head) })),
    COMPARE_POLICY,
  );
  const reports = heads.map((head, index) => ({ base, head, result: results[index]! }));
  const sided = new Map(heads.map((head, index) => [head, results[index]!]));
  const json = heads.length === 1
    ? gateFormats.get("json")!.render(reports[0]!)
    : headsFormats.get("json")!.render({
      heads: reports,
      best: findBestSubjects(base, sided, compare),
      exitCode: 0,
      isComparison: true,
    });
  return readJob(json, Object.values(records));
}

const JOB = jobOf({ self: DENO, "node:26 (26.12.1)": NODE, "bun:1.4 (1.4.5)": BUN });

Deno.test("readJob() names subjects by what their binaries say", () => {
  assertEquals(JOB.subjects.map(({ name }) => name), ["Deno 2.9.6", "Node 26.12.1", "Bun 1.4.5"]);
  assertEquals(
    JOB.best.filter(({ headline }) => headline).map(({ best }) => best),
    ["Bun 1.4.5", undefined],
  );
});

Deno.test("bestTable() names the best of a job where one is shown, and else those that may be", () => {
  const [, , tcp, unix] = bestTable(JOB).split("\n");
  const cells = (line: string) => line.split("|").map((cell) => cell.trim()).slice(1, -1);
  assertEquals(cells(tcp!), [
    "round trips of 64 B over `tcp@node`",
    "**Bun 1.4.5**",
    "Bun 1.4.5 8.08 µs, Deno 2.9.6 10.1 µs, Node 26.12.1 13.1 µs",
  ]);
  assertEquals(cells(unix!).slice(0, 2), [
    "round trips of 64 B over `unix@node`",
    "none is shown: Deno 2.9.6 or Node 26.12.1",
  ]);
});

Deno.test("figureTable() has a column for each subject, the change of heads with its interval", () => {
  const [heading, , tcp] = figureTable(JOB).split("\n");
  assertEquals(heading!.split("|").map((cell) => cell.trim()).filter((cell) => cell !== ""), [
    "case",
    "Deno 2.9.6",
    "Node 26.12.1",
    "Bun 1.4.5",
    "generations",
  ]);
  assertStringIncludes(tcp!, "13.1 µs, 30.0 % slower [");
  assertStringIncludes(tcp!, " faster [");
});

Deno.test("describeAbsent() names the transports without a row", () => {
  assertEquals(describeAbsent(JOB, ["tcp@node", "unix@node"]), undefined);
  assertStringIncludes(describeAbsent(JOB, ["tcp@node", "udp@node"])!, "over them: `udp@node`.");
});

Deno.test("readJob() finds the best of two where a job has one head", () => {
  const job = jobOf({ "deno:2.8.3": DENO, self: recordOf("deno", "2.9.7", [1.3, 1], 7) });
  assertEquals(
    job.best.filter(({ headline }) => headline).map(({ best, candidates }) => best ?? candidates),
    ["Deno 2.9.6", ["Deno 2.9.6", "Deno 2.9.7"]],
  );
});

Deno.test("drawJob() draws a row for each case and head, under the head's name", () => {
  const svg = drawJob(JOB)!;
  assertEquals(svg.match(/data-case=/g)?.length, 4);
  for (const name of ["Node 26.12.1", "Bun 1.4.5"]) {
    assertStringIncludes(svg, `data-metric="${name}"`);
  }
  assertEquals(drawJob({ ...JOB, best: [] }), undefined);
});

Deno.test("describeJob() states the machine, the time and the load", () => {
  assertStringIncludes(describeJob(JOB), "2026-01-31 12:00 UTC · load average 0.25 at the start");
});
