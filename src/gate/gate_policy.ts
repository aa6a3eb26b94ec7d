// The gate policy: which cells gate, how much slower is too slow, and what is set aside with a reason.
//
// Defaults and validation live here only; `budget_file.ts` reads the same thing from TOML.

import { isMetricId, metricOf } from "../units/metric.ts";
import { matchesGlob } from "../plan/glob.ts";
import { describe } from "../record/record_error.ts";
import { parseQuantity, type Quantity } from "../units/parse_quantity.ts";
import { UNITS } from "../units/unit.ts";

/** The threshold of some cells. */
export interface ThresholdRule {
  /** Glob over case ids. */
  readonly case: string;
  /** Metric id; absent: all. */
  readonly metric?: string;
  /** How much worse is allowed: 0.05 is 5 %, or 5 points of a share. */
  readonly threshold: number;
}

/** An absolute bound on a metric of head, whatever base was. */
export interface LimitRule {
  /** Glob over case ids; at least one case must match. */
  readonly case: string;
  /** Metric id. */
  readonly metric: string;
  /** `max` where lower is better, `min` where higher is. */
  readonly bound: "max" | "min";
  /** The bound itself. */
  readonly quantity: Quantity;
}

/** Cells that are not judged, and why. */
export interface IgnoreRule {
  /** Glob over case ids. */
  readonly case: string;
  /** Metric id; absent: all. */
  readonly metric?: string;
  /** Why, for whoever reads the result. */
  readonly reason: string;
}

/** A Policy is how comparisons become verdicts. */
export interface Policy {
  /** The error rate that all gated cells share, between 0 and 1. */
  readonly alpha: number;
  /** How much worse a median may be: 0.05 is 5 %, or 5 points of a share. */
  readonly threshold: number;
  /** By metric that is no headline: how many times the threshold it may be worse; of others once. */
  readonly factors: Readonly<Record<string, number>>;
  /** Which metrics gate: globs over metric ids, or `headline` for the first metric of each scenario. */
  readonly metrics: readonly string[];
  /** Thresholds of some cells; the last that matches counts. */
  readonly thresholds: readonly ThresholdRule[];
  /** Absolute bounds. */
  readonly limits: readonly LimitRule[];
  /** Cells set aside. */
  readonly ignore: readonly IgnoreRule[];
  /** Whether an inconclusive cell ends the gate with exit code 3. */
  readonly strict: boolean;
  /** Globs over case ids: an inconclusive cell of these cases does, whatever `strict` is; absent: of none. */
  readonly strictCases?: readonly string[];
  /** A cell whose own p-value is at most this and whose estimate is beyond half its threshold is worth confirming on fresh pairs. */
  readonly screenAlpha: number;
}

/** What {@linkcode createPolicy} takes: shares as numbers or as text with a percent sign, bounds as text with a unit. */
export interface PolicyInput {
  /** As in `0.01` or `"1%"`. */
  readonly alpha?: number | string | undefined;
  /** As in `0.05` or `"5%"`. */
  readonly threshold?: number | string | undefined;
  /** As in `["headline", "p99"]`. */
  readonly metrics?: readonly string[] | undefined;
  /** Thresholds of some cells. */
  readonly thresholds?:
    | readonly {
      readonly case: string;
      readonly metric?: string | undefined;
      readonly threshold: number | string;
    }[]
    | undefined;
  /** Absolute bounds: `max` or `min`, never both. */
  readonly limits?:
    | readonly {
      readonly case: string;
      readonly metric: string;
      readonly max?: string | number | undefined;
      readonly min?: string | number | undefined;
    }[]
    | undefined;
  /** Cells set aside. */
  readonly ignore?:
    | readonly {
      readonly case: string;
      readonly metric?: string | undefined;
      readonly reason: string;
    }[]
    | undefined;
  /** Whether inconclusive ends with 3; a list of globs: in these cases. */
  readonly strict?: boolean | readonly string[] | undefined;
  /** As `alpha`. */
  readonly screenAlpha?: number | string | undefined;
}

/** The word for the first metric of each scenario. */
export const HEADLINE = "headline";

/** The policy of a gate that was told nothing. */
export const DEFAULT_POLICY: Policy = Object.freeze({
  alpha: 0.01,
  threshold: 0.05,
  factors: Object.freeze({
    operationsPerSecond: 2,
    p90: 2,
    p99: 4,
    connectP99: 4,
    cpuPerOperation: 2,
  }),
  metrics: Object.freeze([
    HEADLINE,
    "operationsPerSecond",
    "p90",
    "p99",
    "connectP99",
    "cpuPerOperation",
    "memoryPerOperation",
    "callsPerOperation",
  ]),
  thresholds: Object.freeze([]),
  limits: Object.freeze([]),
  ignore: Object.freeze([]),
  strict: false,
  screenAlpha: 0.05,
});

/** The policy of a gate against a stored baseline that was told nothing: unpaired tails and CPU time say more of the moment than of the code. */
export const BASELINE_POLICY: Policy = Object.freeze({
  ...DEFAULT_POLICY,
  metrics: Object.freeze([HEADLINE]),
  factors: {},
});

/** The policy of `compare`, which shows every cell and sets none aside. */
export const COMPARE_POLICY: Policy = Object.freeze({
  ...DEFAULT_POLICY,
  metrics: ["*"],
  factors: {},
});

/** Of differences that are no shares, how much worse is allowed, in the metric's unit: what a percentage says nothing of. */
export const ABSOLUTE_THRESHOLDS: ReadonlyMap<string, number> = new Map([
  ["memoryPerOperation", 64],
  ["callsPerOperation", 0.5],
]);

/** A PolicyError states in one clause which part of a policy cannot be used, and what would be right. */
export class PolicyError extends Error {
  /** Always "PolicyError". */
  override readonly name = "PolicyError";
}

/**
 * Completes and validates a policy.
 *
 * @param input What was asked for; `undefined` stands for the value of `from`.
 * @param from The policy to start from.
 * @returns The policy.
 * @throws {PolicyError} If a value is malformed, out of range, or does not fit its metric.
 *
 * @example
 * ```ts
 * import { createPolicy } from "./gate_policy.ts";
 *
 * createPolicy({ threshold: "2%", metrics: ["p50", "p99"] });
 * ```
 */
export function createPolicy(input: PolicyInput = {}, from: Policy = DEFAULT_POLICY): Policy {
  const { alpha, threshold, metrics, thresholds, limits, ignore, strict, screenAlpha } = input;
  return {
    alpha: alpha === undefined ? from.alpha : parseAlpha("alpha", alpha),
    threshold: threshold === undefined ? from.threshold : parseThreshold("threshold", threshold),
    metrics: metrics === undefined ? from.metrics : parseMetrics(metrics),
    // Whoever names metrics names their threshold with them.
    factors: metrics === undefined ? from.factors : {},
    thresholds: thresholds?.map((rule, index) => ({
      ...parseCells(`thresholds[${index}]`, rule),
      threshold: parseThreshold(`thresholds[${index}].threshold`, rule.threshold),
    })) ?? from.thresholds,
    limits: limits?.map((rule, index) => parseLimit(`limits[${index}]`, rule)) ?? from.limits,
    ignore: ignore?.map((rule, index) => ({
      ...parseCells(`ignore[${index}]`, rule),
      reason: parseText(`ignore[${index}].reason`, rule.reason, "a sentence that gives the reason"),
    })) ?? from.ignore,
    strict: typeof strict === "boolean" ? strict : from.strict,
    ...strictCasesOf(strict, from),
    screenAlpha: screenAlpha === undefined
      ? from.screenAlpha
      : parseAlpha("screenAlpha", screenAlpha),
  };
}

/** The threshold of a cell: that of the last rule that matches, else the policy's own. */
export function thresholdOf(
  policy: Policy,
  cell: { readonly case: string; readonly metric: string; readonly headline?: boolean },
): number {
  const absolute = ABSOLUTE_THRESHOLDS.get(cell.metric);
  if (absolute !== undefined) return absolute;
  const { factors, threshold } = policy;
  const factor = cell.headline
    ? 1
    : Object.hasOwn(factors, cell.metric)
    ? factors[cell.metric]!
    : 1;
  return policy.thresholds.findLast((rule) => matchesCell(rule, cell))?.threshold ??
    factor * threshold;
}

/** Whether a rule is about a cell. */
export function matchesCell(
  rule: { readonly case: string; readonly metric?: string },
  cell: { readonly case: string; readonly metric: string },
): boolean {
  return (rule.metric === undefined || rule.metric === cell.metric) &&
    matchesGlob(rule.case, cell.case);
}

/** Whether an inconclusive cell of a case ends the gate with exit code 3. */
export function isStrict({ strict, strictCases = [] }: Policy, caseId: string): boolean {
  return strict || strictCases.some((glob) => matchesGlob(glob, caseId));
}

/** Whether a cell's metric gates; rules that set cells aside are not asked. */
export function gates(
  policy: Policy,
  cell: { readonly metric: string; readonly headline: boolean },
): boolean {
  return policy.metrics.some((metric) =>
    metric === HEADLINE ? cell.headline : matchesGlob(metric, cell.metric)
  );
}

function wrong(where: string, expected: string, found: unknown): never {
  throw new PolicyError(`${where} must be ${expected}: it is ${describe(found)}`);
}

/** A bare 5 could be 5 % or 500 %, so that a share above 1 must be written in percent. */
function parseShare(where: string, value: number | string, expected: string): number {
  const share = typeof value === "number" ? value : parsePercent(value);
  return share === undefined || !Number.isFinite(share) ? wrong(where, expected, value) : share;
}

function parsePercent(text: string): number | undefined {
  const quantity = parseQuantity(text);
  if (quantity?.unit === "ratio") return quantity.value;
  return quantity?.unit === "count" && quantity.value <= 1 ? quantity.value : undefined;
}

function parseAlpha(where: string, value: number | string): number {
  const expected = "a share from 1e-9 to 0.5, as in 0.01";
  const alpha = parseShare(where, value, expected);
  // What is smaller no number of pairs would reach, and beside 1 it is lost in rounding.
  return alpha >= 1e-9 && alpha <= 0.5 ? alpha : wrong(where, expected, value);
}

function parseThreshold(where: string, value: number | string): number {
  const expected = 'a share from 0 to 1 or a percentage up to 1000 %, as in 0.05 or "5%"';
  const threshold = parseShare(where, value, expected);
  const most = typeof value === "number" ? 1 : 10;
  return threshold >= 0 && threshold <= most ? threshold : wrong(where, expected, value);
}

function parseText(where: string, value: string, expected: string): string {
  return value.trim() === "" ? wrong(where, expected, value) : value;
}

/** Whoever says "all" or "none" names no cases. */
function strictCasesOf(strict: PolicyInput["strict"], from: Policy): Pick<Policy, "strictCases"> {
  const cases = typeof strict === "boolean" ? [] : strict ?? from.strictCases ?? [];
  const expected = 'a case id or glob such as "round-trip/*"';
  cases.forEach((glob, index) => parseText(`strict[${index}]`, glob, expected));
  return cases.length === 0 ? {} : { strictCases: cases };
}

function parseMetrics(metrics: readonly string[]): readonly string[] {
  const expected = `a list of metric ids, as in ["${HEADLINE}", "p99"]`;
  if (metrics.length === 0) wrong("metrics", expected, metrics);
  return metrics.map((metric, index) => {
    const isId = /^[a-zA-Z0-9*?]+$/.test(metric);
    return isId ? metric : wrong(`metrics[${index}]`, `a metric id such as "p99"`, metric);
  });
}

function parseCells(
  where: string,
  rule: { readonly case: string; readonly metric?: string | undefined },
): { readonly case: string; readonly metric?: string } {
  const glob = parseText(`${where}.case`, rule.case, 'a case id or glob such as "round-trip/*"');
  return rule.metric === undefined ? { case: glob } : {
    case: glob,
    metric: parseText(`${where}.metric`, rule.metric, 'a metric id such as "p99"'),
  };
}

function parseLimit(
  where: string,
  rule: NonNullable<PolicyInput["limits"]>[number],
): LimitRule {
  const { max, min, metric } = rule;
  const [bound, written] = max !== undefined ? ["max", max] as const : ["min", min] as const;
  if (written === undefined || (max !== undefined && min !== undefined)) {
    throw new PolicyError(
      `${where} must have either max or min: it has ${written === undefined ? "neither" : "both"}`,
    );
  }
  const cells = parseCells(where, rule);
  const definition = isMetricId(metric) ? metricOf(metric) : undefined;
  const example = JSON.stringify(UNITS[definition?.unit ?? "ns"].example);
  const quantity = parseQuantity(String(written));
  if (quantity === undefined || (definition && quantity.unit !== definition.unit)) {
    const unit = definition === undefined ? "" : `, as ${metric} is in ${definition.unit}`;
    return wrong(`${where}.${bound}`, `a quantity such as ${example}${unit}`, written);
  }
  const right = definition?.better === "higher" ? "min" : "max";
  if (definition !== undefined && (definition.better === "neither" || bound !== right)) {
    throw new PolicyError(
      definition.better === "neither"
        ? `${where} cannot bound ${metric}, which has no better direction`
        : `${where} must have ${right} instead of ${bound}, as ${definition.better} is better for ${metric}`,
    );
  }
  return { ...cells, metric, bound, quantity };
}
