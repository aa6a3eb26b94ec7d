// The budget file `gate.toml`: a gate policy that lives beside the code it guards.
//
// Everything may be left out; what is left out has the default of `gate_policy.ts`. Shares are written in percent or as
// fractions, bounds with a unit (see `parse_quantity.ts` for all of them). A `case` is a case id or a glob over ids in
// which `*` is any run of characters and `?` any single one.
//
// ```toml
// alpha = 0.01                    # error rate that all gated cells share
// threshold = "5%"                # how much worse a median may be; of a share (loss, stalls) in points
// metrics = ["headline", "p99"]   # what gates: ids, globs, "headline" = the first metric of each scenario
// strict = false                  # true: an inconclusive cell ends with exit code 3; ["connect/*"]: one of these cases
// screenAlpha = "5%"              # a cell this suspicious is measured again before the verdict
//
// [[thresholds]]                  # the last that matches a cell counts
// case = "round-trip/udp*"
// metric = "p99"                  # optional: all metrics
// threshold = "20%"
//
// [[limits]]                      # absolute, whatever base was; a case must match
// case = "round-trip/tcp/bytes=64"
// metric = "p99"
// max = "200 µs"                  # min = "1.5 GB/s" where higher is better
//
// [[ignore]]                      # set aside, with a reason that is printed
// case = "connect/*"
// reason = "TIME_WAIT storms on this runner, see issue 12"
// ```
//
// Only this file imports the TOML parser and zod's part in it: commands load it when a file is named.

import { parse, TomlError } from "smol-toml";
import { z } from "zod";
import { describe, formatPath } from "../record/record_error.ts";
import { suggest } from "../text/suggest.ts";
import {
  createPolicy,
  DEFAULT_POLICY,
  type Policy,
  PolicyError,
  type PolicyInput,
} from "./gate_policy.ts";

/** A BudgetFileError states in one sentence which file cannot be used as a policy, which key is wrong, and what would be right. */
export class BudgetFileError extends Error {
  /** Always "BudgetFileError". */
  override readonly name = "BudgetFileError";
  /** The file, or whatever else the text came from. */
  readonly source: string;

  /**
   * Makes the sentence of its two halves.
   *
   * @param source The file's name.
   * @param problem What is wrong and what would be right, without full stop.
   */
  constructor(source: string, problem: string) {
    super(`Cannot use ${source} as a gate policy: ${problem}`);
    this.source = source;
  }
}

const text = z.string({ error: "a text" });
const share = z.union([z.number(), text], { error: 'a percentage such as "5%" or a fraction' });
const quantity = z.union([text, z.number()], { error: 'a quantity such as "200 µs"' });

function listOf<Shape extends z.core.$ZodLooseShape>(name: string, shape: Shape) {
  const error = `a table, written as [[${name}]]`;
  return z.array(z.strictObject(shape, { error }), { error: `a list, written as [[${name}]]` })
    .optional();
}

const budget = z.strictObject({
  // For editors alone.
  $schema: text.optional(),
  alpha: share.optional(),
  threshold: share.optional(),
  metrics: z.array(text, { error: 'a list of metric ids, as in ["headline", "p99"]' }).optional(),
  strict: z.union([z.boolean(), z.array(text)], {
    error: 'true, false or a list of cases, as in ["round-trip/*"]',
  }).optional(),
  screenAlpha: share.optional(),
  thresholds: listOf("thresholds", { case: text, metric: text.optional(), threshold: share }),
  limits: listOf("limits", {
    case: text,
    metric: text,
    max: quantity.optional(),
    min: quantity.optional(),
  }),
  ignore: listOf("ignore", { case: text, metric: text.optional(), reason: text }),
});

/** The format as a JSON Schema (draft 2020-12), for editors of gate.toml. */
export function budgetJsonSchema(): Record<string, unknown> {
  return { title: "sockbench gate policy", ...z.toJSONSchema(budget) };
}

/** The keys of each table, for suggestions. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(budget.shape).filter((key) => key !== "$schema"),
  thresholds: ["case", "metric", "threshold"],
  limits: ["case", "metric", "max", "min"],
  ignore: ["case", "metric", "reason"],
};

/**
 * Reads a policy from the text of a budget file.
 *
 * @param toml The text.
 * @param sourceName Where it came from, for the error: a file name.
 * @param from The policy of whatever the file leaves out.
 * @returns The policy.
 * @throws {BudgetFileError} If the text is no TOML or no policy; one sentence names file, key and value, and says what would
 * be right.
 *
 * @example
 * ```ts
 * import { readBudgetFile } from "./budget_file.ts";
 *
 * const policy = readBudgetFile('threshold = "2%"', "gate.toml");
 * console.log(policy.threshold); // 0.02
 * ```
 */
export function readBudgetFile(
  toml: string,
  sourceName: string,
  from: Policy = DEFAULT_POLICY,
): Policy {
  const value = parseToml(toml, sourceName);
  const matched = budget.safeParse(value);
  if (!matched.success) {
    throw new BudgetFileError(sourceName, formatIssue(matched.error.issues[0], value));
  }
  try {
    const { $schema: _schema, ...input } = matched.data;
    return createPolicy(input satisfies PolicyInput, from);
  } catch (error) {
    if (error instanceof PolicyError) throw new BudgetFileError(sourceName, error.message);
    throw error;
  }
}

function parseToml(toml: string, sourceName: string): unknown {
  try {
    return parse(toml.startsWith("\uFEFF") ? toml.slice(1) : toml);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The parser's message goes on with a drawing of the place; its first line says what is wrong.
    const what = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
    throw new BudgetFileError(
      sourceName,
      `line ${error.line}, column ${error.column} is not TOML: ${what}`,
    );
  }
}

function formatIssue(issue: z.core.$ZodIssue | undefined, value: unknown): string {
  if (issue === undefined) return "it does not fit";
  if (issue.code === "unrecognized_keys") {
    const table = String(issue.path[0] ?? "");
    const known = KEYS[table] ?? [];
    const key = issue.keys[0] ?? "";
    const nearest = suggest(key, known);
    return `${formatPath([...issue.path, key])} is not a key of a policy` +
      (nearest === undefined
        ? `, which has ${known.join(", ")}`
        : `: did you mean "${nearest}", of ${known.join(", ")}?`);
  }
  const found = valueAt(value, issue.path);
  return `${formatPath(issue.path)} must be ${issue.message}: it is ${describe(found)}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}
