// `sockbench ab`.

import {
  type AbGateOutcome,
  defaultPairs,
  defaultPrecision,
  neededPairs,
  runAbGate,
} from "../../ab/ab_gate.ts";
import { openAgent } from "../../ab/agent_link.ts";
import type { AgentOrder } from "../../ab/agent_protocol.ts";
import { estimateAbNs } from "../../ab/pair_trial.ts";
import {
  type OnMade,
  type PreparedSubject,
  prepareSubject,
  removeFolder,
} from "../../ab/prepare_subject.ts";
import type { AbOptions, AbRecords } from "../../ab/ab_options.ts";
import type { Side } from "../../ab/paired_trials.ts";
import { LostAgentsError } from "../../ab/run_ab.ts";
import { parseSubject, SubjectError } from "../../ab/subject.ts";
import { systemClock } from "../../clock.ts";
import type { PeerKind } from "../../model/placement.ts";
import { encodeRecord } from "../../record/codec.ts";
import { readEnvironment } from "../../run/environment.ts";
import { createSocketDirectory } from "../../transport/socket_directory.ts";
import { type AbJob, readAbJob } from "../ab_arguments.ts";
import { type AbProgress, createAbProgress } from "../ab_progress.ts";
import { EXIT } from "../exit.ts";
import { refuseIdleMetrics, repeatJob } from "../gate_arguments.ts";
import { writeGateReport, writeRecords } from "../gate_output.ts";
import { clearEarlierJob } from "../job_files.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { type OutputFile, prepareOutputDirectory } from "../output_directory.ts";
import type { ParsedArguments } from "../command.ts";
import { inputFiles } from "../parse_arguments.ts";
import { type AbPlan, planAb } from "../plan_ab.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";

/** Prepares both subjects, measures them in pairs, judges, writes. */
export async function ab(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const job = await readAbJob(args);
  await clearEarlierJob("ab", job.out, inputFiles(args, ["budget-file", "module"]));
  await prepareOutputDirectory(job.out);
  const progress = createAbProgress(terminal, args.flags.has("quiet"));
  const leftovers: (() => void)[] = [];
  using interrupts = listenForInterrupts(
    () => progress.say("sockbench: interrupted; finishing the pair under way (again: end at once)"),
    // The newest first: agents before the folders they work in.
    () => {
      progress.end();
      leftovers.reverse().forEach((remove) => remove());
    },
  );
  const onMade = (remove: () => void) => void leftovers.push(remove);
  const context: Context = { args, job, progress, terminal, onMade, signal: interrupts.signal };
  try {
    return await compareSubjects(context);
  } catch (error) {
    progress.end();
    // Ctrl-C reaches git and deno install too: what they then fail of is the interruption.
    if (interrupts.signal.aborted && isFailure(error)) return EXIT.interrupted;
    if (error instanceof SubjectError && error.isUsage) throw new UsageError(error.message);
    if (error instanceof Deno.errors.NotCapable) {
      throw new UsageError(
        "ab needs --allow-run: it starts agents, and git where a subject is a commit",
      );
    }
    if (!isFailure(error)) throw error;
    progress.say(`sockbench: cannot judge: ${error.message}`);
    if (error instanceof LostAgentsError) await keepPartial(error.records, context);
    return EXIT.cannotJudge;
  }
}

interface Context {
  readonly args: ParsedArguments;
  readonly job: AbJob;
  readonly progress: AbProgress;
  readonly terminal: Terminal;
  /** Told what must be removed first when the process ends at once. */
  readonly onMade: OnMade;
  readonly signal: AbortSignal;
}

/** A subject that cannot be had, or an agent that failed. */
function isFailure(error: unknown): error is Error {
  return error instanceof Error && ["SubjectError", "AgentError", "PeerError"].includes(error.name);
}

async function compareSubjects(context: Context): Promise<number> {
  const { args, job, progress, signal, onMade } = context;
  const prepare = (side: Side) =>
    prepareSubject(parseSubject(job.subjects[side]), job.subjects[side], job.modules, onMade);
  await using base = await prepare("base");
  await using head = await prepare("head");
  if (signal.aborted) return EXIT.interrupted;
  await using sockets = await createSocketDirectory();
  onMade(() => removeFolder(sockets.path));
  context.terminal.made?.(sockets.path);
  const subjects = { base, head };
  const planned = await planBoth(subjects, sockets.path, context);
  refuseIdleMetrics(job.policy, [...planned.ofBase.metrics, ...planned.plan.metrics]);
  const options = await optionsOf(planned, subjects, sockets.path, context);
  announce(planned, options, context);
  const outcome = await runAbGate(planned.plan, options, job.policy, progress);
  progress.end();
  return await finish(outcome, context, args);
}

/** Agents of their own for planning, so that measuring starts with fresh ones. */
async function planBoth(
  subjects: Readonly<Record<Side, PreparedSubject>>,
  directory: string,
  { job: { input }, onMade }: Context,
): Promise<AbPlan> {
  const order = (side: Side): AgentOrder => ({
    modules: subjects[side].modules,
    peer: input.peer as PeerKind,
    directory,
  });
  await using base = await openAgent("base", subjects.base, order("base"), { onMade });
  await using head = await openAgent("head", subjects.head, order("head"), { onMade });
  return await planAb(input, { base, head });
}

async function optionsOf(
  { plan, ofBase, unshared }: AbPlan,
  subjects: Readonly<Record<Side, PreparedSubject>>,
  directory: string,
  { args, job, signal, onMade }: Context,
): Promise<AbOptions> {
  const { seed, peer, precision, budgetNs } = plan.settings;
  return {
    subjects,
    pairs: job.pairs ?? defaultPairs(plan, job.policy),
    ...(precision !== undefined && { precision }),
    budgetNs,
    peer,
    seed,
    clock: systemClock,
    directory,
    environment: await readEnvironment(),
    command: repeatJob(args, ["--seed", String(seed)]),
    startedAt: new Date().toISOString(),
    ...(job.slowdown !== undefined && { slowdown: job.slowdown }),
    ofBase,
    ...(unshared !== undefined && { unshared }),
    onMade,
    signal,
  };
}

function announce({ plan }: AbPlan, options: AbOptions, { job, progress }: Context): void {
  const pairs = Math.max(options.pairs, neededPairs(plan, job.policy));
  progress.start({
    plan,
    pairs,
    ...(pairs > options.pairs && { askedPairs: options.pairs }),
    estimateNs: estimateAbNs(plan, pairs),
    budgetNs: options.budgetNs,
    precision: options.precision ?? defaultPrecision(job.policy),
    ...job.subjects,
  });
}

async function finish(
  { records, confirmation, result, interrupted }: AbGateOutcome,
  context: Context,
  args: ParsedArguments,
): Promise<number> {
  const { job, terminal } = context;
  const files = [
    ...recordFiles(records, ""),
    ...(confirmation === undefined ? [] : recordFiles(confirmation, "-confirmation")),
  ];
  if (interrupted) {
    await keepPartial(records, context, files);
    return EXIT.interrupted;
  }
  const isWritten = await writeGateReport(
    { result, base: job.subjects.base, head: job.subjects.head },
    {
      out: job.out,
      stem: "ab",
      records: files,
      formats: job.formats,
      annotations: args.flags.has("annotations"),
    },
    terminal,
  );
  return result.exitCode === EXIT.ok && !isWritten ? EXIT.usage : result.exitCode;
}

/** What was measured of a job that ended early is not judged, and not thrown away either. */
async function keepPartial(
  records: AbRecords,
  { job, terminal, progress }: Context,
  files: OutputFile[] = recordFiles(records, ""),
): Promise<void> {
  if (records.base.trials.length === 0) {
    progress.say("sockbench: no pair was finished; nothing is written");
    return;
  }
  const written = await writeRecords(job.out, files, terminal);
  progress.say(`Partial records, not judged, written to\n${written.join("\n")}`);
}

function recordFiles({ base, head }: AbRecords, suffix: "" | "-confirmation"): OutputFile[] {
  return [
    { name: `ab-base${suffix}.json`, text: encodeRecord(base) },
    { name: `ab-head${suffix}.json`, text: encodeRecord(head) },
  ];
}
