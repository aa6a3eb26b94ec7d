// `sockbench gate`.

import { createCatalog } from "../../catalog.ts";
import { compareRecords } from "../../compare/compare_records.ts";
import type { RecordComparison } from "../../compare/comparison.ts";
import { environmentObstacles } from "../../compare/fingerprint.ts";
import { isSameRun } from "../../compare/same_run.ts";
import { judge } from "../../gate/judge.ts";
import type { Plan } from "../../plan/plan.ts";
import { encodeRecord } from "../../record/codec.ts";
import type { Environment } from "../../model/environment.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { readEnvironment } from "../../run/environment.ts";
import { Session } from "../../run/session.ts";
import { unlessAborted } from "../../run/unless_aborted.ts";
import { EXIT } from "../exit.ts";
import { chooseGateFormats, readPolicy, refuseIdleMetrics, repeatJob } from "../gate_arguments.ts";
import { writeGateReport, writeRecords } from "../gate_output.ts";
import { clearEarlierJob, DEFAULT_OUT } from "../job_files.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { prepareOutputDirectory } from "../output_directory.ts";
import type { ParsedArguments } from "../command.ts";
import { inputFiles, valueOf, valuesOf } from "../parse_arguments.ts";
import { planBaseline } from "../plan_baseline.ts";
import { refuseEmptyPlan } from "../plan_selection.ts";
import { createProgress, type Progress } from "../progress.ts";
import { readRecord } from "../read_record.ts";
import { removeDirectory } from "../remove_directory.ts";
import { choosePeer, moduleUrls, openCatalog } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";

/** The name of a candidate that has no file. */
const MEASURED_NOW = "this machine, now";
const HEAD_FILE = "gate-head.json";

/** Judges a candidate, measured now unless it is named, against a stored baseline. */
export async function gate(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const progress = createProgress(terminal, args.flags.has("quiet") ? "quiet" : "normal");
  const source = valueOf(args, "baseline");
  if (source === undefined) throw new UsageError("gate needs --baseline <file>: a record of run");
  const policy = await readPolicy(args);
  const formats = await chooseGateFormats(valuesOf(args, "format"));
  const out = valueOf(args, "out") ?? DEFAULT_OUT;
  const inputs = inputFiles(args, ["baseline", "candidate", "budget-file", "module"]);
  await clearEarlierJob("gate", out, inputs);
  if (source !== "-" && await isMissing(source)) {
    progress.say(
      `sockbench: cannot judge: there is no baseline ${source}: measure one with "run" and keep its latest.json`,
    );
    return EXIT.cannotJudge;
  }
  const baseline = await readRecord(source);
  refuseIdleMetrics(policy, baseline.metrics);
  await prepareOutputDirectory(out);

  const candidate = valueOf(args, "candidate");
  const context: Context = { args, terminal, progress, out };
  const found = await orUnjudged(
    async () =>
      candidate === undefined
        ? await measureNow(baseline, context)
        : judgeable(baseline, await readRecord(candidate)),
    progress,
  );
  if (typeof found === "number") return found;
  const result = judge(found.compared, policy);
  const isWritten = await writeGateReport(
    { result, base: source, head: candidate ?? MEASURED_NOW },
    {
      out,
      stem: "gate",
      records: found.measured === undefined ? [] : [headFile(found.measured)],
      formats,
      annotations: args.flags.has("annotations"),
    },
    terminal,
  );
  return result.exitCode === EXIT.ok && !isWritten ? EXIT.usage : result.exitCode;
}

interface Found {
  readonly compared: RecordComparison;
  /** What was measured for it; absent: nothing was. */
  readonly measured?: RunRecord;
}

interface Context {
  readonly args: ParsedArguments;
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly out: string;
}

/** Why there can be no verdict, where that is no fault of the arguments: exit code 3 and one sentence. */
class CannotJudge extends Error {}

async function orUnjudged<T>(work: () => Promise<T>, progress: Progress): Promise<T | number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CannotJudge)) throw error;
    progress.say(`sockbench: cannot judge: ${error.message}`);
    return EXIT.cannotJudge;
  }
}

/** A candidate that was measured before. */
function judgeable(baseline: RunRecord, head: RunRecord): Found {
  const compared = compareRecords(baseline, head, { paired: false });
  const changed = findChangedHeadline(baseline) ?? findChangedHeadline(head);
  if (changed !== undefined) throw new CannotJudge(changed);
  // Machines that differ are reason enough, and say more.
  const isElsewhere = compared.environmentObstacles.length > 0;
  if (isElsewhere || !isSameRun(baseline, head)) return { compared };
  const advice = "measure the candidate, or leave --candidate out";
  throw new CannotJudge(`baseline and candidate are the same run: ${advice}`);
}

/** What a scenario of the suite's own gates by is not for a file to choose, which may have been edited or be of another version. */
function findChangedHeadline({ scenarios }: RunRecord): string | undefined {
  const own = createCatalog().scenarios;
  for (const { id, metrics } of scenarios) {
    const headline = own.get(id)?.metrics[0];
    if (headline === undefined || metrics[0] === headline) continue;
    return `scenario ${id} has the headline ${
      metrics[0]
    } in a record, and ${headline} in this sockbench: measure both anew`;
  }
  return undefined;
}

const headFile = (record: RunRecord) => ({ name: HEAD_FILE, text: encodeRecord(record) });

/** Measures the baseline's cells; a number is the exit code of a job that ended before. */
async function measureNow(baseline: RunRecord, context: Context): Promise<Found | number> {
  const { args, progress } = context;
  const modules = moduleUrls(valuesOf(args, "module"));
  const catalog = await openCatalog(modules);
  choosePeer(baseline.settings.peer, modules);
  const environment = await readEnvironment();
  const elsewhere = compareUnmeasured(baseline, environment);
  if (elsewhere !== undefined) return { compared: elsewhere };

  const leftover: { directory?: string } = {};
  using interrupts = listenForInterrupts(
    () => progress.say("sockbench: interrupted; keeping the finished trials (again: end at once)"),
    () => {
      progress.end();
      removeDirectory(leftover.directory);
    },
  );
  const needed = new Set(baseline.cases.map((c) => c.transport));
  await using session = await Session.open({ catalog });
  leftover.directory = session.directory;
  context.terminal.made?.(session.directory);
  const { pinning } = session;
  const probing = unlessAborted(session.probe(needed), interrupts.signal);
  const availability = await probing.catch((error) => {
    if (!interrupts.signal.aborted) throw error;
  });
  if (availability === undefined) return EXIT.interrupted;
  const plan = planBaseline(baseline, catalog, { availability, pinning }, modules);
  refuseEmptyPlan(plan);
  progress.start(plan);
  const record = await measure(plan, session, environment, context, interrupts.signal);
  if (record === undefined) return EXIT.cannotJudge;
  if (record.partial) {
    await keepPartial(record, context);
    return interrupts.signal.aborted ? EXIT.interrupted : EXIT.cannotJudge;
  }
  return { compared: compareRecords(baseline, record, { paired: false }), measured: record };
}

/**
 * Where the environments do not match, minutes of measuring would end in "incomparable" all the same.
 *
 * @returns every cell as incomparable; `undefined` where the environments match
 */
function compareUnmeasured(
  baseline: RunRecord,
  environment: Environment,
): RecordComparison | undefined {
  const { origin: _origin, ...rest } = baseline;
  const now: RunRecord = { ...rest, environment, trials: [] };
  const [obstacle, ...more] = environmentObstacles(baseline, now);
  if (obstacle === undefined) return undefined;
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  const reason = `not measured, as the environments do not match: ${obstacle}${others}`;
  const empty = compareRecords(baseline, now, { paired: false });
  return {
    ...empty,
    missingCells: [],
    incomparableCells: [
      ...empty.incomparableCells,
      ...empty.missingCells.map((cell) => ({ ...cell, reason })),
    ],
  };
}

async function measure(
  plan: Plan,
  session: Session,
  environment: Environment,
  { args, progress }: Context,
  signal: AbortSignal,
): Promise<RunRecord | undefined> {
  try {
    return await session.measure(plan, {
      environment,
      command: repeatJob(args),
      signal,
      onEvent: (event) => progress.take(event),
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "PeerError") throw error;
    progress.say(`sockbench: cannot judge: nothing could be measured: ${error.message}`);
    return undefined;
  } finally {
    progress.end();
  }
}

async function keepPartial(
  record: RunRecord,
  { out, terminal, progress }: Context,
): Promise<void> {
  if (record.trials.length === 0) {
    progress.say("sockbench: no trial was finished; nothing is written");
  } else {
    const written = await writeRecords(out, [headFile(record)], terminal);
    progress.say(`Partial record, not judged, written to\n${written.join("\n")}`);
  }
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return false;
  } catch (error) {
    // A name that is not UTF-8 comes with U+FFFD in it: what it names may well be there.
    return error instanceof Deno.errors.NotFound && !path.includes("\ufffd");
  }
}
