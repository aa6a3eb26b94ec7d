/** Which files are read: of version 1, of this version, and of a higher minor version of it. */

import { assertEquals, assertThrows } from "@std/assert";
import { coresOf, factOf } from "../../src/model/environment.ts";
import { SCHEMA_MINOR, SCHEMA_VERSION } from "../../src/model/run_record.ts";
import { decodeRecord, encodeRecord, RecordError } from "../../src/record/codec.ts";
import { sampleRecord } from "./sample_record.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

const newFile = (): Json => JSON.parse(encodeRecord(sampleRecord()));
const oldFile = (): Json => JSON.parse(OLD);
const read = (file: Json) => decodeRecord(JSON.stringify(file), "a.json");
const refusal = (file: Json) => assertThrows(() => read(file), RecordError).message;

Deno.test("decodeRecord() reads a record of schema 1, with its facts as a list and a note on where it came from", () => {
  const record = decodeRecord(OLD, "old.json");
  assertEquals(record.schemaVersion, SCHEMA_VERSION);
  assertEquals(record.origin, { tool: "sockbench", schemaVersion: 1 });
  const { environment } = record;
  assertEquals(factOf(environment, "kernel"), "6.18.44");
  assertEquals(coresOf(environment), 2);
  assertEquals(factOf(environment, "memory"), 4294967296);
  assertEquals(factOf(environment, "virtualization"), null);
  assertEquals(factOf(environment, "deno"), "2.9.6");
  assertEquals(factOf(environment, "net.ipv4.tcp_rmem"), "4096 131072 6291456");
  assertEquals(environment.missing.length, 1);
  const file = oldFile();
  for (const name of ["startedAt", "settings", "yardstick", "trials", "cases"] as const) {
    assertEquals(record[name], file[name]);
  }
  // Written again it is of this version, and stays what it was.
  assertEquals(decodeRecord(encodeRecord(record), "again.json"), record);
});

Deno.test("decodeRecord() takes in a record of schema 1 nothing that only later ones have", () => {
  for (const field of ["generation", "block"]) {
    const file = oldFile();
    file.trials[0][field] = 1;
    assertEquals(
      refusal(file),
      `Cannot read a.json as a record: trials[0].${field} is not a field of this format (schema 1): remove it`,
    );
  }
  const file = { ...oldFile(), environment: newFile().environment };
  assertEquals(/environment\.\w+ (must be|is not a field)/.test(refusal(file)), true);
});

Deno.test("decodeRecord() refuses an unknown field of a file that is no newer than this version, so that a misspelt error is no success", () => {
  for (const make of [newFile, oldFile]) {
    const file = make();
    const trial = file.trials[0];
    Object.assign(trial, { errror: { kind: "timeout", message: "late" } });
    assertEquals(/trials\[0\]\.errror is not a field of this format/.test(refusal(file)), true);
  }
  const surplus = { ...newFile(), surprise: 1 };
  assertEquals(/surprise is not a field of this format \(schema 2\)/.test(refusal(surplus)), true);
});

Deno.test("decodeRecord() passes over what a higher minor version added, at any depth, and over nothing else", () => {
  const file = newFile();
  file.minor = SCHEMA_MINOR + 1;
  file.surprise = { deep: [1] };
  file.environment.facts[0].since = "1.0";
  file.trials[0].weather = "fair";
  file.trials[0].tally.smiles = 3;
  file.cases[0].budget.patience = 1;
  file.cases[0].params.bytes = 64;
  const plain = newFile();
  assertEquals(read(file), read({ ...plain, minor: SCHEMA_MINOR }));

  // What this version knows is held to its rules all the same.
  file.trials[0].operations = -1;
  assertEquals(/trials\[0\]\.operations must be/.test(refusal(file)), true);
  file.trials[0].operations = plain.trials[0].operations;
  // A failed trial whose error is misspelt has no figures that a success could have.
  file.trials[0] = { ...file.trials[0], errror: { kind: "x", message: "y" }, elapsedNs: 0 };
  assertEquals(/trials\[0\]\.elapsedNs must be above 0/.test(refusal(file)), true);
});

Deno.test("decodeRecord() wants a minor version, and facts that are there once", () => {
  const { minor: _minor, ...file } = newFile();
  assertEquals(/minor must be a whole number ≥ 0: it is missing/.test(refusal(file)), true);
  assertEquals(/minor must be/.test(refusal({ ...newFile(), minor: "9" })), true);
  const twice = newFile();
  twice.environment.facts.push(twice.environment.facts[0]);
  assertEquals(
    /environment\.facts\[\d+\]\.id must be unique: "platform"/.test(refusal(twice)),
    true,
  );
});

/** As version 0.1 wrote it. */
const OLD = `{
  "schemaVersion": 1,
  "startedAt": "2026-01-31T12:00:00.000Z",
  "durationNs": 12000000000,
  "estimateNs": 11500000000,
  "partial": false,
  "environment": {
    "versions": {"deno":"2.9.6","sockbench":"0.1.0"},
    "platform": "linux x86_64",
    "kernel": "6.18.44",
    "cpu": "Some CPU @ 2 GHz",
    "cores": 2,
    "memoryBytes": 4294967296,
    "virtualization": null,
    "loadAverage": 0.25,
    "sysctls": {"net.core.rmem_max":212992,"net.ipv4.tcp_rmem":"4096 131072 6291456"},
    "missing": [{"what":"cpu governor","reason":"No permission to read /sys."}]
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
