import { assert, assertEquals, assertThrows } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { environmentObstacles } from "../../src/compare/fingerprint.ts";
import { summarize } from "../../src/compare/summarize.ts";
import { createPolicy } from "../../src/gate/gate_policy.ts";
import { judge } from "../../src/gate/judge.ts";
import { decodeRecord, encodeRecord } from "../../src/record/codec.ts";
import { importRecord } from "../../src/record/import/import_record.ts";
import { RecordError } from "../../src/record/record_error.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { sockbench, temporaryDirectory } from "../cli/sockbench.ts";

const HYPERFINE = (factor = 1, codes: readonly number[] = []) =>
  JSON.stringify({
    results: ["sleep 0.01", "sleep 0.01 | cat"].map((command) => ({
      command,
      mean: 0.011,
      times: Array.from({ length: 12 }, (_, k) => (0.011 + k * 1e-5) * factor),
      exit_codes: codes,
    })),
  });

/** As Deno 2.9.6 writes it. */
const DENO_BENCH = JSON.stringify({
  version: 1,
  runtime: "Deno/2.9.6 x86_64-unknown-linux-gnu",
  cpu: "AMD EPYC",
  benches: [
    {
      group: "parse",
      name: "url",
      results: [{ ok: { n: 1000, min: 600, max: 900, avg: 700, p75: 720, p99: 850 } }],
    },
    { group: null, name: "fails", results: [{ failed: { name: "Error", message: "no" } }] },
  ],
});

/** As iperf 3.12 writes it, in part. */
const IPERF3 = JSON.stringify({
  start: {
    connected: [{ local_host: "127.0.0.1" }],
    version: "iperf 3.12",
    system_info: "Linux host 6.18.44 #1 SMP x86_64",
    timestamp: { timesecs: 1_795_788_372 },
    test_start: { protocol: "UDP", num_streams: 1, blksize: 32_768 },
  },
  end: {
    sum: { bits_per_second: 8e6, seconds: 1, lost_percent: 2.5 },
    sum_received: { bits_per_second: 7.8e6, seconds: 1 },
  },
});

const imported = (...texts: readonly string[]) =>
  importRecord(
    texts.map((text, k) => ({ source: `${k}.json`, text, writtenAtMs: 1_700_000_000_000 })),
    "sockbench import",
  );

Deno.test("importRecord() makes a trial of each time that hyperfine kept, and no pairs of them", () => {
  const record = imported(HYPERFINE());
  assertEquals(record.trials.length, 24);
  assertEquals(new Set(record.trials.map(({ round }) => round)).size, 24);
  assertEquals(record.origin, { tool: "hyperfine" });
  assertEquals(record.startedAt, "2023-11-14T22:13:20.000Z");
  const [first, second] = summarize(record);
  assertEquals(first!.n, 12);
  assertEquals(Math.round(first!.median), 11_055_000);
  assertEquals(first!.case.startsWith("hyperfine/sleep-0.01-"), true);
  assert(first!.case !== second!.case);
});

Deno.test("importRecord() makes a failed trial of a run that ended with another code than 0", () => {
  const [trial] = imported(HYPERFINE(1, [3])).trials;
  assertEquals(trial!.error?.message, "the command ended with exit code 3");
});

Deno.test("importRecord() makes one trial of each file of deno bench, and of iperf3", () => {
  const bench = imported(DENO_BENCH, DENO_BENCH.replace('max":900', 'max":901'));
  assertEquals(bench.trials.length, 4);
  assertEquals(bench.trials[0]!.values, {
    iterationMean: 700,
    iterationP75: 720,
    iterationP99: 850,
  });
  assertEquals(bench.trials[1]!.error?.message, "the benchmark failed");
  const fact = (id: string) => bench.environment.facts.find((one) => one.id === id)?.value;
  assertEquals([fact("cpu"), fact("deno")], ["AMD EPYC", "2.9.6"]);
  const record = imported(IPERF3);
  assertEquals(record.cases[0]!.id, "iperf3/udp/bytes=32768,streams=1");
  assertEquals(record.trials[0]!.values, { bytesPerSecond: 975_000, loss: 0.025 });
  assert(!encodeRecord(record).includes("host"), "the name of a host");
});

Deno.test("an imported record is read back, and every format renders it", () => {
  for (const text of [HYPERFINE(), DENO_BENCH, IPERF3]) {
    const record = decodeRecord(encodeRecord(imported(text)), "imported");
    assertEquals(record, imported(text));
    for (const format of reportFormats.values()) {
      assert(format.render(record).includes(record.scenarios[0]!.id), format.id);
    }
  }
});

Deno.test("imported records are judged against their own kind, and against no other", () => {
  const [base, same, slow] = [
    imported(HYPERFINE()),
    imported(HYPERFINE()),
    imported(HYPERFINE(1.3)),
  ];
  const verdict = (head: typeof base) =>
    judge(compareRecords(base, head, { paired: false }), createPolicy({ metrics: ["headline"] }));
  assertEquals(verdict(same).exitCode, 0);
  assertEquals(verdict(slow).exitCode, 1);
  const obstacles = environmentObstacles(base, imported(IPERF3));
  assert(obstacles.some((one) => one.startsWith("program that measured differs")), obstacles[0]);
});

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /it is empty$/],
  ["no JSON", "Benchmark 1", /it is not JSON: export it as hyperfine/],
  [
    "decimal commas",
    '{"results":[{"times":[0,011,0,012]}],"mean":0,5}',
    /decimal comma.*LC_ALL=C$/,
  ],
  ["another file", '{"a":1}', /it is none of hyperfine/],
  [
    "a file without times",
    '{"results":[{"command":"a"}]}',
    /results\[0\]\.times must be the list of all times/,
  ],
  ["no results", '{"results":[]}', /it holds no measurement/],
  [
    "a time that no calendar has",
    IPERF3.replace(/"timesecs":\d+/, '"timesecs":1e300'),
    /start\.timestamp\.timesecs must be seconds since 1970$/,
  ],
  [
    "a failed iperf3",
    '{"start":{},"end":{},"error":"unable to connect"}',
    /iperf3 measured nothing: "unable to connect"/,
  ],
];
for (const [what, text, sentence] of REFUSED) {
  Deno.test(`importRecord() refuses ${what} in a sentence`, () => {
    const { message } = assertThrows(() => imported(text), RecordError);
    assert(sentence.test(message), message);
  });
}

Deno.test("importRecord() refuses files of two tools", () => {
  assertThrows(() => imported(HYPERFINE(), IPERF3), RecordError, "import each tool by itself");
});

Deno.test("importRecord() counts no file twice", () => {
  assertThrows(
    () => imported(HYPERFINE(), HYPERFINE(1.1), HYPERFINE()),
    RecordError,
    "Cannot read 2.json as a record: it is there twice: each measurement counts once",
  );
});

/** As PowerShell writes a file. */
function utf16(text: string): Uint8Array {
  return new Uint8Array(new Uint16Array([0xfeff, ...[...text].map((c) => c.charCodeAt(0))]).buffer);
}

Deno.test("sockbench import reads UTF-16 and CRLF, and report reads what it made", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/hyperfine.json`;
  const pretty = JSON.stringify(JSON.parse(HYPERFINE()), null, 2).replaceAll("\n", "\r\n");
  await Deno.writeFile(file, utf16(pretty));
  const out = `${directory.path}/record.json`;
  const made = await sockbench(["import", file, "--out", out]);
  assertEquals({ code: made.code, out: made.out }, { code: 0, out: "" });
  const shown = await sockbench(["report", out, "--format", "text"]);
  assertEquals(shown.code, 0);
  assert(shown.out.includes("How long does each command take?"), shown.out);
});

Deno.test("a record may name its JSON Schema for editors", () => {
  const text = encodeRecord(imported(HYPERFINE()));
  const named = text.replace("{", '{"$schema": "record.v2.schema.json",');
  assertEquals(decodeRecord(named, "named"), decodeRecord(text, "plain"));
});
