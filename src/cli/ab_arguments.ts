// From the arguments of `ab` to a job, checked before anything is prepared.

import type { Slowdown } from "../ab/slowed_transport.ts";
import type { Side } from "../ab/paired_trials.ts";
import { parseSubject, SUBJECT_FORMS, SubjectError } from "../ab/subject.ts";
import type { Policy } from "../gate/gate_policy.ts";
import { MAX_ROUNDS, type SettingsInput } from "../plan/settings.ts";
import type { GateFormat } from "../report/build/judgement.ts";
import { chooseGateFormats, readPolicy } from "./gate_arguments.ts";
import type { ParsedArguments } from "./command.ts";
import { DEFAULT_OUT } from "./job_files.ts";
import { valueOf, valuesOf } from "./parse_arguments.ts";
import { settingsInput } from "./run_arguments.ts";
import { choosePeer } from "./session.ts";
import { UsageError } from "./usage_error.ts";

/** Trials of one process do not wake another core: they pair best. */
const DEFAULT_AB_PEER = "loop";

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
  for (const side of ["base", "head"] as const) checkSubject(side, subjects[side]);
  const slowdown = readSlowdown(args);
  return {
    subjects,
    modules: valuesOf(args, "module"),
    input: {
      ...settingsInput(args),
      profile: "quick",
      peer: choosePeer(valueOf(args, "peer") ?? DEFAULT_AB_PEER).peer,
    },
    ...readPairs(valueOf(args, "pairs")),
    policy: await readPolicy(args),
    formats: await chooseGateFormats(valuesOf(args, "format")),
    out: valueOf(args, "out") ?? DEFAULT_OUT,
    ...(slowdown !== undefined && { slowdown }),
  };
}

function checkSubject(side: Side, text: string): void {
  try {
    parseSubject(text);
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
