// The schema of a RunRecord, strict, each error what would be right. Only `schema*.ts` import zod: `--help` must not wait for it.

import { z } from "zod";
import type { EnvironmentFact, FactComparison } from "../model/environment.ts";
import type { Layout } from "./layout.ts";
import {
  atLeastZero,
  finite,
  flag,
  listOf,
  mapOf,
  object,
  oneOf,
  text,
  whole,
  wholeFrom,
} from "./schema_terms.ts";
import { caseFieldsIn, params, skip, WORDS, WORDS_V1 } from "./schema_cases.ts";
import type { RunRecordV1 } from "./upgrade_v1.ts";
import { type RunRecord, SCHEMA_VERSION } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";

/** What a layout needs besides the schema's own shape. `numbers`: lists in bulk; `ordered`: maps whose order of keys means something. */
type LayoutMarks = Readonly<
  { numbers: z.core.$ZodType; ordered: ReadonlySet<z.core.$ZodType> }
>;

/** A fact a line, as facts are what two records are told apart by. */
function isEnvironment(schema: z.ZodObject): boolean {
  return Object.hasOwn(schema.def.shape, "facts");
}

/** Reads the layout off the schema, so that the two cannot drift apart. */
function layoutOf(schema: z.core.$ZodType, marks: LayoutMarks): Layout {
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodExactOptional) {
    const layout = layoutOf(schema.def.innerType, marks);
    return layout.kind === "map" ? { ...layout, sorted: !marks.ordered.has(schema) } : layout;
  }
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries<z.core.$ZodType>(schema.def.shape);
    return {
      kind: "object",
      fields: fields.map(([key, field]) => [key, layoutOf(field, marks)]),
      ...(isEnvironment(schema) && { deep: true }),
    };
  }
  if (schema instanceof z.ZodArray) {
    return { kind: "list", item: layoutOf(schema.def.element, marks) };
  }
  if (schema instanceof z.ZodRecord) {
    return { kind: "map", value: layoutOf(schema.def.valueType, marks), sorted: true };
  }
  return { kind: schema === marks.numbers ? "numbers" : "leaf" };
}

const fact = z.union([text, finite, flag, z.null()], {
  error: "a text, a finite number, true, false or null",
});

/** Numbers in bulk: one test for a list instead of a schema call each takes two thirds off the time of reading. */
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

const trialFields = {
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
};

const trialV1 = object(trialFields);

const trial = object({
  ...trialFields,
  generation: wholeFrom(1).exactOptional(),
  block: wholeFrom(1).exactOptional(),
  slices: listOf(object({
    startedNs: atLeastZero,
    elapsedNs: atLeastZero,
    operations: whole,
    p50Ns: atLeastZero.exactOptional(),
  })).exactOptional(),
  evidenceOperations: whole.exactOptional(),
});

const environment = object({
  facts: listOf(object({
    id: text,
    value: fact,
    label: text,
    compare: oneOf(["must", "should", "info"] satisfies FactComparison[]),
    unit: oneOf(["bytes", "ns"] satisfies EnvironmentFact["unit"][]).exactOptional(),
  })),
  missing: listOf(skip),
});

const environmentV1 = object({
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

const settingsIn = ({ peers }: Pick<typeof WORDS, "peers">) => ({
  profile: text,
  rounds: wholeFrom(1),
  precision: atLeastZero.exactOptional(),
  seed: z.int({ error: "a whole number" }),
  peer: oneOf(peers),
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

/** What a record says of its cases, as a plan does. */
export type PlannedCases = Pick<RunRecord, "scenarios" | "metrics" | "cases" | "skipped">;

const runFields = {
  startedAt: z.iso.datetime({ error: "a time such as 2026-01-31T12:00:00.000Z" }),
  durationNs: atLeastZero,
  estimateNs: atLeastZero,
  partial: flag,
};

const record = object({
  schemaVersion: z.literal(SCHEMA_VERSION, { error: String(SCHEMA_VERSION) }),
  minor: whole,
  runId: text.exactOptional(),
  origin: object({
    tool: text,
    version: text.exactOptional(),
    schemaVersion: wholeFrom(1).exactOptional(),
  }).exactOptional(),
  ...runFields,
  environment,
  peerEnvironment: environment.exactOptional(),
  settings: object({ ...settingsIn(WORDS), wholeRounds: wholeFrom(1).exactOptional() }),
  yardstick: yardstick.exactOptional(),
  ...caseFieldsIn(WORDS),
  trials: listOf(trial),
});

/** As version 0.1 wrote it. It never changes again. */
const recordV1 = object({
  schemaVersion: z.literal(1, { error: "1" }),
  ...runFields,
  environment: environmentV1,
  settings: object(settingsIn(WORDS_V1)),
  yardstick: yardstick.exactOptional(),
  ...caseFieldsIn(WORDS_V1),
  trials: listOf(trialV1),
});

const plannedCases = object(caseFieldsIn(WORDS));

/** Maps whose order of keys means something: parameters stand in grid order. */
const ORDERED_MAPS: ReadonlySet<z.core.$ZodType> = new Set([params]);

/** A SchemaMatch is a value of the right shape, or the first place where it is not. */
export type SchemaMatch<T> =
  | { readonly ok: true; readonly value: T }
  | {
    readonly ok: false;
    readonly path: readonly PropertyKey[];
    /** What would be right there, as in "a number ≥ 0"; absent when the place itself is unknown to the schema. */
    readonly expected?: string;
  };

/** All that can be said field by field: a copy that shares no more with `value` than lists of numbers, or the first fault. */
export const matchRecord = (value: unknown): SchemaMatch<RunRecord> => match(record, value);

/** The same of a higher minor version: fields unknown here are optional ones, and are taken out of `value`. */
export function matchNewerRecord(value: unknown): SchemaMatch<RunRecord> {
  const result = record.safeParse(value);
  if (!result.success) {
    for (const issue of result.error.issues) {
      if (issue.code === "unrecognized_keys") dropKeys(value, issue.path, issue.keys);
    }
  }
  return match<RunRecord>(record, value);
}

function dropKeys(value: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  const owner = path.reduce<unknown>(
    (place, key) => (place as Readonly<Record<PropertyKey, unknown>>)[key],
    value,
  ) as Record<string, unknown>;
  for (const key of keys) delete owner[key];
}

export const matchRecordV1 = (value: unknown): SchemaMatch<RunRecordV1> => match(recordV1, value);

export const matchPlannedCases = (value: unknown): SchemaMatch<PlannedCases> =>
  match(plannedCases, value);

export const matchTrial = (value: unknown): SchemaMatch<Trial> => match(trial, value);

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
 * @param version Which of the versions that this build reads.
 * @returns Plain data, fresh on each call.
 */
export function recordJsonSchema(
  version: 1 | typeof SCHEMA_VERSION = SCHEMA_VERSION,
): Record<string, unknown> {
  // The only type that zod cannot represent is `counts`, which brings its own description.
  const schema = z.toJSONSchema(version === 1 ? recordV1 : record, {
    unrepresentable: "any",
    // Of zod's own making: in JSON Schema it would say that whoever sends a record must not set the field.
    override: ({ jsonSchema }) => void delete jsonSchema.readOnly,
  });
  // For editors alone; the codec takes it off before it looks.
  if (version !== 1) schema.properties = { ...schema.properties, $schema: { type: "string" } };
  return { title: `sockbench record, schema version ${version}`, ...schema };
}

export const RECORD_LAYOUT: Layout = layoutOf(record, { numbers: counts, ordered: ORDERED_MAPS });

/**
 * What the schema accepts, as TypeScript infers it: the tests hold it equal to RunRecord in both directions.
 * @internal
 */
export type InferredRunRecord = z.infer<typeof record>;
