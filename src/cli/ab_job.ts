// From the arguments of `ab` to a job and its plan: what both sides have is measured in pairs; what one alone has is new or missing.

import type { Slowdown } from "../ab/slowed_transport.ts";
import { type Side, SIDES } from "../ab/paired_trials.ts";
import { parseSubject, type Runtime, SUBJECT_FORMS, SubjectError } from "../ab/subject.ts";
import type { Policy } from "../gate/gate_policy.ts";
import { createSettings, MAX_ROUNDS, type Settings, type SettingsInput } from "../plan/settings.ts";
import type { GateFormat } from "../report/build/judgement.ts";
import { chooseComparisonFormats, chooseGateFormats, readPolicy } from "./judging.ts";
import { type ParsedArguments, valueOf, valuesOf } from "./parse.ts";
import { DEFAULT_OUT } from "./options.ts";
import { settingsInput } from "./run_arguments.ts";
import { choosePeer, findUnmatchedGlob, refuseEmptyPlan, unmatchedGlob } from "./measuring.ts";
import { UsageError } from "./failure.ts";
import type { AbRecords, JobPlan, PlanPart } from "../ab/ab_options.ts";
import type { AgentLink } from "../ab/agent_link.ts";
import type { AgentNames } from "../ab/agent_protocol.ts";
import { createCatalog } from "../catalog.ts";
import { encodeRecord } from "../record/codec.ts";
import type { OutputFile } from "./output.ts";
import type { PlannedCases } from "../plan/plan.ts";

export {
  defaultPairs,
  defaultPrecision,
  neededPairs,
  runAbComparison,
  runAbGate,
} from "../ab/ab_gate.ts";
export { openAgent } from "../ab/agent_link.ts";
export { estimateAbNs } from "../ab/pair_trial.ts";
export { removeFolder } from "../ab/commands.ts";
export { prepareSubject } from "../ab/prepare_subject.ts";
export { LostAgentsError } from "../ab/run_ab.ts";
export { parseSubject, SubjectError } from "../ab/subject.ts";
export { systemClock } from "../clock.ts";
export { readEnvironment } from "../run/environment.ts";
export { createSocketDirectory } from "../transport/socket_directory.ts";
export { withGenerationMetrics } from "../compare/pooled_values.ts";
export { refuseIdleMetrics, repeatJob, writeGateReport, writeRecords } from "./judging.ts";
export { clearEarlierJob } from "./job_files.ts";
export { prepareOutputDirectory } from "./output.ts";
export { createAbProgress } from "./terminal/ab_progress.ts";

/** Trials of one process do not wake another core: they pair best. */
const DEFAULT_AB_PEER = "loop";

/** What Node and Bun have, where nobody names a transport. */
const FOREIGN_TRANSPORTS = ["tcp@node", "unix@node", "udp@node"];

/** What `ab` is asked to do. */
export interface AbJob {
  /** As the user named them. */
  readonly subjects: Readonly<Record<Side, string>>;
  /** Users' modules as written: each side has its own. */
  readonly modules: readonly string[];
  /** What to measure. */
  readonly input: SettingsInput;
  /** Pairs of each case at least; absent: those of the default number of generations. */
  readonly pairs?: number;
  /** How comparisons become verdicts. */
  readonly policy: Policy;
  /** Whether the sides are different runtimes, which are compared and not judged. */
  readonly isComparison: boolean;
  /** Files to write. */
  readonly formats: readonly GateFormat[];
  /** Where. */
  readonly out: string;
  /** A slowdown to inject; absent: none. */
  readonly slowdown?: Slowdown;
}

/**
 * Reads the arguments of `ab`.
 *
 * @throws {UsageError} when one is wrong or missing.
 */
export async function readAbJob(args: ParsedArguments): Promise<AbJob> {
  const base = valueOf(args, "base");
  if (base === undefined) {
    throw new UsageError(
      `ab needs --base <subject>: what head is compared against, of ${SUBJECT_FORMS}`,
    );
  }
  const subjects = { base, head: valueOf(args, "head") ?? "self" };
  const runtimes = SIDES.map((side) => runtimeOf(side, subjects[side]));
  const isComparison = !args.flags.has("gate") && new Set(runtimes).size > 1;
  const { peer } = choosePeer(valueOf(args, "peer") ?? DEFAULT_AB_PEER);
  const isUnnamed = valuesOf(args, "case").length + valuesOf(args, "transport").length === 0;
  const isForeign = runtimes.some((runtime) => runtime !== "deno");
  if (peer !== "loop" && isForeign) {
    throw new UsageError(
      `agents of Node and Bun serve on their own loop: --peer ${peer} is for Deno`,
    );
  }
  const slowdown = readSlowdown(args);
  const formats = valuesOf(args, "format");
  return {
    subjects,
    modules: valuesOf(args, "module"),
    input: {
      ...settingsInput(args),
      ...(isForeign && isUnnamed && { transports: FOREIGN_TRANSPORTS }),
      profile: "quick",
      peer,
    },
    ...readPairs(valueOf(args, "pairs")),
    policy: await readPolicy(args),
    isComparison,
    formats: isComparison
      ? await chooseComparisonFormats(formats)
      : await chooseGateFormats(formats),
    out: valueOf(args, "out") ?? DEFAULT_OUT,
    ...(slowdown !== undefined && { slowdown }),
  };
}

function runtimeOf(side: Side, text: string): Runtime {
  try {
    const { kind } = parseSubject(text);
    return kind === "node" || kind === "bun" ? kind : "deno";
  } catch (error) {
    if (error instanceof SubjectError) throw new UsageError(`--${side} ${error.message}`);
    throw error;
  }
}

function readPairs(given: string | undefined): Pick<AbJob, "pairs"> {
  if (given === undefined) return {};
  const pairs = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
  if (pairs >= 1 && pairs <= MAX_ROUNDS) return { pairs };
  throw new UsageError(`--pairs must be a whole number from 1 to ${MAX_ROUNDS}: "${given}" is not`);
}

function readSlowdown(args: ParsedArguments): Slowdown | undefined {
  const [all, tail] = [valueOf(args, "inject-slowdown"), valueOf(args, "inject-tail")];
  if (all !== undefined && tail !== undefined) {
    throw new UsageError("--inject-slowdown and --inject-tail contradict each other");
  }
  if (all !== undefined) return { share: parseShare("inject-slowdown", all), where: "all" };
  return tail === undefined ? undefined : { share: parseShare("inject-tail", tail), where: "tail" };
}

function parseShare(option: string, given: string): number {
  const [, digits] = /^(\d{1,4}(?:\.\d{1,4})?) ?%$/.exec(given) ?? [];
  const share = Number(digits) / 100;
  if (share > 0 && share <= 10) return share;
  throw new UsageError(`--${option} must be from 0.01% to 1000%, as in 10%: "${given}" is not`);
}

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
    const [lack] = SIDES.flatMap((side) =>
      plans[side].skipped.map(({ what, reason }) => `; ${side} has no ${what}: ${reason}`)
    );
    throw new UsageError(`base and head have no case in common${lack ?? ""}`);
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

/** The records of both sides as files. */
export function recordFiles(
  { base, head }: AbRecords,
  suffix: "" | "-confirmation" = "",
): OutputFile[] {
  return [
    { name: `ab-base${suffix}.json`, text: encodeRecord(base) },
    { name: `ab-head${suffix}.json`, text: encodeRecord(head) },
  ];
}
