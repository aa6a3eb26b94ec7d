// From the arguments of `ab` to a job, and from its records to files.

import type { Slowdown } from "../ab/slowed_transport.ts";
import { type Head, headsOf, type Side, sidesOf } from "../ab/paired_trials.ts";
import { parseSubject, type Runtime, SUBJECT_FORMS, SubjectError } from "../ab/subject.ts";
import type { Policy } from "../gate/gate_policy.ts";
import { MAX_ROUNDS, type SettingsInput } from "../plan/settings.ts";
import type { GateFormat, GateReport } from "../report/build/judgement.ts";
import type { HeadsFormat } from "../report/build/heads_document.ts";
import {
  chooseComparisonFormats,
  chooseGateFormats,
  chooseHeadsFormats,
  readPolicy,
  refuseIdleMetrics,
  refuseIdleRules,
  refuseIdleStrictness,
} from "./judging.ts";
import type { AbPlan } from "./plan_ab.ts";
import { withGenerationMetrics } from "../compare/pooled_values.ts";
import { type ParsedArguments, valueOf, valuesOf } from "./parse.ts";
import { DEFAULT_OUT } from "./options.ts";
import { settingsInput } from "./run_arguments.ts";
import { choosePeer, createCatalog } from "./measuring.ts";
import { readText } from "./read_record.ts";
import { checkReplay, parseReplay } from "../plan/parse_replay.ts";
import type { ReplayFile } from "../ab/agent_protocol.ts";
import { UsageError } from "./failure.ts";
import type { AbOptions, AbRecords } from "../ab/ab_options.ts";
import type { PreparedSubject } from "../ab/prepare_subject.ts";
import type { BestSubject } from "../gate/best_subject.ts";
import type { GateResult } from "../gate/gate_result.ts";
import { encodeRecord } from "../record/codec.ts";
import type { OutputFile } from "./output.ts";

export {
  countsCalls,
  defaultPairs,
  defaultPrecision,
  neededPairs,
  runAbComparison,
  runAbGate,
} from "../ab/ab_gate.ts";
export { estimateAbNs } from "../ab/pair_trial.ts";
export { removeFolder } from "../ab/commands.ts";
export { prepareSubject } from "../ab/prepare_subject.ts";
export { LostAgentsError } from "../ab/run_ab.ts";
export { parseSubject, SubjectError } from "../ab/subject.ts";
export { systemClock } from "../clock.ts";
export { readEnvironment } from "../run/environment.ts";
export { headsOf, type Side, sidesOf } from "../ab/paired_trials.ts";
export { createSocketDirectory } from "../transport/socket_directory.ts";
export { repeatJob, writeGateReport, writeHeadsReport, writeRecords } from "./judging.ts";
export { planSubjects, steadyPlan } from "./plan_ab.ts";
export { clearEarlierJob } from "./job_files.ts";
export { prepareOutputDirectory } from "./output.ts";
export { createAbProgress } from "./terminal/ab_progress.ts";

/** Trials of one process do not wake another core: they pair best. */
const DEFAULT_AB_PEER = "loop";

/** What Node and Bun have, where nobody names a transport. */
const FOREIGN_TRANSPORTS = ["tcp@node", "unix@node", "udp@node"];

/** Heads at most: each is a process beside the others, and a column of the table. */
const MAX_HEADS = 8;

/** `pairs`: of each case at least, absent: the default; `isComparison`: runtimes, none judged; `headsFormats`: none of one head. */
export interface AbJob {
  readonly subjects: Readonly<Record<Side, string>>;
  readonly modules: readonly string[];
  readonly input: SettingsInput;
  readonly pairs?: number;
  readonly policy: Policy;
  readonly isComparison: boolean;
  readonly formats: readonly GateFormat[];
  readonly headsFormats: readonly HeadsFormat[];
  readonly out: string;
  readonly slowdown?: Slowdown;
  readonly replay?: ReplayFile;
}

export async function readAbJob(args: ParsedArguments): Promise<AbJob> {
  const base = valueOf(args, "base");
  if (base === undefined) {
    throw new UsageError(
      `ab needs --base <subject>: what head is compared against, of ${SUBJECT_FORMS}`,
    );
  }
  const heads = valuesOf(args, "head");
  if (heads.length > MAX_HEADS) {
    throw new UsageError(`ab takes at most ${MAX_HEADS} heads: ${heads.length} were given`);
  }
  const [head = "self", ...more] = heads;
  const subjects: AbJob["subjects"] = {
    base,
    head,
    ...Object.fromEntries(more.map((one, index) => [`head ${index + 2}` as Head, one])),
  };
  const runtimes = sidesOf(subjects).map((side) => runtimeOf(side, subjects[side]!));
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
  const replay = await replayFileOf(args);
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
    ...await chooseFormats(formats, isComparison, heads.length > 1),
    out: valueOf(args, "out") ?? DEFAULT_OUT,
    ...(slowdown !== undefined && { slowdown }),
    ...(replay !== undefined && { replay }),
  };
}

async function chooseFormats(asked: readonly string[], isComparison: boolean, isOfHeads: boolean) {
  if (isOfHeads) {
    return { formats: [], headsFormats: await chooseHeadsFormats(asked, isComparison) };
  }
  const choose = isComparison ? chooseComparisonFormats : chooseGateFormats;
  return { formats: await choose(asked), headsFormats: [] };
}

function runtimeOf(side: Side, text: string): Runtime {
  try {
    const { kind } = parseSubject(text);
    return kind === "node" || kind === "bun" ? kind : "deno";
  } catch (error) {
    if (error instanceof SubjectError) {
      throw new UsageError(`--${side.split(" ")[0]} ${error.message}`, error.suggestion);
    }
    throw error;
  }
}

function readPairs(given: string | undefined): Pick<AbJob, "pairs"> {
  if (given === undefined) return {};
  const pairs = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
  if (pairs >= 1 && pairs <= MAX_ROUNDS) return { pairs };
  throw new UsageError(`--pairs must be a whole number from 1 to ${MAX_ROUNDS}: "${given}" is not`);
}

/** What `--replay` names, for the agents. Throws UsageError, or SettingsError where a line is none or no scenario is named. */
async function replayFileOf(args: ParsedArguments): Promise<ReplayFile | undefined> {
  const path = valueOf(args, "replay");
  if (path === undefined) return undefined;
  const text = await readText(path, { utf8Only: true });
  const replay = await parseReplay(text, path);
  if (valuesOf(args, "scenario").length === 0) checkReplay(replay, {}, createCatalog());
  return { text, path };
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

type Subjects = AbOptions["subjects"];

/** Heads of one name by number, as in `self #1` and `self #2`. */
export function tellApart(
  prepared: readonly [Side, PreparedSubject][],
): [Side, PreparedSubject][] {
  const labels = prepared.filter(([side]) => side !== "base").map(([, { label }]) => label);
  return prepared.map(([side, subject], index) => {
    const { label } = subject;
    const isAlone = labels.filter((one) => one === label).length < 2;
    if (side === "base" || isAlone) return [side, subject];
    const number = labels.slice(0, index).filter((one) => one === label).length;
    return [side, { ...subject, label: `${label} #${number}` }];
  });
}

export function headReports(
  results: readonly GateResult[],
  records: AbRecords,
  { subjects }: Pick<AbOptions, "subjects">,
): readonly GateReport[] {
  return headsOf(records).map((side, index) => ({
    result: results[index]!,
    base: subjects.base.label,
    head: subjects[side]!.label,
    records: { base: records.base, head: records[side]! },
  }));
}

export function nameSides(
  all: readonly BestSubject<Side>[],
  subjects: Subjects,
): readonly BestSubject<string>[] {
  const nameOf = (side: Side) => subjects[side]!.label;
  return all.map(({ best, candidates, ...cell }) => ({
    ...cell,
    ...(best !== undefined && { best: nameOf(best) }),
    candidates: candidates.map(nameOf),
  }));
}

/** The records of all sides as files: `ab-base.json`, `ab-head.json`, of several heads `ab-head-2.json` and so on. */
export function recordFiles(
  records: Readonly<Partial<AbRecords>>,
  suffix: "" | "-confirmation" = "",
): OutputFile[] {
  return sidesOf(records).map((side) => ({
    name: `ab-${side.replace(" ", "-")}${suffix}.json`,
    text: encodeRecord(records[side]!),
  }));
}

/** A rule that is about nothing would be noticed after minutes, or never. Throws UsageError. */
export function refuseIdlePolicy(
  policy: Policy,
  { plan, ofBase, unshared }: AbPlan,
  args: ParsedArguments,
): void {
  const metrics = [...ofBase.metrics, ...withGenerationMetrics(plan.metrics)];
  const parts = [{ ...plan, metrics }, ...Object.values(unshared ?? {})];
  refuseIdleMetrics(policy, metrics);
  refuseIdleStrictness(policy, parts.flatMap(({ cases }) => cases));
  // Who selects cases may well have rules for others.
  const isAll = ["scenario", "transport", "case"].every((name) => !args.values.has(name));
  if (isAll) refuseIdleRules(policy, parts);
}
