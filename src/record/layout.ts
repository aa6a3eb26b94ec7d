// Layouts: a record written twice is the same text, whatever order its fields were assigned in.

import { formatPath } from "./record_error.ts";

/** A Layout tells which fields of a value are written, and in which order. */
export type Layout =
  /** A number, text, boolean or null. */
  | { readonly kind: "leaf" }
  /** A list of numbers, always on one line. */
  | { readonly kind: "numbers" }
  /** Known fields in this order; others are left out, so that a Scenario can stand where a ScenarioSpec is asked for. */
  | {
    readonly kind: "object";
    readonly fields: readonly (readonly [string, Layout])[];
    /** Its parts are broken into lines one level deeper than those of others. */
    readonly deep?: true;
  }
  /** Free keys: sorted, or left in their own order where that means something. */
  | { readonly kind: "map"; readonly value: Layout; readonly sorted: boolean }
  | { readonly kind: "list"; readonly item: Layout };

/** The parts of a value: key or index, value and layout of each. */
type Part = readonly [key: string | number, value: unknown, layout: Layout];

/** JSON with one line per part down to a depth, each deeper part on its parent's line. Throws RangeError for a number not finite. */
export function writeJson(layout: Layout, value: unknown, depth: number): string {
  return write(layout, value, depth, "", []);
}

function write(
  layout: Layout,
  value: unknown,
  depth: number,
  indent: string,
  path: (string | number)[],
): string {
  if (layout.kind === "leaf") return writeLeaf(value, path);
  if (layout.kind === "numbers") return writeNumbers(value as readonly number[], path);
  const parts = partsOf(layout, value);
  const below = depth - (layout.kind === "object" && layout.deep ? 0 : 1);
  const inner = `${indent}  `;
  const texts = parts.map(([key, part, partLayout]) => {
    path.push(key);
    const text = write(partLayout, part, below, inner, path);
    path.pop();
    return typeof key === "string" ? `${JSON.stringify(key)}:${depth > 0 ? " " : ""}${text}` : text;
  });
  const [open, close] = layout.kind === "list" ? ["[", "]"] : ["{", "}"];
  return depth > 0 && texts.length > 0
    ? `${open}\n${inner}${texts.join(`,\n${inner}`)}\n${indent}${close}`
    : `${open}${texts.join(",")}${close}`;
}

type Composite = Exclude<Layout, { kind: "leaf" | "numbers" }>;

/** The parts to write in their order. Absent fields are no parts. */
function partsOf(layout: Composite, value: unknown): readonly Part[] {
  if (layout.kind === "list") {
    return (value as readonly unknown[]).map((item, index) => [index, item, layout.item] as const);
  }
  const source = value as Readonly<Record<string, unknown>>;
  if (layout.kind === "object") {
    return layout.fields.map(([key, part]) => [key, source[key], part] as const)
      .filter(([, part]) => part !== undefined);
  }
  const keys = Object.keys(source);
  if (layout.sorted) keys.sort();
  return keys.map((key) => [key, source[key], layout.value] as const);
}

function writeLeaf(value: unknown, path: readonly (string | number)[]): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(
      `Cannot write a record as ${formatPath(path)} must be a finite number: ` +
        `current value is ${value}`,
    );
  }
  return JSON.stringify(value);
}

/** Buckets are most of a record: they are checked and written without a call for each number. */
function writeNumbers(numbers: readonly number[], path: readonly (string | number)[]): string {
  const index = numbers.findIndex((number) => !Number.isFinite(number));
  return index < 0 ? JSON.stringify(numbers) : writeLeaf(numbers[index], [...path, index]);
}
