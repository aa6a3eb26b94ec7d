// The error of a record that cannot be read. A leaf, so that a command can name it without loading the schema.

import { clip, printable } from "../text/printable.ts";

/** A RecordError states in one sentence which file cannot be read as a record, what is wrong, and what would be right. */
export class RecordError extends Error {
  /** Distinguishes it from other errors by name. */
  override readonly name = "RecordError";
  /** The file, or whatever else the text came from. */
  readonly source: string;

  /** `source`: a file name, or `standard input`; `problem`: what is wrong and what would be right. */
  constructor(source: string, problem: string) {
    super(`Cannot read ${printable(source)} as a record: ${problem}`);
    this.source = source;
  }
}

/** A value in few words, on one line: `"x"`, `-3`, `an object`. Never recursive: a file may nest a million lists. */
export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") {
    return `"${printable(clip(value, 60)).replaceAll('"', '\\"')}"`;
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** A field's path as code would write it: `trials[3].histograms.exchange.min`; `the file` for the empty one. */
export function formatPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the file";
  return path.map((key, depth) => {
    if (typeof key === "number") return `[${key}]`;
    const name = String(key);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.length > 60) return `[${describe(name)}]`;
    return depth === 0 ? name : `.${name}`;
  }).join("");
}
