// What is wrong with a part of a user's module, which no compiler may have seen: found when it is loaded, not when it is called in a trial.

import { defineMetric, type MetricDefinition } from "./units/metric.ts";

/** The parts that a module may have. */
export type PartKind = "transports" | "workloads" | "scenarios" | "metrics";

/** What a field must be, and whether a value is that. */
interface Rule {
  readonly must: string;
  readonly holds: (value: unknown) => boolean;
  /** Of what each item of a list must be. */
  readonly items?: Rule | Fields;
}

type Fields = Readonly<Record<string, Rule | Optional>>;

interface Optional {
  readonly optional: Rule;
}

const rule = (must: string, holds: Rule["holds"]): Rule => ({ must, holds });
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const isText = (value: unknown) => typeof value === "string";

const NAME = rule("a text", (value) => isText(value) && value !== "");
const TEXT = rule("a text", isText);
const FUNCTION = rule("a function", (value) => typeof value === "function");
const OBJECT = rule("an object", (value) => isObject(value) && !Array.isArray(value));
const VALUE = rule("a number or a text", (value) => isText(value) || Number.isFinite(value));
const LIST = rule("a list", Array.isArray);
const oneOf = (...words: readonly string[]): Rule =>
  rule(`one of ${words.join(", ")}`, (value) => words.includes(value as string));
const listOf = (items: Rule | Fields): Rule => ({ ...LIST, items });
const optional = (one: Rule): Optional => ({ optional: one });

const MODE = oneOf("stream", "datagram");

const TRANSPORT: Fields = { name: NAME, driver: NAME, title: TEXT, mode: MODE, probe: FUNCTION };
const BY_MODE: Readonly<Record<string, Fields>> = {
  stream: { listen: FUNCTION, connect: FUNCTION },
  datagram: { bind: FUNCTION },
};

const WORKLOAD: Fields = {
  name: NAME,
  modes: listOf(MODE),
  drive: FUNCTION,
  serve: FUNCTION,
  traces: optional(FUNCTION),
};

const GRID: Fields = { transports: listOf(NAME), params: OBJECT, pins: optional(listOf(NAME)) };

const SCENARIO: Fields = {
  id: NAME,
  question: TEXT,
  operation: TEXT,
  parameters: listOf({
    name: NAME,
    kind: oneOf("size", "count", "choice"),
    description: TEXT,
    choices: optional(listOf(TEXT)),
  }),
  metrics: listOf(NAME),
  columns: listOf(NAME),
  contrasts: listOf({ factor: NAME, base: VALUE, metric: NAME }),
  notes: listOf(TEXT),
  partialNotes: optional(listOf({ text: TEXT, isOf: FUNCTION })),
  workload: NAME,
  fixed: optional(OBJECT),
  grid: OBJECT,
  budget: optional(FUNCTION),
  expectedNs: optional(FUNCTION),
  tables: optional(listOf(NAME)),
  search: optional(listOf(NAME)),
  evidence: optional(listOf(NAME)),
};

const PROFILES = ["quick", "standard", "thorough"] as const;

/**
 * Finds what keeps a part from being used. Returns one clause, as in `probe must be a function: it is missing`; `undefined`
 * where there is nothing.
 */
export function findPartFault(kind: PartKind, part: unknown): string | undefined {
  if (!isObject(part)) return `it must be an object: it is ${shown(part)}`;
  switch (kind) {
    case "transports":
      return findFault("", part, TRANSPORT) ??
        findFault("", part, BY_MODE[(part as { mode: string }).mode]!);
    case "workloads":
      return findFault("", part, WORKLOAD);
    case "scenarios":
      return findFault("", part, SCENARIO) ?? findGridFault(part as { grid: object });
    case "metrics":
      return findMetricFault(part as MetricDefinition);
  }
}

function findFault(at: string, value: object, fields: Fields): string | undefined {
  for (const [name, wanted] of Object.entries(fields)) {
    const found: unknown = Reflect.get(value, name);
    const isOptional = "optional" in wanted;
    if (isOptional && found === undefined) continue;
    const fault = findValueFault(`${at}${name}`, found, isOptional ? wanted.optional : wanted);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function findValueFault(at: string, value: unknown, wanted: Rule): string | undefined {
  if (!wanted.holds(value)) return `${at} must be ${wanted.must}: it is ${shown(value)}`;
  const { items } = wanted;
  if (items === undefined) return undefined;
  for (const [index, item] of (value as readonly unknown[]).entries()) {
    const place = `${at}[${index}]`;
    const fault = isRule(items)
      ? findValueFault(place, item, items)
      : isObject(item)
      ? findFault(`${place}.`, item, items)
      : `${place} must be an object: it is ${shown(item)}`;
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isRule(items: Rule | Fields): items is Rule {
  return typeof items.holds === "function";
}

function findGridFault({ grid }: { readonly grid: object }): string | undefined {
  for (const profile of PROFILES) {
    const at = `grid.${profile}`;
    const blocks: unknown = Reflect.get(grid, profile);
    const fault = findValueFault(at, blocks, listOf(GRID));
    if (fault !== undefined) return fault;
    for (const [index, { params }] of (blocks as { params: object }[]).entries()) {
      for (const [name, values] of Object.entries(params)) {
        const wrong = findValueFault(`${at}[${index}].params.${name}`, values, listOf(VALUE));
        if (wrong !== undefined) return wrong;
      }
    }
  }
  return undefined;
}

function findMetricFault(part: MetricDefinition): string | undefined {
  try {
    defineMetric(part);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  return isObject(value) ? "an object" : typeof value === "function" ? "a function" : String(value);
}
