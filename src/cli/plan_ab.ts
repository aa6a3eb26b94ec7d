// The plan of an A/B job: what both sides have is measured in pairs; what one side alone has is new or missing.

import { type Side, SIDES } from "../ab/paired_trials.ts";
import type { JobPlan, PlanPart } from "../ab/ab_options.ts";
import type { AgentLink } from "../ab/agent_link.ts";
import type { AgentNames } from "../ab/agent_protocol.ts";
import { createCatalog } from "../catalog.ts";
import type { PlannedCases } from "../plan/plan.ts";
import { createSettings, type Settings, type SettingsInput } from "../plan/settings.ts";
import { findUnmatchedGlob, refuseEmptyPlan, unmatchedGlob } from "./plan_selection.ts";
import { UsageError } from "./usage_error.ts";

/** Scenarios of a job that selects nothing: the quick grid of these is two dozen cells. */
const DEFAULT_SCENARIOS = ["round-trip", "throughput", "connect", "connect-round-trip"];

/** Who plans a side: its agent. */
export type Planner = Pick<AgentLink, "names" | "plan">;

/** The plan and what only one side has. */
export interface AbPlan {
  /** Cases of both sides, as head defines them. */
  readonly plan: JobPlan;
  /** The same cases as base defines them: head must not choose what gates. */
  readonly ofBase: PlannedCases;
  /** Cases of one side; absent: the sides have the same. */
  readonly unshared?: Readonly<Record<Side, PlanPart>>;
}

/**
 * Plans an A/B job: each side plans what was asked for, and the two are laid side by side.
 *
 * @throws {UsageError} when a glob matches nothing, or the two sides have no case in common.
 * @throws {SettingsError} when neither side knows a name, or a value is wrong.
 * @throws {NothingToMeasureError} when this machine can measure nothing of it.
 * @throws {AgentError} when an agent dies, hangs or violates the protocol.
 */
export async function planAb(
  asked: SettingsInput,
  planners: Readonly<Record<Side, Planner>>,
): Promise<AbPlan> {
  const names = { base: await planners.base.names(), head: await planners.head.names() };
  const settings = ownSettings(asked);
  // One seed for both sides where nobody names one.
  const input = { ...withDefaults(asked, names), seed: settings.seed };
  const plansOf = async (wanted: SettingsInput) => ({
    base: await planSide(wanted, "base", names, planners),
    head: await planSide(wanted, "head", names, planners),
  });
  const plans = await plansOf(input);
  const unmatched = findUnmatchedGlob(input.cases ?? [], Object.values(plans));
  if (unmatched !== undefined) {
    const all = Object.values(await plansOf({ ...input, cases: [] }));
    throw unmatchedGlob(unmatched, all, settings.profile);
  }
  return layTogether(plans, settings);
}

/** Seed, budget and precision are the driver's, whatever a subject's plan says of them. Which names exist is for the subjects to say. */
function ownSettings({ profile, peer, seed, precision, budget }: SettingsInput): Settings {
  const own = { profile, peer, seed, precision, budget };
  return createSettings(
    Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
    createCatalog(),
  );
}

function layTogether(
  plans: Readonly<Record<Side, PlannedCases>>,
  settings: Settings,
): AbPlan {
  const isShared = sharedIds(plans);
  const { head } = plans;
  const cases = head.cases.filter(({ id }) => isShared.has(id));
  const plan = { ...head, settings, cases };
  if (plan.cases.length === 0 && SIDES.some((side) => plans[side].cases.length > 0)) {
    throw new UsageError("base and head have no case in common");
  }
  refuseEmptyPlan(plan);
  const alone = (side: Side) => ({
    ...plans[side],
    cases: plans[side].cases.filter(({ id }) => !isShared.has(id)),
  });
  const { base } = plans;
  const ofBase = { ...base, cases: base.cases.filter(({ id }) => isShared.has(id)) };
  const unshared = { base: alone("base"), head: alone("head") };
  const isSame = SIDES.every((side) => unshared[side].cases.length === 0);
  return isSame ? { plan, ofBase } : { plan, ofBase, unshared };
}

function sharedIds({ base, head }: Readonly<Record<Side, PlannedCases>>): ReadonlySet<string> {
  const ofHead = new Set(head.cases.map(({ id }) => id));
  return new Set(base.cases.map(({ id }) => id).filter((id) => ofHead.has(id)));
}

/** A module's scenarios where it has some, or its transports; else the default ones. A glob selects among all. */
function withDefaults(
  asked: SettingsInput,
  names: Readonly<Record<Side, AgentNames>>,
): SettingsInput {
  const { scenarios = [], transports = [], cases = [] } = asked;
  if (scenarios.length > 0 || cases.length > 0) return asked;
  const own = (kind: "scenarios" | "transports") => [
    ...new Set(SIDES.flatMap((side) => names[side].own[kind])),
  ];
  if (own("scenarios").length > 0) return { ...asked, scenarios: own("scenarios") };
  return {
    ...asked,
    scenarios: DEFAULT_SCENARIOS,
    transports: transports.length > 0 ? transports : own("transports"),
  };
}

/** Names that only the other side has are left out; names that neither has are refused. */
async function planSide(
  input: SettingsInput,
  side: Side,
  names: Readonly<Record<Side, AgentNames>>,
  planners: Readonly<Record<Side, Planner>>,
): Promise<PlannedCases> {
  const own = names[side];
  const other = names[side === "base" ? "head" : "base"];
  const keep = (kind: "scenarios" | "transports") =>
    input[kind]?.filter((id) => own[kind].includes(id) || !other[kind].includes(id)) ?? [];
  const kept = { scenarios: keep("scenarios"), transports: keep("transports") };
  const plan = await planners[side].plan({ ...input, ...kept });
  // An empty list means all: a side that has nothing of what was asked for has no cases.
  const lacks = (kind: "scenarios" | "transports") =>
    kept[kind].length === 0 && (input[kind]?.length ?? 0) > 0;
  return lacks("scenarios") || lacks("transports") ? { ...plan, cases: [] } : plan;
}
