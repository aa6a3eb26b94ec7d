// `sockbench run`.

import type { Plan } from "../../plan/plan.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { ReportFormat } from "../../report/registry.ts";
import { Session } from "../../run/session.ts";
import { unlessAborted } from "../../run/unless_aborted.ts";
import { EXIT } from "../exit.ts";
import { clearEarlierJob, DEFAULT_OUT } from "../job_files.ts";
import { marginOf } from "../margin.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { prepareOutputDirectory } from "../output_directory.ts";
import type { ParsedArguments } from "../command.ts";
import { inputFiles, valueOf, valuesOf } from "../parse_arguments.ts";
import { planSelection } from "../plan_selection.ts";
import { createProgress, type Progress, type Verbosity } from "../progress.ts";
import { findFormat } from "../report_format.ts";
import { removeDirectory } from "../remove_directory.ts";
import { choosePeer, moduleUrls, openCatalog } from "../session.ts";
import { refuseIdleBudget, repeatCommand, settingsInput } from "../run_arguments.ts";
import { writeResults } from "../write_results.ts";
import type { Terminal } from "../terminal.ts";
import { NothingToMeasureError, UsageError } from "../usage_error.ts";

/** What is written by default; the record is written in any case. */
const DEFAULT_FORMATS = ["md", "html", "json"];

/** Plans, measures and writes. Everything a user can get wrong is checked before the first trial. */
export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const progress = createProgress(terminal, verbosityOf(args));
  refuseIdleBudget(args);
  const margin = marginOf(args);
  const modules = moduleUrls(valuesOf(args, "module"));
  const out = valueOf(args, "out") ?? DEFAULT_OUT;
  const clear = () => clearEarlierJob("run", out, inputFiles(args, ["module"]));
  // A module may do anything when it is loaded.
  if (modules.length > 0) await clear();
  const choice = choosePeer(valueOf(args, "peer"), modules);
  const catalog = await openCatalog(modules);
  const input = { ...settingsInput(args), peer: choice.peer, modules };
  const formats = await chooseFormats(valuesOf(args, "format"));

  const leftover: { directory?: string } = {};
  using interrupts = listenForInterrupts(
    () => progress.say("sockbench: interrupted; keeping the finished trials (again: end at once)"),
    () => {
      progress.end();
      removeDirectory(leftover.directory);
    },
  );
  await using session = await Session.open({ catalog });
  leftover.directory = session.directory;
  terminal.made?.(session.directory);
  const selecting = planSelection(input, session);
  const selected = await unlessAborted(selecting, interrupts.signal).catch(async (error) => {
    // A misspelt name is no job: it takes nobody's last record away.
    if (!interrupts.signal.aborted && !(error instanceof NothingToMeasureError)) throw error;
    await clear();
    if (interrupts.signal.aborted) return undefined;
    throw error;
  });
  if (selected === undefined) return EXIT.interrupted;
  await clear();
  const plan = session.explain(selected, choice.skip);
  await prepareOutputDirectory(out);

  progress.start(plan);
  const record = await measure(plan, session, args, interrupts.signal, progress);
  if (record === undefined) return EXIT.cannotJudge;
  if (record.trials.length === 0) {
    progress.say("sockbench: no trial was finished; nothing is written");
    return record.partial ? EXIT.interrupted : EXIT.cannotJudge;
  }
  const results = {
    out,
    formats,
    quiet: isQuiet(args),
    ...(margin === undefined ? {} : { margin }),
  };
  const isWritten = await writeResults(record, results, terminal);
  return exitCode(record, isWritten, interrupts.signal.aborted, progress);
}

function isQuiet(args: ParsedArguments): boolean {
  return verbosityOf(args) === "quiet";
}

function verbosityOf(args: ParsedArguments): Verbosity {
  if (args.flags.has("quiet") && args.flags.has("verbose")) {
    throw new UsageError("--quiet and --verbose contradict each other");
  }
  return args.flags.has("quiet") ? "quiet" : args.flags.has("verbose") ? "verbose" : "normal";
}

/** `json` is the record itself, which is always written. */
async function chooseFormats(asked: readonly string[]): Promise<readonly ReportFormat[]> {
  const names = new Set(asked.length === 0 ? DEFAULT_FORMATS : asked);
  names.delete("json");
  return await Promise.all([...names].map((name) => findFormat(name)));
}

/** Runs the plan; `undefined` when no peer could be started at all, which is said. */
async function measure(
  plan: Plan,
  session: Session,
  args: ParsedArguments,
  signal: AbortSignal,
  progress: Progress,
): Promise<RunRecord | undefined> {
  try {
    return await session.measure(plan, {
      command: repeatCommand(args, plan.settings),
      signal,
      onEvent: (event) => progress.take(event),
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "PeerError") throw error;
    progress.say(`sockbench: nothing could be measured: ${error.message}`);
    return undefined;
  } finally {
    progress.end();
  }
}

function exitCode(
  record: RunRecord,
  isWritten: boolean,
  isInterrupted: boolean,
  progress: Progress,
): number {
  const failed = record.trials.filter((trial) => trial.error !== undefined);
  if (failed.length === record.trials.length) {
    progress.say(`sockbench: every trial failed: ${failed[0]!.error!.message}`);
  } else if (failed.length > 0) {
    progress.say(`sockbench: ${failed.length} of ${record.trials.length} trials failed`);
  }
  const never = neverMeasured(record);
  if (never.length > 0 && failed.length < record.trials.length) {
    const more = never.length > 3 ? ` and ${never.length - 3} more` : "";
    progress.say(`sockbench: in no round measured: ${never.slice(0, 3).join(", ")}${more}`);
  }
  if (isInterrupted) return EXIT.interrupted;
  if (record.partial || never.length > 0) return EXIT.cannotJudge;
  if (failed.length === record.trials.length) return EXIT.cannotJudge;
  return isWritten ? EXIT.ok : EXIT.usage;
}

/** Cases that were tried, and failed every time. */
function neverMeasured({ cases, trials }: RunRecord): readonly string[] {
  const measured = new Set(
    trials.filter(({ error }) => error === undefined).map((one) => one.case),
  );
  return cases.map(({ id }) => id).filter((id) => !measured.has(id));
}
