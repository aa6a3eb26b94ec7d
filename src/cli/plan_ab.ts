// The plan of an A/B job: what base and a head share is measured in pairs; what one alone has is new or missing.

import { byId } from "../ab/ab_record.ts";
import type { JobPlan, PlanPart } from "../ab/ab_options.ts";
import { type AgentLink, openAgent } from "../ab/agent_link.ts";
import type { AgentNames, ReplayFile } from "../ab/agent_protocol.ts";
import { type Head, headsOf, type Side, sidesOf } from "../ab/paired_trials.ts";
import { isPaced, steadyCases, unsteadyCells } from "../ab/steady_transfers.ts";
import type { IgnoreRule } from "../gate/gate_policy.ts";
import type { Environment } from "../model/environment.ts";
import type { OnMade, PreparedSubject } from "../ab/prepare_subject.ts";
import { createCatalog } from "../catalog.ts";
import type { PeerKind } from "../model/placement.ts";
import type { PlannedCases } from "../plan/plan.ts";
import { createSettings, type Settings, type SettingsInput } from "../plan/settings.ts";
import { UsageError } from "./failure.ts";
import { findUnmatchedGlob, refuseEmptyPlan, unmatchedGlob } from "./measuring.ts";

/** Plans by agents that are there for planning alone, so that measuring starts with fresh ones. */
export async function planSubjects(
  subjects: Readonly<Record<Side, PreparedSubject>>,
  input: SettingsInput,
  directory: string,
  onMade: OnMade,
  replay: ReplayFile | undefined,
): Promise<AbPlan> {
  const options = { onMade, ...(replay !== undefined && { replay }) };
  await using opened = new AsyncDisposableStack();
  const planners: [Side, AgentLink][] = [];
  for (const side of sidesOf(subjects)) {
    const { modules } = subjects[side]!;
    const order = { modules, peer: input.peer as PeerKind, directory };
    planners.push([side, opened.use(await openAgent(side, subjects[side]!, order, options))]);
  }
  return await planAb(input, Object.fromEntries(planners) as Record<Side, AgentLink>);
}

/** Scenarios of a job that selects nothing: the quick grid of these is two dozen cells. */
const DEFAULT_SCENARIOS = ["round-trip", "throughput", "connect", "connect-round-trip"];

/** Who plans a side: its agent. */
type Planner = Pick<AgentLink, "names" | "plan">;

/** The plan and what only one side has. `plan`: cases of base and any head; `ofBase`: as base defines them, for head must not choose what gates; `ofHeads`: absent of one; `unshared`: of one side. */
export interface AbPlan {
  readonly plan: JobPlan;
  readonly ofBase: PlannedCases;
  readonly ofHeads?: Readonly<Partial<Record<Head, PlannedCases>>>;
  readonly unshared?: Readonly<Record<Side, PlanPart>>;
  /** Whether every side may choose the congestion control of its TCP sockets. */
  readonly isSteady: boolean;
}

/** Each side's plan, laid side by side. Throws UsageError, SettingsError, NothingToMeasureError, AgentError. */
async function planAb(
  asked: SettingsInput,
  planners: Readonly<Record<Side, Planner>>,
): Promise<AbPlan> {
  const names = await ofEachSide(planners, (planner) => planner.names());
  const settings = ownSettings(asked);
  // One seed for both sides where nobody names one.
  const input = { ...withDefaults(asked, names), seed: settings.seed };
  const plansOf = (wanted: SettingsInput) =>
    ofEachSide(planners, (planner, side) => planSide(wanted, side, names, planner));
  const plans = await plansOf(input);
  const unmatched = findUnmatchedGlob(input.cases ?? [], Object.values(plans));
  if (unmatched !== undefined) {
    const all = Object.values(await plansOf({ ...input, cases: [] }));
    const transports = Object.values(names).flatMap((known) => known.transports);
    throw unmatchedGlob(unmatched, all, settings.profile, transports);
  }
  return {
    ...layTogether(plans, settings),
    isSteady: Object.values(names).every(({ steady }) => steady === true),
  };
}

/** One side after the other: an agent that plans tries its sockets. */
async function ofEachSide<T, V>(
  sided: Readonly<Record<Side, T>>,
  of: (value: T, side: Side) => Promise<V>,
): Promise<Readonly<Record<Side, V>>> {
  const found: Partial<Record<Side, V>> = {};
  for (const side of sidesOf(sided)) found[side] = await of(sided[side]!, side);
  return found as Readonly<Record<Side, V>>;
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
): Omit<AbPlan, "isSteady"> {
  const { base, head } = plans;
  const heads = headsOf(plans);
  const idsOf = (side: Side) => new Set(plans[side]!.cases.map(({ id }) => id));
  const [ofBaseIds, inHeads] = [idsOf("base"), new Set(heads.flatMap((one) => [...idsOf(one)]))];
  const isShared = (side: Side, id: string) => (side === "base" ? inHeads : ofBaseIds).has(id);
  const part = (side: Side, shared: boolean): PlannedCases => ({
    ...plans[side]!,
    cases: plans[side]!.cases.filter(({ id }) => isShared(side, id) === shared),
  });
  for (const side of heads) {
    const isIdle = part(side, true).cases.length === 0;
    if (isIdle && [base, plans[side]!].some(({ cases }) => cases.length > 0)) {
      const [lack] = (["base", side] as const).flatMap((one) =>
        plans[one]!.skipped.map(({ what, reason }) => `; ${one} has no ${what}: ${reason}`)
      );
      const which = heads.length === 1 ? "" : ` (${side})`;
      throw new UsageError(`base and head have no case in common${which}${lack ?? ""}`);
    }
  }
  const shared = heads.map((side) => [side, part(side, true)] as const);
  const known = new Map(
    shared.flatMap(([, { cases }]) => cases).toReversed().map((c) => [c.id, c]),
  );
  const plan = {
    ...head,
    settings,
    scenarios: byId(heads.flatMap((one) => plans[one]!.scenarios)),
    metrics: byId(heads.flatMap((one) => plans[one]!.metrics)),
    cases: [...new Set(shared.flatMap(([, { cases }]) => cases.map(({ id }) => id)))]
      .map((id) => known.get(id)!),
  };
  refuseEmptyPlan(plan);
  const sides = sidesOf(plans);
  const unshared = Object.fromEntries(
    sides.map((side) => [side, part(side, false)]),
  ) as Readonly<Record<Side, PlannedCases>>;
  const isSame = sides.every((side) => unshared[side]!.cases.length === 0);
  return {
    plan,
    ofBase: part("base", true),
    ...(heads.length > 1 && { ofHeads: Object.fromEntries(shared) }),
    ...(!isSame && { unshared }),
  };
}

/** One-way transfers over TCP as a job measures them on a machine that paces; their headlines set aside where the user chose nothing and reno cannot be had. */
export function steadyPlan(
  planned: AbPlan,
  environment: Environment,
  { scenarios = [], transports = [], cases = [], params = {} }: SettingsInput,
): { readonly planned: AbPlan; readonly ignore: readonly IgnoreRule[] } {
  if (!isPaced(environment)) return { planned, ignore: [] };
  const { plan, ofBase, ofHeads, unshared, isSteady } = planned;
  if (!isSteady) {
    const isChosen = [scenarios, transports, cases, Object.keys(params)]
      .some(({ length }) => length > 0);
    return { planned, ignore: isChosen ? [] : unsteadyCells(plan.cases) };
  }
  const ofEach = <T extends Readonly<Record<string, PlanPart>>>(parts: T) =>
    Object.fromEntries(
      Object.entries(parts).map(([side, part]) => [side, steadyCases(part)]),
    ) as T;
  return {
    planned: {
      plan: steadyCases(plan),
      ofBase: steadyCases(ofBase),
      ...(ofHeads !== undefined && { ofHeads: ofEach(ofHeads as Record<Head, PlannedCases>) }),
      ...(unshared !== undefined && { unshared: ofEach(unshared) }),
      isSteady,
    },
    ignore: [],
  };
}

/** A module's scenarios where it has some, or its transports; else the default ones. A glob selects among all. */
function withDefaults(asked: SettingsInput, names: Readonly<Record<Side, AgentNames>>) {
  const { scenarios = [], transports = [], cases = [] } = asked;
  if (scenarios.length > 0 || cases.length > 0) return asked;
  const own = (kind: "scenarios" | "transports") => [
    ...new Set(sidesOf(names).flatMap((side) => names[side]!.own[kind])),
  ];
  if (own("scenarios").length > 0) return { ...asked, scenarios: own("scenarios") };
  return {
    ...asked,
    scenarios: DEFAULT_SCENARIOS,
    transports: transports.length > 0 ? transports : own("transports"),
  };
}

/** Names that only another side has are left out; names that none has are refused. */
async function planSide(
  input: SettingsInput,
  side: Side,
  names: Readonly<Record<Side, AgentNames>>,
  planner: Planner,
): Promise<PlannedCases> {
  const own = names[side]!;
  const keep = (kind: "scenarios" | "transports") =>
    input[kind]?.filter((id) =>
      own[kind].includes(id) || !Object.values(names).some((other) => other[kind].includes(id))
    ) ?? [];
  const kept = { scenarios: keep("scenarios"), transports: keep("transports") };
  const plan = await planner.plan({ ...input, ...kept });
  // An empty list means all: a side that has nothing of what was asked for has no cases.
  const lacks = (kind: "scenarios" | "transports") =>
    kept[kind].length === 0 && (input[kind]?.length ?? 0) > 0;
  return lacks("scenarios") || lacks("transports") ? { ...plan, cases: [] } : plan;
}
