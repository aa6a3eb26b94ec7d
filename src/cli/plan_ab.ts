/**
 * The plan of an A/B job: what both sides have is measured in pairs; what one side alone has is new or missing.
 *
 * @module
 */

import { type Side, SIDES } from "../ab/paired_trials.ts";
import type { PlanPart } from "../ab/run_ab.ts";
import { type Catalog, createCatalog } from "../catalog.ts";
import { planCases } from "../plan/plan_cases.ts";
import type { Plan } from "../plan/plan.ts";
import { createSettings, type SettingsInput } from "../plan/settings.ts";
import type { Availability } from "../transport/transport.ts";
import { refuseEmptyPlan, refuseUnmatchedGlobs } from "./plan_selection.ts";
import { UsageError } from "./usage_error.ts";

/** Scenarios of a job that selects nothing: the quick grid of these is two dozen cells. */
const DEFAULT_SCENARIOS = ["round-trip", "throughput", "connect", "connect-round-trip"];

/** What the planning of an A/B job starts from. */
export interface AbSelection {
  /** What the arguments ask for; profile, peer and modules are set here. */
  readonly input: SettingsInput;
  /** What each side can name. */
  readonly catalogs: Readonly<Record<Side, Catalog>>;
  /** What works here, by side and transport id. */
  readonly availability: Readonly<Record<Side, ReadonlyMap<string, Availability>>>;
}

/** The plan and what only one side has. */
export interface AbPlan {
  /** Cases of both sides, as head defines them. */
  readonly plan: Plan;
  /** Cases of one side; absent: the sides have the same. */
  readonly unshared?: Readonly<Record<Side, PlanPart>>;
}

/**
 * Plans an A/B job.
 *
 * @throws {UsageError} when a glob matches nothing, or the two sides have no case in common.
 * @throws {SettingsError} when neither side knows a name, or a value is wrong.
 * @throws {NothingToMeasureError} when this machine can measure nothing of it.
 */
export function planAb(selection: AbSelection): AbPlan {
  // One seed for both sides where nobody names one.
  const seed = selection.input.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
  const input = { ...withDefaults(selection), seed };
  const plansOf = (wanted: SettingsInput) => bySide((side) => planSide(wanted, side, selection));
  const plans = plansOf(input);
  const both = SIDES.map((side) => plans[side]);
  refuseUnmatchedGlobs(
    plans.head.settings,
    both,
    () => Object.values(plansOf({ ...input, cases: [] })),
  );
  const isShared = sharedIds(plans);
  const { head } = plans;
  const plan: Plan = { ...head, cases: head.cases.filter(({ id }) => isShared.has(id)) };
  if (plan.cases.length === 0 && both.some(({ cases }) => cases.length > 0)) {
    throw new UsageError("base and head have no case in common");
  }
  refuseEmptyPlan(plan);
  const unshared = bySide((side) => ({
    ...plans[side],
    cases: plans[side].cases.filter(({ id }) => !isShared.has(id)),
  }));
  return SIDES.every((side) => unshared[side].cases.length === 0) ? { plan } : { plan, unshared };
}

function bySide<T>(make: (side: Side) => T): Record<Side, T> {
  return { base: make("base"), head: make("head") };
}

function sharedIds({ base, head }: Readonly<Record<Side, Plan>>): ReadonlySet<string> {
  const ofHead = new Set(head.cases.map(({ id }) => id));
  return new Set(base.cases.map(({ id }) => id).filter((id) => ofHead.has(id)));
}

/** A module's scenarios where it has some, or its transports; else the default ones. A glob selects among all. */
function withDefaults({ input, catalogs }: AbSelection): SettingsInput {
  const { scenarios = [], transports = [], cases = [] } = input;
  if (scenarios.length > 0 || cases.length > 0) return input;
  const builtIn = createCatalog();
  const added = (kind: "scenarios" | "transports") =>
    [...new Set(SIDES.flatMap((side) => [...catalogs[side][kind].keys()]))]
      .filter((id) => !builtIn[kind].has(id));
  const ownScenarios = added("scenarios");
  if (ownScenarios.length > 0) return { ...input, scenarios: ownScenarios };
  const ownTransports = added("transports");
  return {
    ...input,
    scenarios: DEFAULT_SCENARIOS,
    transports: transports.length > 0 ? transports : ownTransports,
  };
}

/** Names that only the other side has are left out; names that neither has are refused. */
function planSide(
  input: SettingsInput,
  side: Side,
  { catalogs, availability }: AbSelection,
): Plan {
  const own = catalogs[side];
  const other = catalogs[side === "base" ? "head" : "base"];
  const keep = (kind: "scenarios" | "transports") =>
    input[kind]?.filter((id) => own[kind].has(id) || !other[kind].has(id)) ?? [];
  const kept = { scenarios: keep("scenarios"), transports: keep("transports") };
  const plan = planCases(createSettings({ ...input, ...kept }, own), own, availability[side]);
  // An empty list means all: a side that has nothing of what was asked for has no cases.
  const lacks = (kind: "scenarios" | "transports") =>
    kept[kind].length === 0 && (input[kind]?.length ?? 0) > 0;
  return lacks("scenarios") || lacks("transports") ? { ...plan, cases: [] } : plan;
}
