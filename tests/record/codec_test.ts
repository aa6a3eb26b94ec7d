import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  decodeRecord,
  encodeRecord,
  findTrialFault,
  RecordError,
  recordJsonSchema,
} from "../../src/record/codec.ts";
import type { InferredRunRecord } from "../../src/record/schema.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { sampleRecord, sampleTrial } from "./sample_record.ts";

/** True only for identical types: assignability alone would miss an optional field that one side lacks. */
type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

/** JSON of the sample with one place changed; `undefined` deletes it. */
function changed(path: string, value: unknown): string {
  const record = JSON.parse(encodeRecord(sampleRecord()));
  const keys = path.split("/");
  const last = keys.pop()!;
  let parent = record;
  for (const key of keys) parent = parent[key];
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return JSON.stringify(record);
}

function messageOf(text: string, sourceName = "a.json"): string {
  const error = assertThrows(() => decodeRecord(text, sourceName), RecordError) as RecordError;
  assertEquals(error.source, sourceName);
  return error.message;
}

Deno.test("the schema infers the very type RunRecord, as the compiler sees", () => {
  const identical: Identical<InferredRunRecord, RunRecord> = true;
  const toContract = (inferred: InferredRunRecord): RunRecord => inferred;
  const toSchema = (record: RunRecord): InferredRunRecord => record;
  assert(identical);
  assertEquals(toContract(toSchema(sampleRecord())), sampleRecord());
});

Deno.test("encodeRecord() writes what decodeRecord() reads back", () => {
  assertEquals(decodeRecord(encodeRecord(sampleRecord()), "a.json"), sampleRecord());
});

Deno.test("encodeRecord() writes one trial per line and ends with a line break", () => {
  const record = sampleRecord();
  const lines = encodeRecord(record).split("\n");
  assertEquals(lines.at(-1), "");
  const trials = lines.filter((line) => line.startsWith('    {"case":'));
  assertEquals(trials.length, record.trials.length);
  assertEquals(
    trials.map((line) => JSON.parse(line.replace(/,$/, ""))),
    record.trials,
  );
});

Deno.test("encodeRecord() is golden", () => {
  const record = sampleRecord();
  const text = encodeRecord({
    ...record,
    scenarios: record.scenarios.slice(0, 1),
    metrics: record.metrics.filter(({ id }) => id === "p50" || id === "exchangesPerSecond"),
    cases: record.cases.slice(0, 1),
    trials: record.trials.slice(0, 1),
    skipped: [],
  });
  assertEquals(text, GOLDEN);
  assertEquals(encodeRecord(decodeRecord(GOLDEN, "golden")), GOLDEN);
});

Deno.test("encodeRecord() does not depend on the order in which fields were assigned", () => {
  const record = sampleRecord();
  const turned = reverseKeys(record, "params", "fixed") as RunRecord;
  assert(JSON.stringify(turned) !== JSON.stringify(record));
  assertEquals(encodeRecord(turned), encodeRecord(record));
});

Deno.test("encodeRecord() keeps parameters in grid order", () => {
  const record = sampleRecord();
  const text = encodeRecord(record);
  assert(text.includes('"params":{"chunk":1024,"order":"a"}'));
  const [first, ...rest] = record.cases.toReversed();
  const turned = { ...first!, params: { order: "a", chunk: 1024 } };
  assert(
    encodeRecord({ ...record, cases: [turned, ...rest] }).includes(
      '"params":{"order":"a","chunk":1024}',
    ),
  );
});

Deno.test("encodeRecord() leaves out fields that the format does not know and fields that are undefined", () => {
  const record = sampleRecord();
  const [first, ...rest] = record.scenarios;
  const scenario = {
    ...first!,
    workload: "ping-pong",
    grid: {},
    budget: () => 1,
    search: undefined,
  };
  const text = encodeRecord({ ...record, scenarios: [scenario, ...rest] } as unknown as RunRecord);
  assertEquals(text, encodeRecord(record));
});

Deno.test("encodeRecord() refuses numbers that JSON cannot hold, and names the place", () => {
  const record = sampleRecord();
  for (const value of [NaN, Infinity, -Infinity]) {
    const trials = [...record.trials, sampleTrial({ values: { p50: value } })];
    assertThrows(
      () => encodeRecord({ ...record, trials }),
      RangeError,
      `Cannot write a record as trials[5].values.p50 must be a finite number: current value is ${value}`,
    );
  }
});

Deno.test("encodeRecord() refuses a bucket count that is not finite", () => {
  const exchange = { ...sampleTrial().histograms.exchange!, buckets: [100, NaN] };
  assertThrows(
    () => encodeRecord({ ...sampleRecord(), trials: [sampleTrial({ histograms: { exchange } })] }),
    RangeError,
    "trials[0].histograms.exchange.buckets[1] must be a finite number: current value is NaN",
  );
});

Deno.test("decodeRecord() does not care about key order, white space or a byte order mark", () => {
  const record = sampleRecord();
  assertEquals(decodeRecord(JSON.stringify(reverseKeys(record)), "a.json"), record);
  assertEquals(
    decodeRecord(`\uFEFF \n${JSON.stringify(record, null, "\t")}\r\n`, "a.json"),
    record,
  );
});

Deno.test("decodeRecord() says that a file is empty, not JSON, or no object", () => {
  const prefix = "Cannot read a.json as a record: ";
  for (const text of ["", " \n\t"]) {
    assertEquals(
      messageOf(text),
      `${prefix}it is empty, where a file written by "sockbench run" was expected`,
    );
  }
  for (const text of ["hello", '{"a":x}', '{"a":1]', '{"a":"\n', "# Report\n", "[1,2]]", "{}}"]) {
    assertEquals(
      messageOf(text),
      `${prefix}it is not JSON, where a file written by "sockbench run" was expected`,
    );
  }
  assertEquals(messageOf("[1,2]"), `${prefix}it must hold a JSON object: it holds a list of 2`);
  assertEquals(messageOf("null"), `${prefix}it must hold a JSON object: it holds null`);
  assertEquals(messageOf('"x"'), `${prefix}it must hold a JSON object: it holds "x"`);
});

Deno.test("decodeRecord() says that a file is cut off, wherever it is", () => {
  const text = encodeRecord(sampleRecord());
  for (let length = 1; length < text.length - 1; length++) {
    assertEquals(
      messageOf(text.slice(0, length)),
      `Cannot read a.json as a record: it is cut off after ${length} characters: ` +
        "write or copy the file again",
    );
  }
});

Deno.test("decodeRecord() says that a file is no record, or of another version, before anything else", () => {
  const prefix = "Cannot read a.json as a record: ";
  assertEquals(
    messageOf('{"name":"x"}'),
    `${prefix}it is not a sockbench record, as "schemaVersion" is missing: ` +
      'name a file written by "sockbench run"',
  );
  assertEquals(
    messageOf('{"schemaVersion":3,"new":1}'),
    `${prefix}it was written by a newer sockbench (schema 3, this one reads 2): update sockbench`,
  );
  assertEquals(
    messageOf('{"schemaVersion":0}'),
    `${prefix}it was written by an older sockbench (schema 0, this one reads 2): ` +
      "measure again with this one",
  );
  assertEquals(messageOf('{"schemaVersion":"1"}'), `${prefix}schemaVersion must be 2: it is "1"`);
  assertEquals(messageOf('{"schemaVersion":1.5}'), `${prefix}schemaVersion must be 2: it is 1.5`);
  assertEquals(
    messageOf('{"schemaVersion":1e999}'),
    `${prefix}schemaVersion must be 2: it is Infinity`,
  );
});

Deno.test("decodeRecord() names the field, what it must be and what it is", () => {
  const rows: [path: string, value: unknown, clause: string][] = [
    ["trials/3/elapsedNs", "x", 'trials[3].elapsedNs must be a number ≥ 0: it is "x"'],
    ["trials/3/elapsedNs", -1, "trials[3].elapsedNs must be a number ≥ 0: it is -1"],
    ["trials/3/elapsedNs", null, "trials[3].elapsedNs must be a number ≥ 0: it is null"],
    ["trials/3/elapsedNs", undefined, "trials[3].elapsedNs must be a number ≥ 0: it is missing"],
    ["trials/0/operations", 1.5, "trials[0].operations must be a whole number ≥ 0: it is 1.5"],
    ["trials/0/operations", 1e300, "trials[0].operations must be a whole number ≥ 0: it is 1e+300"],
    ["trials/0/round", 0, "trials[0].round must be a whole number ≥ 1: it is 0"],
    ["trials/0/tally", [1], "trials[0].tally must be an object: it is a list of 1"],
    ["trials/0/tally/reads", -2, "trials[0].tally.reads must be a whole number ≥ 0: it is -2"],
    ["trials/0/values/p50", {}, "trials[0].values.p50 must be a finite number: it is an object"],
    ["trials/0/typo", 1, "trials[0].typo is not a field of this format (schema 2): remove it"],
    ["trials", {}, "trials must be a list: it is an object"],
    ["partial", 1, "partial must be true or false: it is 1"],
    [
      "startedAt",
      "today",
      'startedAt must be a time such as 2026-01-31T12:00:00.000Z: it is "today"',
    ],
    ["settings/peer", "moon", 'settings.peer must be one of loop, worker, process: it is "moon"'],
    [
      "metrics/0/id",
      "a b",
      'metrics[0].id must be a metric id of camelCase letters and digits: it is "a b"',
    ],
    [
      "cases/0/params/bytes",
      true,
      "cases[0].params.bytes must be a finite number or a text: it is true",
    ],
    [
      "environment/facts/8/value",
      [],
      "environment.facts[8].value must be a text, a finite number, true, false or null: " +
      "it is a list of 0",
    ],
  ];
  for (const [path, value, clause] of rows) {
    assertEquals(messageOf(changed(path, value)), `Cannot read a.json as a record: ${clause}`);
  }
});

Deno.test("decodeRecord() refuses infinite numbers, which JSON can spell", () => {
  const text = changed("trials/0/elapsedNs", "HERE").replace('"HERE"', "1e999");
  assert(messageOf(text).endsWith("trials[0].elapsedNs must be a number ≥ 0: it is Infinity"));
});

Deno.test("decodeRecord() refuses a thread that waited for, or ran, less than no time", () => {
  for (const name of ["drive.waitNs", "serve.runNs"]) {
    const text = changed("trials/0/counters", { [name]: -1 });
    const clause = `trials[0].counters[${JSON.stringify(name)}] must be at least 0: it is -1`;
    assert(messageOf(text).endsWith(clause), messageOf(text));
  }
});

Deno.test("decodeRecord() names each contradiction between fields", () => {
  const trials = sampleRecord().trials;
  const rows: [path: string, value: unknown, clause: string][] = [
    ["trials/2/case", "x", 'trials[2].case must be among the cases of the record: it is "x"'],
    [
      "cases/1/scenario",
      "y",
      'cases[1].scenario must be among the scenarios of the record: it is "y"',
    ],
    [
      "scenarios/0/metrics/1",
      "speed",
      'scenarios[0].metrics[1] must be among the metrics of the record: it is "speed"',
    ],
    [
      "scenarios/0/contrasts/0/metric",
      "speed",
      'scenarios[0].contrasts[0].metric must be among the metrics of the record: it is "speed"',
    ],
    [
      "cases/1/id",
      "round-trip/tcp/bytes=64",
      'cases[1].id must be unique: "round-trip/tcp/bytes=64" is cases[0] already',
    ],
    [
      "scenarios/1/id",
      "round-trip",
      'scenarios[1].id must be unique: "round-trip" is scenarios[0] already',
    ],
    ["metrics/3/id", "min", 'metrics[3].id must be unique: "min" is metrics[0] already'],
    [
      "trials/5",
      trials[1],
      'trials[5] must be the only trial of "round-trip/tcp/bytes=64" in round 2: trials[1] is one too',
    ],
    [
      "trials/1/startedNs",
      1000.5,
      'trials[1] must be the only trial of "round-trip/tcp/bytes=64" that started at 1000.5 ns: trials[0] did too',
    ],
    ["trials/1/round", 3, "trials[1].round must be at most settings.rounds, 2: it is 3"],
    [
      "trials/0/histograms/exchange/count",
      5,
      "trials[0].histograms.exchange.buckets must add up to count, 5: the sum is 4",
    ],
    [
      "trials/0/histograms/exchange/min",
      5e7,
      "trials[0].histograms.exchange.min must be at most max, 40000000: it is 50000000",
    ],
    [
      "trials/0/histograms/exchange/buckets/0",
      99999,
      "trials[0].histograms.exchange.buckets must have indices below 4608: number 0 leads to 99999",
    ],
    [
      "trials/0/histograms/exchange/buckets/1",
      "1",
      "trials[0].histograms.exchange.buckets must be a list of numbers: it is a list of 8",
    ],
    [
      "trials/0/histograms/exchange/buckets/3",
      -1,
      "trials[0].histograms.exchange.buckets must have whole counts ≥ 1: number 3 is -1",
    ],
    [
      "trials/0/histograms/exchange/relativeError",
      0.01,
      "trials[0].histograms.exchange.relativeError must be 0.00390625: it is 0.01",
    ],
    [
      "trials/0/elapsedNs",
      0,
      "trials[0].elapsedNs must be above 0 and at most 9007199254740991 in a trial without an error: it is 0",
    ],
    [
      "trials/0/elapsedNs",
      1e300,
      "trials[0].elapsedNs must be above 0 and at most 9007199254740991 in a trial without an error: it is 1e+300",
    ],
    [
      "trials/3/operations",
      0,
      "trials[3].operations must be at least 1 in a trial without an error: it is 0",
    ],
    [
      "trials/0/operations",
      4e6,
      "trials[0].histograms.exchange.count must equal operations, 4000000: it is 4",
    ],
    [
      "trials/0/elapsedNs",
      3e7,
      "trials[0].elapsedNs must be at least the sum of the trial's samples, 39846488: it is 30000000",
    ],
    [
      "trials/0/elapsedNs",
      13e9,
      "trials[0].elapsedNs must end within durationNs, 12000000000: it is 13000000000 from 1000.5 on",
    ],
    [
      "trials/3/window/elapsedNs",
      13e9,
      "trials[3].window.elapsedNs must end within durationNs, 12000000000: it is 13000000000 from 1000.5 on",
    ],
    [
      "trials/4/startedNs",
      13e9,
      "trials[4].startedNs must be at most durationNs, 12000000000: it is 13000000000",
    ],
  ];
  for (const [path, value, clause] of rows) {
    assertEquals(messageOf(changed(path, value)), `Cannot read a.json as a record: ${clause}`);
  }
});

Deno.test("decodeRecord() leaves a user's workload its own idea of an interval: its operations may overlap", () => {
  const record = sampleRecord();
  const text = encodeRecord({
    ...record,
    cases: record.cases.map((one) => ({ ...one, workload: "mine" })),
    trials: record.trials.map((trial) => ({ ...trial, ...(!trial.error && { elapsedNs: 1 }) })),
  });
  assertEquals(decodeRecord(text, "a.json").trials[0]!.elapsedNs, 1);
});

Deno.test("decodeRecord() reads a partial record with fewer trials than planned, even none", () => {
  const record = { ...sampleRecord(), partial: true, trials: [] };
  assertEquals(decodeRecord(encodeRecord(record), "a.json"), record);
});

Deno.test("decodeRecord() lets no __proto__ key reach an object's prototype", () => {
  const text = encodeRecord(sampleRecord());
  const poison = '"__proto__":{"polluted":1},';
  assert(
    messageOf(text.replace('"schemaVersion"', `${poison}"schemaVersion"`)).includes("__proto__"),
  );
  const record = decodeRecord(text.replace('"nagle":"off"', `${poison}"nagle":"off"`), "a.json");
  assertEquals(record, sampleRecord());
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  for (const fixed of record.cases.map((entry) => entry.fixed)) {
    assertEquals(Object.getPrototypeOf(fixed), Object.prototype);
    assertEquals(fixed.polluted, undefined);
  }
});

Deno.test("decodeRecord() survives a million nested lists and objects, closed or not", () => {
  const depth = 1_000_000;
  const lists = "[".repeat(depth);
  const objects = '{"a":'.repeat(depth);
  messageOf(lists);
  messageOf(lists + "]".repeat(depth));
  messageOf(objects);
  messageOf(`${objects}1${"}".repeat(depth)}`);
  const nested = changed("trials/0/case", "HERE").replace('"HERE"', lists + "]".repeat(depth));
  assert(messageOf(nested).endsWith("it nests deeper than any record does"));
  const short = changed("trials/0/case", ["x"]);
  assert(
    messageOf(short).endsWith("trials[0].case must be a text: it is a list of 1"),
    messageOf(short),
  );
});

Deno.test("RecordError stays on one short line whatever the file name and the values hold", () => {
  const message = messageOf(
    changed("trials/0/case", "x\n\u001b[31m\u2028".repeat(99)),
    "a\nb\u001b.json",
  );
  assert(!/[\p{Cc}\u2028\u2029]/u.test(message), message);
  assert(message.startsWith("Cannot read a\\u000ab\\u001b.json as a record: "));
  assert(message.length < 400);
  const longKey = messageOf(changed(`trials/0/${"k".repeat(5000)}`, 1));
  assert(longKey.length < 400);
});

Deno.test("findTrialFault() finds what would make a record unreadable, while the trial can still be marked", () => {
  assertEquals(findTrialFault(sampleTrial()), undefined);
  assertEquals(
    findTrialFault(sampleTrial({ values: { loss: NaN } })),
    "values.loss must be a finite number: it is NaN",
  );
  assertEquals(
    findTrialFault(sampleTrial({ tally: { lostMessages: -1 } })),
    "tally.lostMessages must be a whole number ≥ 0: it is -1",
  );
  const exchange = { ...sampleTrial().histograms.exchange!, count: 9 };
  assertEquals(
    findTrialFault(sampleTrial({ histograms: { exchange } })),
    "histograms.exchange.buckets must add up to count, 9: the sum is 4",
  );
  assertEquals(
    findTrialFault(sampleTrial({ operations: 5 })),
    "histograms.exchange.count must equal operations, 5: it is 4",
  );
});

Deno.test("recordJsonSchema() describes each field of a record and forbids others", () => {
  const schema = recordJsonSchema() as {
    title: string;
    properties: Record<string, unknown>;
    required: string[];
    additionalProperties: boolean;
  };
  assertEquals(schema.title, "sockbench record, schema version 2");
  // A file may name the schema it follows, for editors; a record in memory does not.
  const inFile = ["$schema", ...Object.keys(sampleRecord())].sort();
  assertEquals(Object.keys(schema.properties).sort(), inFile);
  const optional = ["yardstick", "runId", "origin", "peerEnvironment"];
  assertEquals([...schema.required, ...optional].sort(), Object.keys(sampleRecord()).sort());
  assertEquals(schema.additionalProperties, false);
  assert(
    JSON.stringify(schema).includes(
      '"buckets":{"type":"array","items":{"type":"integer","minimum":0}}',
    ),
  );
  assertEquals(JSON.parse(JSON.stringify(schema)), schema);
});

/** The same value with the keys of every object in reverse, but for the objects under `kept` keys. */
function reverseKeys(value: unknown, ...kept: string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => reverseKeys(item, ...kept));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, part]) => [
      key,
      kept.includes(key) ? part : reverseKeys(part, ...kept),
    ]),
  );
}

const GOLDEN = `{
  "schemaVersion": 2,
  "minor": 0,
  "runId": "8f0e1a52-3b1c-4c55-9a0e-2f8f6f0d4b11",
  "origin": {
    "tool": "sockbench",
    "version": "0.1.0",
    "schemaVersion": 1
  },
  "startedAt": "2026-01-31T12:00:00.000Z",
  "durationNs": 12000000000,
  "estimateNs": 11500000000,
  "partial": false,
  "environment": {
    "facts": [
      {"id":"platform","value":"linux x86_64","label":"platform","compare":"must"},
      {"id":"kernel","value":"6.18.44","label":"kernel","compare":"must"},
      {"id":"cpu","value":"Some CPU @ 2 GHz","label":"CPU","compare":"must"},
      {"id":"cores","value":2,"label":"logical cores","compare":"must"},
      {"id":"memory","value":4294967296,"label":"memory","compare":"info","unit":"bytes"},
      {"id":"virtualization","value":null,"label":"virtualization","compare":"should"},
      {"id":"load","value":0.25,"label":"load average at start","compare":"info"},
      {"id":"deno","value":"2.9.6","label":"Deno","compare":"must"},
      {"id":"sockbench","value":"0.1.0","label":"sockbench","compare":"must"},
      {"id":"net.core.rmem_max","value":212992,"label":"net.core.rmem_max","compare":"should"},
      {"id":"net.ipv4.tcp_rmem","value":"4096 131072 6291456","label":"net.ipv4.tcp_rmem","compare":"should"}
    ],
    "missing": [
      {"what":"cpu governor","reason":"No permission to read /sys."}
    ]
  },
  "peerEnvironment": {
    "facts": [
      {"id":"cpu","value":"Another CPU","label":"CPU","compare":"must"},
      {"id":"memory","value":2147483648,"label":"memory","compare":"info","unit":"bytes"}
    ],
    "missing": []
  },
  "settings": {
    "profile": "quick",
    "rounds": 2,
    "seed": 42,
    "peer": "process",
    "command": "deno task sockbench run --profile quick --seed 42"
  },
  "yardstick": {
    "readings": [{"startedNs":0,"socketpairNs":3350.5,"copyNs":16500,"turnNs":830},{"startedNs":11000000000,"copyNs":16400}],
    "missing": [{"what":"yardstick: round trip over a socket pair","reason":"send(socketpair) failed: Broken pipe (EPIPE)"}]
  },
  "scenarios": [
    {"id":"round-trip","question":"How long does a request and its reply take?","operation":"exchange","parameters":[{"name":"bytes","kind":"size","description":"Message size.","min":1,"max":65536}],"metrics":["p50","exchangesPerSecond"],"columns":["transport"],"contrasts":[{"factor":"transport","base":"tcp","metric":"p50"}],"notes":["A round trip is never halved."]}
  ],
  "metrics": [
    {"id":"p50","unit":"ns","better":"lower","title":"p50","description":"Median round-trip latency within the trial; never halved."},
    {"id":"exchangesPerSecond","unit":"1/s","better":"higher","title":"exchanges/s","description":"Completed round trips per second."}
  ],
  "cases": [
    {"id":"round-trip/tcp/bytes=64","scenario":"round-trip","transport":"tcp","params":{"bytes":64},"fixed":{"nagle":"off"},"workload":"ping-pong","budget":{"warmupNs":10000000,"measureNs":100000000,"minOperations":10},"expectedNs":120000000,"placement":{"peer":"process","pin":"none"}}
  ],
  "skipped": [],
  "trials": [
    {"case":"round-trip/tcp/bytes=64","round":1,"order":0,"startedNs":1000.5,"elapsedNs":2000000000,"operations":4,"histograms":{"exchange":{"relativeError":0.00390625,"count":4,"min":100,"max":40000000,"buckets":[100,1,100,1,78,1,2178,1]}},"values":{"p50":150},"tally":{"sentBytes":256,"receivedBytes":256},"cpu":{"totalNs":8000,"serveNs":3000},"peer":"loop","settings":{"nagle":"off"}}
  ]
}
`;
