// The codec: the sole writer and reader of record files. It works on text; files are read and written by commands.

import { findInconsistency, findOwnFault, findPlanInconsistency } from "./consistency.ts";
import { writeJson } from "./layout.ts";
import { describe, formatPath, RecordError } from "./record_error.ts";
import {
  matchNewerRecord,
  matchPlannedCases,
  matchRecord,
  matchRecordV1,
  matchTrial,
  type PlannedCases,
  RECORD_LAYOUT,
  type SchemaMatch,
} from "./schema.ts";
import { type RunRecord, SCHEMA_MINOR, SCHEMA_VERSION } from "../model/run_record.ts";
import type { Trial } from "../model/trial.ts";
import { findJsonFault } from "../text/json_fault.ts";
import { upgradeRecord } from "./upgrade_v1.ts";

export { RecordError } from "./record_error.ts";
export { recordJsonSchema } from "./schema.ts";

/** Lines are broken down to the fields of the environment and the items of lists: one trial is one line. */
const LINE_DEPTH = 2;

/**
 * Writes a record as text: JSON with one trial per line, so that `grep` and `diff` work on it. The order of fields is
 * fixed, whatever order they were assigned in; fields that the format does not know are left out.
 *
 * Beyond that nothing is checked here: a run of fifteen minutes must not lose its file to one odd trial. Use
 * {@linkcode findTrialFault} while the run can still mark that trial as failed.
 *
 * @param record The record to write.
 * @returns The text, with a final line break.
 * @throws {RangeError} If a number is not finite, as JSON would make `null` of it.
 */
export function encodeRecord(record: RunRecord): string {
  return `${writeJson(RECORD_LAYOUT, record, LINE_DEPTH)}\n`;
}

/**
 * Reads a record from text and checks all of it.
 *
 * @param text What {@linkcode encodeRecord} wrote, or the same JSON in any layout.
 * @param sourceName Where the text came from, for the error: a file name, or `standard input`.
 * @returns The record; it is frozen but for the tallies.
 * @throws {RecordError} If the text is not a record that this version can read; one sentence gives the reason.
 */
export function decodeRecord(text: string, sourceName: string): RunRecord {
  const value = parseText(text, sourceName);
  const version = checkVersion(value, sourceName);
  const matched = matchVersion(value, version);
  if (!matched.ok) {
    throw new RecordError(sourceName, describeMismatch(matched, value, version.major));
  }
  const inconsistency = findInconsistency(matched.value);
  if (inconsistency !== undefined) throw new RecordError(sourceName, inconsistency);
  return matched.value;
}

type FileVersion = Readonly<{ major: number; minor: number }>;

function matchVersion(value: unknown, { major, minor }: FileVersion): SchemaMatch<RunRecord> {
  if (major === 1) {
    const matched = matchRecordV1(value);
    return matched.ok ? { ok: true, value: upgradeRecord(matched.value) } : matched;
  }
  if (minor <= SCHEMA_MINOR) return matchRecord(value);
  const matched = matchNewerRecord(value);
  // What is left of it is what this version knows.
  return matched.ok ? { ok: true, value: { ...matched.value, minor: SCHEMA_MINOR } } : matched;
}

/** What would make a trial unreadable in a record, as in `values.loss must be a finite number: it is NaN`; `undefined`: nothing. */
export function findTrialFault(trial: Trial): string | undefined {
  const matched = matchTrial(trial);
  return matched.ok ? findOwnFault(matched.value, []) : describeMismatch(matched, trial);
}

/** What an agent of any version planned, copied; or one clause that states what no record could hold. */
export function readPlannedCases(value: unknown): PlannedCases | string {
  if (typeof value !== "object" || value === null) return `it is ${describe(value)}`;
  const { scenarios, metrics, cases, skipped } = value as Partial<PlannedCases>;
  const matched = matchPlannedCases({ scenarios, metrics, cases, skipped });
  if (!matched.ok) return describeMismatch(matched, value);
  return findPlanInconsistency(matched.value) ?? matched.value;
}

function parseText(text: string, sourceName: string): unknown {
  const json = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (json.trim() === "") {
    throw new RecordError(
      sourceName,
      'it is empty, where a file written by "sockbench run" was expected',
    );
  }
  const fault = findJsonFault(json);
  if (fault !== undefined) {
    throw new RecordError(
      sourceName,
      fault.kind === "twice"
        ? `an object has the key ${describe(fault.key)} twice, where each may come once`
        : "it nests deeper than any record does",
    );
  }
  try {
    const value = JSON.parse(json);
    // For editors alone.
    if (typeof value?.$schema === "string") delete value.$schema;
    return value;
  } catch {
    // V8's own message quotes the file, line breaks and all, and its wording is no interface.
    throw new RecordError(
      sourceName,
      endsEarly(json)
        ? `it is cut off after ${json.length} characters: write or copy the file again`
        : 'it is not JSON, where a file written by "sockbench run" was expected',
    );
  }
}

/** Whether a text that is not JSON is the beginning of some: brackets or a string are still open where it ends. */
function endsEarly(json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at]!;
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
      else if (character < " ") return false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") depth++;
    else if ((character === "}" || character === "]") && --depth <= 0) return false;
  }
  return depth > 0;
}

function checkVersion(value: unknown, sourceName: string): FileVersion {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RecordError(sourceName, `it must hold a JSON object: it holds ${describe(value)}`);
  }
  if (!Object.hasOwn(value, "schemaVersion")) {
    throw new RecordError(
      sourceName,
      'it is not a sockbench record, as "schemaVersion" is missing: name a file written by "sockbench run"',
    );
  }
  const { schemaVersion: version, minor } = value as { schemaVersion: unknown; minor?: unknown };
  if (typeof version !== "number" || !Number.isInteger(version)) {
    throw new RecordError(
      sourceName,
      `schemaVersion must be ${SCHEMA_VERSION}: it is ${describe(version)}`,
    );
  }
  if (version === 1 || version === SCHEMA_VERSION) {
    return { major: version, minor: typeof minor === "number" ? minor : 0 };
  }
  const [age, remedy] = version > SCHEMA_VERSION
    ? ["a newer", "update sockbench"]
    : ["an older", "measure again with this one"];
  throw new RecordError(
    sourceName,
    `it was written by ${age} sockbench (schema ${version}, this one reads ${SCHEMA_VERSION}): ${remedy}`,
  );
}

/** The clause for a value that does not fit the schema. */
function describeMismatch(
  mismatch: SchemaMatch<unknown> & { ok: false },
  value: unknown,
  version: number = SCHEMA_VERSION,
): string {
  const { path, expected } = mismatch;
  if (expected === undefined) {
    return `${formatPath(path)} is not a field of this format (schema ${version}): remove it`;
  }
  return `${formatPath(path)} must be ${expected}: it is ${describe(valueAt(value, path))}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) {
      return undefined;
    }
    current = (current as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return current;
}
