// The words that the schema of a record is written in. The error text of each is what would be right, as in "a number ≥ 0".

import { z } from "zod";

/** The longest text of a record: names and sentences are a thousandth of it. */
const MAX_TEXT = 100_000;

export const text = z.string({ error: "a text" }).max(MAX_TEXT, {
  error: `a text of at most ${MAX_TEXT} characters`,
});
export const finite = z.number({ error: "a finite number" });
export const flag = z.boolean({ error: "true or false" });
export const atLeastZero = z.number({ error: "a number ≥ 0" }).min(0, { error: "a number ≥ 0" });
export const whole = wholeFrom(0);

/** A whole number from a least one on. */
export function wholeFrom(min: number): z.ZodInt {
  const error = `a whole number ≥ ${min}`;
  return z.int({ error }).min(min, { error });
}

export function listOf<Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> {
  return z.array(item, { error: "a list" }).readonly();
}

export function mapOf<Value extends z.ZodType>(
  value: Value,
): z.ZodReadonly<z.ZodRecord<z.ZodString, Value>> {
  return z.record(text, value, { error: "an object" }).readonly();
}

/** An object with known fields and no others. */
export function object<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodReadonly<z.ZodObject<Shape, z.core.$strict>> {
  return z.strictObject(shape, { error: "an object" }).readonly();
}

export function oneOf<const Words extends readonly string[]>(
  words: Words,
): z.ZodEnum<{ [Word in Words[number]]: Word }> {
  return z.enum(words, { error: `one of ${words.join(", ")}` });
}
