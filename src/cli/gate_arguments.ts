// From the arguments of `gate` and `ab` to a policy, formats, and back to the command that repeats the job.

import {
  createPolicy,
  DEFAULT_POLICY,
  HEADLINE,
  type Policy,
  PolicyError,
  type PolicyInput,
} from "../gate/gate_policy.ts";
import type { MetricDefinition } from "../units/metric.ts";
import { matchesGlob } from "../plan/glob.ts";
import type { GateFormat } from "../report/build/judgement.ts";
import type { ParsedArguments } from "./command.ts";
import { valueOf, valuesOf } from "./parse_arguments.ts";
import { readText } from "./read_record.ts";
import { quoteForShell } from "./run_arguments.ts";
import { UsageError } from "./usage_error.ts";

/**
 * The policy: the budget file where one is named, and over it what the arguments say.
 *
 * @throws {UsageError} when a value or the file cannot be used.
 */
export async function readPolicy(args: ParsedArguments): Promise<Policy> {
  const file = valueOf(args, "budget-file");
  const from = file === undefined ? DEFAULT_POLICY : await readBudget(file, DEFAULT_POLICY);
  const metrics = valuesOf(args, "metric");
  const input: PolicyInput = {
    threshold: valueOf(args, "threshold"),
    alpha: valueOf(args, "alpha"),
    ...(metrics.length > 0 && { metrics }),
    ...(args.flags.has("strict") && { strict: true }),
  };
  try {
    return createPolicy(input, from);
  } catch (error) {
    if (error instanceof PolicyError) throw new UsageError(`--${error.message}`);
    throw error;
  }
}

async function readBudget(file: string, from: Policy): Promise<Policy> {
  const text = await readText(file);
  const { BudgetFileError, readBudgetFile } = await import("../gate/budget_file.ts");
  try {
    return readBudgetFile(text, file, from);
  } catch (error) {
    if (error instanceof BudgetFileError) throw new UsageError(error.message);
    throw error;
  }
}

/**
 * A metric that no scenario measures would gate nothing, and be noticed after minutes.
 *
 * @throws {UsageError} when the policy names one.
 */
export function refuseIdleMetrics(
  { metrics }: Policy,
  measured: readonly Pick<MetricDefinition, "id" | "better">[],
): void {
  const judged = measured.filter(({ better }) => better !== "neither");
  const known = [...new Set(judged.map(({ id }) => id))];
  const idle = metrics.find((name) =>
    name !== HEADLINE && !known.some((id) => matchesGlob(name, id))
  );
  if (idle === undefined || known.length === 0) return;
  throw new UsageError(
    `no case has a metric "${idle}" that could gate (there is headline, ${known.join(", ")})`,
    { given: idle, candidates: [HEADLINE, ...known] },
  );
}

/**
 * The formats asked for, Markdown always among them.
 *
 * @throws {UsageError} when there is none of that name.
 */
export async function chooseGateFormats(asked: readonly string[]): Promise<readonly GateFormat[]> {
  const { gateFormats } = await import("../report/registry.ts");
  const ids = new Set(["md", ...asked]);
  return [...ids].map((id) => {
    const found = gateFormats.get(id);
    if (found !== undefined) return found;
    const known = [...gateFormats.keys()];
    throw new UsageError(`there is no format "${id}" (there is ${known.join(", ")})`, {
      given: id,
      candidates: known,
    });
  });
}

/** Options that say where results go, not what is measured and judged; the seed is that which was used. */
const NOT_REPEATED = new Set(["out", "format", "seed"]);

/** The command that repeats a job. */
export function repeatJob(
  args: ParsedArguments,
  used: readonly string[] = [],
): string {
  const words = ["deno", "task", "sockbench", args.command.name];
  for (const option of args.command.options) {
    if (NOT_REPEATED.has(option.name)) continue;
    const values = valuesOf(args, option.name);
    for (const value of option.list && values.length > 0 ? [values.join(",")] : values) {
      words.push(`--${option.name}`, quoteForShell(value));
    }
  }
  if (args.flags.has("strict")) words.push("--strict");
  return [...words, ...used].join(" ");
}
