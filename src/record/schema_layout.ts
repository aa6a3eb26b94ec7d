// From the schema of a record to the layout in which it is written.

import { z } from "zod";
import type { Layout } from "./layout.ts";

/** What a layout needs besides the schema's own shape. `numbers`: lists in bulk; `ordered`: maps whose order of keys means something. */
export type LayoutMarks = Readonly<
  { numbers: z.core.$ZodType; ordered: ReadonlySet<z.core.$ZodType> }
>;

/** A fact a line, as facts are what two records are told apart by. */
function isEnvironment(schema: z.ZodObject): boolean {
  return Object.hasOwn(schema.def.shape, "facts");
}

/** Reads the layout off the schema, so that the two cannot drift apart. */
export function layoutOf(schema: z.core.$ZodType, marks: LayoutMarks): Layout {
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
