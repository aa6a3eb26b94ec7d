import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeRecord, encodeRecord, RecordError } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { sampleRecord } from "./sample_record.ts";

const TEXT = encodeRecord(sampleRecord());
const BYTES = new TextEncoder().encode(TEXT);
const RUNS = 3_000;

/** Stands for an infinite number, which JSON can spell (-1e999) but JSON.stringify cannot write. */
const INFINITE = "infinite";

/** What became of the mutations: a fuzz in which all or none are refused tests half of what it says. */
interface Outcome {
  read: number;
  refused: number;
}

/** Either a RecordError of one line, or a record that survives writing and reading; any other exception fails. */
function probe(text: string, outcome: Outcome): void {
  let record: RunRecord;
  try {
    record = decodeRecord(text, "fuzz.json");
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    assert(error.message.startsWith("Cannot read fuzz.json as a record: "), error.message);
    assert(!/[\p{Cc}\u2028\u2029]/u.test(error.message), error.message);
    assert(error.message.length < 500, error.message);
    outcome.refused++;
    return;
  }
  const again = decodeRecord(encodeRecord(record), "fuzz.json");
  assertEquals(encodeRecord(again), encodeRecord(record));
  assertEquals(withoutNegativeZero(again), withoutNegativeZero(record));
  outcome.read++;
}

/** JSON reads `-0` and writes `0`; both are the same count. */
function withoutNegativeZero(record: RunRecord): unknown {
  return JSON.parse(JSON.stringify(record));
}

Deno.test(`decodeRecord() reads or refuses ${RUNS} texts with changed bytes, never anything else`, () => {
  const at = fc.nat(BYTES.length - 1);
  const anyByte = fc.nat(255);
  // Digits and letters keep most texts valid JSON, so that the checks behind the parser meet them too.
  const likelyByte = fc.constantFrom(
    ...new TextEncoder().encode('0123456789-eE.,:"{}[]aztrufls_\\'),
  );
  const edit = fc.oneof(
    fc.record({ kind: fc.constant("flip" as const), at, byte: fc.oneof(anyByte, likelyByte) }),
    fc.record({ kind: fc.constant("insert" as const), at, byte: likelyByte }),
    fc.record({ kind: fc.constant("remove" as const), at, byte: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ kind: fc.constant("truncate" as const), at, byte: anyByte }),
  );
  const outcome: Outcome = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const bytes = [...BYTES];
      for (const { kind, at, byte } of edits) {
        // Nothing is left to change: an empty text is a case of its own.
        if (bytes.length === 0) break;
        if (kind === "flip") bytes[at % bytes.length] = byte;
        else if (kind === "insert") bytes.splice(at % bytes.length, 0, byte);
        else if (kind === "remove") bytes.splice(at % bytes.length, byte);
        else bytes.length = Math.max(at % bytes.length, 1);
      }
      probe(new TextDecoder().decode(Uint8Array.from(bytes)), outcome);
    }),
    { numRuns: RUNS },
  );
  assert(outcome.read > RUNS / 20 && outcome.refused > RUNS / 20, JSON.stringify(outcome));
});

Deno.test(`decodeRecord() reads or refuses ${RUNS} records with changed values, never anything else`, () => {
  const replacement = fc.oneof(
    fc.constantFrom<unknown>(null, true, "", "x", [], {}, [[]], 0, -0, 1, -1, 0.5, 1e21, -1e300),
    fc.constantFrom<unknown>(2 ** 31, 2 ** 42, 2 ** 53, 5e-324, "__proto__", "constructor", "NaN"),
    fc.constant<unknown>(INFINITE),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
  );
  const edit = fc.record({
    kind: fc.constantFrom("delete", "replace", "replace", "rename", "repeat", "reverse", "copy"),
    pick: fc.array(fc.nat(1000), { minLength: 1, maxLength: 7 }),
    value: replacement,
    key: fc.constantFrom("__proto__", "constructor", "toString", "p50", "exchange", "0", "", "a b"),
  });
  const outcome: Outcome = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 2 }), (edits) => {
      const record = JSON.parse(TEXT);
      for (const { kind, pick, value, key } of edits) mutate(record, kind, pick, value, key);
      probe(JSON.stringify(record).replaceAll(`"${INFINITE}"`, "-1e999"), outcome);
    }),
    { numRuns: RUNS },
  );
  assert(outcome.read > RUNS / 50 && outcome.refused > RUNS / 20, JSON.stringify(outcome));
});

Deno.test("decodeRecord() reads or refuses 2000 arbitrary JSON values and texts", () => {
  const outcome: Outcome = { read: 0, refused: 0 };
  const text = fc.oneof(
    fc.json(),
    fc.string(),
    fc.json().map((json) => `{"schemaVersion":1,"trials":${json}}`),
  );
  fc.assert(fc.property(text, (any) => probe(any, outcome)), { numRuns: 2000 });
  assertEquals(outcome.read, 0);
});

Deno.test("decodeRecord() reads the same record from 500 orders of keys", () => {
  const expected = sampleRecord();
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(1 << 20)), (stream) => {
      const shuffled = shuffleKeys(JSON.parse(TEXT), stream[Symbol.iterator]());
      assertEquals(decodeRecord(JSON.stringify(shuffled), "a.json"), expected);
    }),
    { numRuns: 500 },
  );
});

type Container = Record<string, unknown> | unknown[];

/** Changes one place of a record, found by walking down along `pick`. */
function mutate(
  record: Container,
  kind: string,
  pick: number[],
  value: unknown,
  key: string,
): void {
  let parent = record;
  let name = "";
  for (const [depth, number] of pick.entries()) {
    const names = Object.keys(parent);
    if (names.length === 0) return;
    name = names[number % names.length]!;
    const child = (parent as Record<string, unknown>)[name];
    if (depth === pick.length - 1 || typeof child !== "object" || child === null) break;
    parent = child as Container;
  }
  const fields = parent as Record<string, unknown>;
  if (kind === "delete") {
    if (Array.isArray(parent)) parent.splice(Number(name), 1);
    else delete fields[name];
  } else if (kind === "replace") fields[name] = value;
  else if (kind === "repeat" && Array.isArray(parent)) parent.push(fields[name]);
  else if (kind === "reverse" && Array.isArray(parent)) parent.reverse();
  else if (kind === "copy" && !Array.isArray(parent)) define(fields, `${name}2`, fields[name]);
  else if (kind === "rename" && !Array.isArray(parent)) {
    const moved = fields[name];
    delete fields[name];
    define(fields, key, moved);
  }
}

/** Plain assignment to `__proto__` would call its setter. */
function define(fields: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(fields, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function shuffleKeys(value: unknown, numbers: Iterator<number>): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, numbers));
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([key, part]) =>
    [numbers.next().value as number, key, shuffleKeys(part, numbers)] as const
  );
  return Object.fromEntries(parts.sort((a, b) => a[0] - b[0]).map(([, key, part]) => [key, part]));
}
