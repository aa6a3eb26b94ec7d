/**
 * The schema of a RunRecord: `trial.ts` once more, in a form that can be checked at run time and published.
 *
 * Each schema's error text is what would be right ("a number ≥ 0"), so that the codec can say a whole sentence. Objects
 * are strict: a field that this version does not know means a file that it does not understand.
 *
 * Only this file imports zod, and only `codec.ts` imports this file: `--help` must not wait for either.
 *
 * @module
 */

import { z } from "zod";
import { METRIC_UNITS, type MetricDirection } from "../units/metric.ts";
import type { PeerKind, Placement } from "../model/placement.ts";
import type { ParameterSpec } from "../model/scenario_spec.ts";
import type { Layout } from "./layout.ts";
import { type RunRecord, SCHEMA_VERSION } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";

/** The longest text of a record: names and sentences are a thousandth of it. */
const MAX_TEXT = 100_000;
const text = z.string({ error: "a text" }).max(MAX_TEXT, {
  error: `a text of at most ${MAX_TEXT} characters`,
});
const finite = z.number({ error: "a finite number" });
const flag = z.boolean({ error: "true or false" });
const atLeastZero = z.number({ error: "a number ≥ 0" }).min(0, { error: "a number ≥ 0" });
const whole = wholeFrom(0);
const METRIC_ID_RULE = "a metric id of camelCase letters and digits";

function wholeFrom(min: number): z.ZodInt {
  const error = `a whole number ≥ ${min}`;
  return z.int({ error }).min(min, { error });
}

function listOf<Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> {
  return z.array(item, { error: "a list" }).readonly();
}

function mapOf<Value extends z.ZodType>(
  value: Value,
): z.ZodReadonly<z.ZodRecord<z.ZodString, Value>> {
  return z.record(text, value, { error: "an object" }).readonly();
}

function object<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodReadonly<z.ZodObject<Shape, z.core.$strict>> {
  return z.strictObject(shape, { error: "an object" }).readonly();
}

function oneOf<const Words extends readonly string[]>(
  words: Words,
): z.ZodEnum<{ [Word in Words[number]]: Word }> {
  return z.enum(words, { error: `one of ${words.join(", ")}` });
}

const numberOrText = z.union([finite, text], { error: "a finite number or a text" });
const fact = z.union([text, finite, flag, z.null()], {
  error: "a text, a finite number, true, false or null",
});
const peerKind = oneOf(["loop", "worker", "process"] satisfies PeerKind[]);
const params = mapOf(numberOrText);

const skip = object({ what: text, reason: text });

/**
 * Numbers in bulk, millions in a long record: one test for the list instead of a schema call, a copy and a freeze for each
 * list of numbers takes two thirds off the time of reading. `findSparseFault` looks at each number again anyway.
 */
const counts = z.custom<readonly number[]>(
  (value) => Array.isArray(value) && value.every((item) => typeof item === "number"),
  { error: "a list of numbers" },
).meta({ type: "array", items: { type: "integer", minimum: 0 } });

const sparseHistogram = object({
  relativeError: finite,
  count: whole,
  min: whole.exactOptional(),
  max: whole.exactOptional(),
  buckets: counts,
});

/** Mutable, as the contract is: both ends count into it. */
const tally = z.strictObject({
  sentMessages: whole.exactOptional(),
  receivedMessages: whole.exactOptional(),
  lostMessages: whole.exactOptional(),
  reorderedMessages: whole.exactOptional(),
  duplicatedMessages: whole.exactOptional(),
  sentBytes: whole.exactOptional(),
  receivedBytes: whole.exactOptional(),
  reads: whole.exactOptional(),
  writes: whole.exactOptional(),
  errors: z.record(text, whole, { error: "an object" }).exactOptional(),
}, { error: "an object" });

const trial = object({
  case: text,
  round: wholeFrom(1),
  order: whole,
  startedNs: atLeastZero,
  elapsedNs: atLeastZero,
  operations: whole,
  histograms: mapOf(sparseHistogram),
  values: mapOf(finite).exactOptional(),
  tally,
  window: object({
    bytes: whole,
    messages: whole.exactOptional(),
    reads: whole,
    elapsedNs: atLeastZero,
  }).exactOptional(),
  cpu: object({ totalNs: atLeastZero, serveNs: atLeastZero.exactOptional() }).exactOptional(),
  counters: mapOf(finite).exactOptional(),
  series: mapOf(listOf(atLeastZero)).exactOptional(),
  peer: text,
  settings: mapOf(text),
  error: object({ kind: text, message: text }).exactOptional(),
});

const environment = object({
  versions: mapOf(text),
  platform: text,
  kernel: fact,
  cpu: fact,
  cores: wholeFrom(1),
  memoryBytes: fact,
  virtualization: fact,
  loadAverage: fact,
  sysctls: mapOf(fact),
  missing: listOf(skip),
});

const settings = object({
  profile: text,
  rounds: wholeFrom(1),
  precision: atLeastZero.exactOptional(),
  seed: z.int({ error: "a whole number" }),
  peer: peerKind,
  command: text,
});

const above0 = z.number({ error: "a number > 0" }).positive({ error: "a number > 0" });
const yardstick = object({
  readings: listOf(object({
    startedNs: atLeastZero,
    socketpairNs: above0.exactOptional(),
    copyNs: above0.exactOptional(),
    turnNs: above0.exactOptional(),
  })),
  missing: listOf(skip),
});

const splitCell = object({ driver: text, params });
const splitPart = object({ title: text, of: splitCell, less: splitCell.exactOptional() });

const scenario = object({
  id: text,
  question: text,
  operation: text,
  parameters: listOf(object({
    name: text,
    kind: oneOf(["size", "count", "choice"] satisfies ParameterSpec["kind"][]),
    description: text,
    unit: text.exactOptional(),
    choices: listOf(text).exactOptional(),
    min: finite.exactOptional(),
    max: finite.exactOptional(),
  })),
  metrics: listOf(text),
  columns: listOf(text),
  contrasts: listOf(object({ factor: text, base: numberOrText, metric: text })),
  tables: listOf(text).exactOptional(),
  split: object({ metric: text, parts: listOf(splitPart) }).exactOptional(),
  search: listOf(text).exactOptional(),
  evidence: listOf(text).exactOptional(),
  notes: listOf(text),
});

const metric = object({
  id: z.string({ error: METRIC_ID_RULE }).regex(/^[a-z][a-zA-Z0-9]*$/, { error: METRIC_ID_RULE }),
  unit: oneOf(METRIC_UNITS),
  better: oneOf(["lower", "higher", "neither"] satisfies MetricDirection[]),
  title: text,
  description: text,
});

const caseSchema = object({
  id: text,
  scenario: text,
  transport: text,
  params,
  fixed: params,
  workload: text,
  budget: object({
    warmupNs: atLeastZero,
    settleNs: atLeastZero.exactOptional(),
    measureNs: atLeastZero,
    maxOperations: whole.exactOptional(),
    minOperations: whole.exactOptional(),
  }),
  expectedNs: atLeastZero,
  placement: object({
    peer: peerKind,
    pin: oneOf(["none", "same", "cross"] satisfies Placement["pin"][]),
    cores: object({ drive: whole, serve: whole }).exactOptional(),
  }),
});

/** What a record says of its cases, as a plan does. */
export type PlannedCases = Pick<RunRecord, "scenarios" | "metrics" | "cases" | "skipped">;

const record = object({
  schemaVersion: z.literal(SCHEMA_VERSION, { error: String(SCHEMA_VERSION) }),
  startedAt: z.iso.datetime({ error: "a time such as 2026-01-31T12:00:00.000Z" }),
  durationNs: atLeastZero,
  estimateNs: atLeastZero,
  partial: flag,
  environment,
  settings,
  yardstick: yardstick.exactOptional(),
  scenarios: listOf(scenario),
  metrics: listOf(metric),
  cases: listOf(caseSchema),
  skipped: listOf(skip),
  trials: listOf(trial),
});

const plannedCases = object({
  scenarios: listOf(scenario),
  metrics: listOf(metric),
  cases: listOf(caseSchema),
  skipped: listOf(skip),
});

/** Maps whose order of keys means something: parameters stand in grid order. */
const ORDERED_MAPS: ReadonlySet<z.core.$ZodType> = new Set([params]);

/** A SchemaMatch is a value of the right shape, or the first place where it is not. */
export type SchemaMatch<T> =
  | { readonly ok: true; readonly value: T }
  | {
    readonly ok: false;
    /** Where, from the outside in. */
    readonly path: readonly PropertyKey[];
    /** What would be right there, as in "a number ≥ 0"; absent when the place itself is unknown to the schema. */
    readonly expected?: string;
  };

/**
 * Checks everything about a RunRecord that can be said field by field; `consistency.ts` checks what holds between fields.
 *
 * @param value Anything, as parsed from JSON.
 * @returns A copy that shares no more with `value` than lists of numbers, or the first fault.
 */
export function matchRecord(value: unknown): SchemaMatch<RunRecord> {
  return match<RunRecord>(record, value);
}

/**
 * Checks what a record says of its cases, field by field.
 *
 * @param value Anything.
 * @returns A copy, or the first fault.
 */
export function matchPlannedCases(value: unknown): SchemaMatch<PlannedCases> {
  return match<PlannedCases>(plannedCases, value);
}

/**
 * Checks one Trial, field by field.
 *
 * @param value Anything.
 * @returns A copy that shares no more with `value` than lists of numbers, or the first fault.
 */
export function matchTrial(value: unknown): SchemaMatch<Trial> {
  return match<Trial>(trial, value);
}

function match<T>(schema: z.ZodType<T>, value: unknown): SchemaMatch<T> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0]!;
  return issue.code === "unrecognized_keys"
    ? { ok: false, path: [...issue.path, issue.keys[0]!] }
    : { ok: false, path: issue.path, expected: issue.message };
}

/**
 * The record format as a JSON Schema (draft 2020-12), to be published beside the reports.
 *
 * @returns Plain data, fresh on each call.
 */
export function recordJsonSchema(): Record<string, unknown> {
  return {
    title: `sockbench record, schema version ${SCHEMA_VERSION}`,
    // The only type that zod cannot represent is `counts`, which brings its own description.
    ...z.toJSONSchema(record, {
      unrepresentable: "any",
      // Of zod's own making: in JSON Schema it would say that whoever sends a record must not set the field.
      override: ({ jsonSchema }) => void delete jsonSchema.readOnly,
    }),
  };
}

/** How a RunRecord is written. */
export const RECORD_LAYOUT: Layout = layoutOf(record);

/** Reads the layout off the schema, so that the two cannot drift apart. */
function layoutOf(schema: z.core.$ZodType): Layout {
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodExactOptional) {
    const layout = layoutOf(schema.def.innerType);
    return layout.kind === "map" ? { ...layout, sorted: !ORDERED_MAPS.has(schema) } : layout;
  }
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries<z.core.$ZodType>(schema.def.shape);
    return { kind: "object", fields: fields.map(([key, field]) => [key, layoutOf(field)]) };
  }
  if (schema instanceof z.ZodArray) return { kind: "list", item: layoutOf(schema.def.element) };
  if (schema instanceof z.ZodRecord) {
    return { kind: "map", value: layoutOf(schema.def.valueType), sorted: true };
  }
  return { kind: schema === counts ? "numbers" : "leaf" };
}

/**
 * What the schema accepts, as TypeScript infers it: the tests hold it equal to RunRecord in both directions.
 *
 * @internal
 */
export type InferredRunRecord = z.infer<typeof record>;
