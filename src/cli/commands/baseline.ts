import { MODULE_OPTION, PLACEMENT_OPTIONS, SELECTION_OPTIONS } from "../options.ts";
import { type Command, option, type ParsedArguments, valueOf, valuesOf } from "../parse.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { loadLate } from "../late.ts";
import { EXIT, UsageError } from "../failure.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { repeatWords, settingsInput } from "../run_arguments.ts";
import type { Progress } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";

const DEFAULT_DIRECTORY = "baseline";
const DEFAULT_RUNS = 5;
const MIN_RUNS = 2;
const MAX_RUNS = 100;
const DEFAULT_OVER = "30m";
const DEFAULT_OVER_MS = 30 * 60_000;

export const baselineCommand: Command = {
  name: "baseline",
  summary: "Measure the same in several runs over half an hour, for gate --baseline",
  description: [
    "Runs of the same code differ from one another by more than any of them shows. A baseline is therefore several runs, each in a process of " +
    "its own, spread over some time: gate compares its own run with how they differ. They are run-1.json, run-2.json and so on in the output " +
    "directory, each a record as run writes it.",
    "Ctrl-C keeps the runs that are finished; the same command goes on with the next. Runs of another machine, other code or other settings are " +
    "refused: a baseline is renewed in another directory, never edited.",
    "Exit codes: 0 all runs are there, 2 wrong input, 3 a run could not be measured, 130 interrupted.",
  ],
  positionals: [],
  options: [
    ...SELECTION_OPTIONS,
    option("runs", "n", "Runs in all, 2 to 100; fewer than 5 find large slowdowns only", {
      default: "5",
    }),
    option("over", "time", "From the start of the first run to that of the last, as in 30m or 2h", {
      default: DEFAULT_OVER,
    }),
    ...PLACEMENT_OPTIONS,
    option("out", "dir", "Where the runs go", { short: "o", default: DEFAULT_DIRECTORY }),
    MODULE_OPTION,
    { name: "quiet", short: "q", description: "No plans and no progress; errors and warnings" },
  ],
  examples: {
    "deno task sockbench baseline --scenario round-trip,connect --out baseline":
      "Five runs over half an hour; then gate --baseline baseline",
    "deno task sockbench baseline --module ./bench.ts --runs 8 --over 2h":
      "Your own socket code, and more runs for smaller slowdowns",
  },
  action: baseline,
};

type Engine =
  & typeof import("../measuring.ts")
  & typeof import("../judging.ts");

interface Context {
  readonly engine: Engine;
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly isQuiet: boolean;
  readonly out: string;
  readonly runs: number;
  readonly overMs: number;
  readonly modules: readonly string[];
  readonly words: readonly string[];
  /** The command that repeats the baseline, by which runs of other settings are told. */
  readonly command: string;
}

async function baseline(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const engine: Engine = {
    ...await import("../measuring.ts"),
    ...await loadLate<typeof import("../judging.ts")>("judging"),
  };
  const isQuiet = args.flags.has("quiet");
  const progress = engine.createProgress(terminal, isQuiet ? "quiet" : "normal");
  const out = valueOf(args, "out") ?? DEFAULT_DIRECTORY;
  using interrupts = listenForInterrupts(
    () => progress.say(`sockbench: interrupted; finished runs are kept in ${out}, this one is not`),
    () => progress.end(),
  );
  const context: Context = {
    engine,
    terminal,
    progress,
    signal: interrupts.signal,
    isQuiet,
    out,
    runs: readCount(valueOf(args, "runs")),
    overMs: engine.readTime("over", valueOf(args, "over") ?? DEFAULT_OVER),
    modules: valuesOf(args, "module"),
    words: [...wordsOf(args), ...(isQuiet ? ["--quiet"] : [])],
    command: repeatWords("baseline", args, NOT_REPEATED, []),
  };
  await refuseWrong(args, context);
  const kept = [...await engine.readRuns(out)];
  await refuseOthers(kept, context);
  warn(context);
  while (kept.length < context.runs) {
    const next = await measureNext(kept, context);
    if (typeof next === "number") return next;
    kept.push(next);
  }
  if (!isQuiet) terminal.out(conclude(kept, context));
  return EXIT.ok;
}

/** Options that say where runs go and how many there are. */
const NOT_REPEATED = new Set(["out", "quiet", "runs", "over"]);

/** What was given, as arguments of `run`. */
function wordsOf(args: ParsedArguments): readonly string[] {
  return args.command.options.filter(({ name }) => !NOT_REPEATED.has(name))
    .flatMap(({ name }) => valuesOf(args, name).map((value) => `--${name}=${value}`));
}

/** What is wrong with the arguments is said before a run is waited for. */
async function refuseWrong(args: ParsedArguments, { engine, modules, out }: Context) {
  const catalog = await engine.openCatalog(engine.moduleUrls(modules));
  const peer = valueOf(args, "peer");
  engine.createSettings({ ...settingsInput(args), ...(peer !== undefined && { peer }) }, catalog);
  await engine.prepareOutputDirectory(out);
}

/** Runs that are there and could not be of one baseline with what would be measured now. */
async function refuseOthers(kept: readonly RunRecord[], context: Context): Promise<void> {
  const [first] = kept;
  if (first === undefined) return;
  const { engine, out, command } = context;
  const here = await engine.readEnvironment();
  const now = engine.withCode({ ...first, environment: here, trials: [] }, await codeOf(context));
  const mixture = engine.findMixture([...kept, now]) ??
    (first.settings.command === command
      ? undefined
      : `its runs are those of "${first.settings.command}"`);
  if (mixture === undefined) return;
  throw new UsageError(
    `cannot go on with the baseline in ${out}, as ${mixture}: name another --out`,
  );
}

async function codeOf({ engine, modules }: Context): Promise<string | null> {
  return modules.length === 0 ? null : await engine.digestFiles(engine.moduleUrls(modules));
}

function warn({ engine, runs, overMs, progress }: Context): void {
  const [own, usual] = [runs, DEFAULT_RUNS].map((count) =>
    engine.spreadsToBeFound(count, engine.HEAD_RUNS).toPrecision(2)
  );
  if (runs < DEFAULT_RUNS) {
    progress.say(
      `sockbench: of ${runs} runs gate finds what is ${own} times as large as runs differ, of ${DEFAULT_RUNS} what is ${usual} times`,
    );
  }
  if (overMs < DEFAULT_OVER_MS) {
    progress.say(
      `sockbench: runs within ${engine.formatDuration(overMs * 1e6)} do ` +
        "not show what changes over half an hour: gate may be red for that",
    );
  }
}

/** Waits until the next run is due, and measures it; a number is the exit code of a command that ends. */
async function measureNext(kept: readonly RunRecord[], context: Context) {
  const { engine, progress, signal, out, runs, overMs } = context;
  const place = `run ${kept.length + 1} of ${runs}`;
  const spaceMs = overMs / (runs - 1);
  const last = kept.at(-1);
  const waitMs = last === undefined ? 0 : Date.parse(last.startedAt) + spaceMs - Date.now();
  if (waitMs > 0) {
    const limitedMs = Math.min(waitMs, spaceMs);
    progress.step(`${place} starts in ${engine.formatDuration(limitedMs * 1e6)}`);
    await engine.pause(limitedMs, signal);
  }
  if (signal.aborted) return EXIT.interrupted;
  progress.step(place);
  const code = await codeOf(context);
  const name = await engine.nextRunName(out);
  const found = await engine.measureRun({
    ...context,
    args: context.words,
    name,
    finish: (record) =>
      engine.withCode({
        ...record,
        settings: { ...record.settings, command: context.command },
      }, code),
  }, context.terminal);
  if (signal.aborted) return EXIT.interrupted;
  if (typeof found === "number") {
    progress.say(`sockbench: ${place} is not kept, as it could not be measured whole`);
    return found;
  }
  const mixture = engine.findMixture([...kept, found]);
  if (mixture === undefined) return found;
  await Deno.remove(`${out}/${name}`);
  throw new UsageError(`${name} is not kept in ${out}, as ${mixture}`);
}

/** What there is, how far runs differ, and what gate could find with them. */
function conclude(runs: readonly RunRecord[], { engine, out }: Context): string {
  const [first, last] = [runs[0]!, runs.at(-1)!];
  const span = Date.parse(last.startedAt) - Date.parse(first.startedAt);
  const compared = engine.compareRuns(runs, runs, engine.HEAD_RUNS);
  const policy = engine.BASELINE_POLICY;
  const hopeless = engine.findHopeless(compared, policy);
  const cells = engine.judge(compared, policy).cells.flatMap((cell) =>
    cell.headline && cell.detectable !== undefined
      ? [{ name: `${cell.case} ${cell.metric}`, effect: cell.detectable.effect }]
      : []
  ).sort((a, b) => a.effect - b.effect);
  const [median, widest] = [cells[Math.floor((cells.length - 1) / 2)], cells.at(-1)];
  const lines = [
    `Baseline of ${runs.length} runs of ${first.cases.length} ${
      first.cases.length === 1 ? "case" : "cases"
    }, from the first start to the last ${engine.formatDuration(span * 1e6)}, in ${out}`,
    ...(median === undefined || widest === undefined ? [] : [
      `gate finds a headline that is ${engine.formatShare(median.effect)} slower ` +
      `in the median case, ${engine.formatShare(widest.effect)} in the widest (${widest.name})`,
    ]),
    ...(hopeless === undefined ? [] : [`gate at its default threshold refuses it: ${hopeless}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function readCount(text: string = String(DEFAULT_RUNS)): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (count >= MIN_RUNS && count <= MAX_RUNS) return count;
  throw new UsageError(
    `--runs must be a whole number from ${MIN_RUNS} to ${MAX_RUNS}: "${text}" is not`,
  );
}
