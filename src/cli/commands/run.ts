import {
  DEFAULT_OUT,
  MARGIN_OPTION,
  marginOf,
  MODULE_OPTION,
  PLACEMENT_OPTIONS,
  REPLAY_OPTION,
  SELECTION_OPTIONS,
} from "../options.ts";
import type { Command, ParsedArguments } from "../parse.ts";
import { flag, inputFiles, option, valueOf, valuesOf } from "../parse.ts";
import type { Plan } from "../../plan/plan.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { Session } from "../../run/session.ts";
import { loadLate } from "../late.ts";
import { EXIT, NothingToMeasureError, UsageError } from "../failure.ts";
import { listenForInterrupts, removeDirectory } from "../interrupts.ts";
import type { Progress, Verbosity } from "../terminal/progress.ts";
import { refuseIdleBudget, repeatCommand, settingsInput } from "../run_arguments.ts";
import type { Terminal } from "../terminal/terminal.ts";

export const runCommand: Command = {
  name: "run",
  endsInVerdict: true,
  summary: "Measure this machine's sockets and write a comparative report",
  description: [
    "Measures every selected case in interleaved rounds and leaves latest.json (the record: every trial), latest.md " +
    "and latest.html (the report, to read and to look at) in the output directory. Ctrl-C keeps the finished trials in a record marked partial.",
    "A case is a scenario, a transport and parameters, as in round-trip/tcp/bytes=64; " +
    '"sockbench list" shows them all. Sizes are written 64, 16k, 1KiB, 1MiB, or largest (a datagram transport\'s limit).',
  ],
  positionals: [],
  options: [
    ...SELECTION_OPTIONS,
    REPLAY_OPTION,
    option(
      "precision",
      "share",
      "Add rounds until the interval of every headline metric is this narrow, as in 2%; 32 rounds and 15 s at least",
    ),
    MARGIN_OPTION,
    option(
      "budget",
      "time",
      "With --precision: when adding rounds ends at the latest, as in 2min",
      { default: "120s" },
    ),
    ...PLACEMENT_OPTIONS,
    option("seed", "n", "Order of the cases, 0 to 4294967295; the same seed repeats it", {
      default: "random, recorded",
    }),
    option("out", "dir", "Where the files go", { short: "o", default: "reports" }),
    option(
      "format",
      "names",
      "Reports to write beside the record: md, html, text, csv, tsv, agent (json is the record itself, always written)",
      { short: "f", list: true, default: "md,html,json" },
    ),
    MODULE_OPTION,
    flag(
      "quiet",
      "No plan, no progress and no tables; the answer in one line, errors and warnings",
      { short: "q" },
    ),
    { name: "verbose", short: "v", description: "A line for every trial" },
  ],
  examples: {
    "deno task sockbench run --profile quick": "A first look, within 20 seconds",
    "deno task sockbench run --scenario nagle --transport tcp": "What Nagle's algorithm costs here",
    "deno task sockbench run --case 'round-trip/*/bytes=64' --peer loop --rounds 30":
      "One question, all transports, many rounds",
    "deno task sockbench run --scenario throughput --param bytes=16k,1MiB --seed 42":
      "Sizes of your own, in an order that can be repeated",
  },
  action: run,
};

/** What is written by default; the record is written in any case. */
const DEFAULT_FORMATS = ["md", "html", "json"];

/** Plans, measures and writes. Everything a user can get wrong is checked before the first trial. */
async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const measuring = await import("../measuring.ts");
  const rendering = await loadLate<typeof import("../rendering.ts")>(
    "rendering",
  );
  const progress = measuring.createProgress(terminal, verbosityOf(args));
  refuseIdleBudget(args);
  const margin = marginOf(args);
  const modules = measuring.moduleUrls(valuesOf(args, "module"));
  const out = valueOf(args, "out") ?? DEFAULT_OUT;
  const clear = () => measuring.clearEarlierJob("run", out, inputFiles(args, ["module", "replay"]));
  // A module may do anything when it is loaded.
  if (modules.length > 0) await clear();
  const choice = measuring.choosePeer(valueOf(args, "peer"), modules);
  const catalog = await measuring.openCatalog(modules);
  const replay = await measuring.replayOf(args);
  const input = { ...settingsInput(args), ...replay, peer: choice.peer, modules };
  const formats = await Promise.all(
    formatNames(valuesOf(args, "format")).map(rendering.findFormat),
  );

  const leftover: { directory?: string } = {};
  using interrupts = listenForInterrupts(
    () => progress.say("sockbench: interrupted; keeping the finished trials (again: end at once)"),
    () => {
      progress.end();
      removeDirectory(leftover.directory);
    },
  );
  await using session = await measuring.Session.open({ catalog });
  leftover.directory = session.directory;
  terminal.made?.(session.directory);
  const selecting = measuring.planSelection(input, session);
  const selected = await measuring.unlessAborted(selecting, interrupts.signal).catch(
    async (error) => {
      // A misspelt name is no job: it takes nobody's last record away.
      if (!interrupts.signal.aborted && !(error instanceof NothingToMeasureError)) throw error;
      await clear();
      if (interrupts.signal.aborted) return undefined;
      throw error;
    },
  );
  if (selected === undefined) return EXIT.interrupted;
  await clear();
  const plan = session.explain(selected, choice.skip);
  await measuring.prepareOutputDirectory(out);

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
  const isWritten = await rendering.writeResults(record, results, terminal);
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
function formatNames(asked: readonly string[]): readonly string[] {
  const names = new Set(asked.length === 0 ? DEFAULT_FORMATS : asked);
  names.delete("json");
  return [...names];
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
