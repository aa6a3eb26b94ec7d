import type { Command, ParsedArguments } from "../parse.ts";
import { inputFiles, option, valueOf, valuesOf } from "../parse.ts";
import { DEFAULT_OUT, MODULE_OPTION, POLICY_OPTIONS, VERDICT_OPTIONS } from "../options.ts";
import type { Policy } from "../../gate/gate_policy.ts";
import type { RunRecord } from "../../model/run_record.ts";
import { loadLate } from "../late.ts";
import { CannotJudge, EXIT, UsageError } from "../failure.ts";
import type { GateContext, Judged } from "../measure_head.ts";
import type { Progress } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";

export const gateCommand: Command = {
  name: "gate",
  endsInVerdict: true,
  summary: "Fail when this machine is slower than a stored baseline",
  description: [
    "Compares a candidate with a baseline that was stored before. Without a candidate it measures the baseline's cells now, " +
    "as the baseline did. A baseline is worth something on the machine that made it: where the environments do not match, " +
    "nothing is judged and the exit code is 3. On machines that come and go, as in most CI, use ab.",
    "Of a baseline with several runs (sockbench baseline) the run is the unit: what is slower than such runs differ from one another is measured " +
    "again three times, each in a process of its own, and all four runs decide. A single record, as run writes it, knows nothing of how runs differ.",
    "Exit codes: 0 pass, 1 regressed, 2 wrong input, 3 cannot judge, 130 interrupted.",
  ],
  positionals: [],
  options: [
    option(
      "baseline",
      "path",
      "What is compared against: the directory of baseline, or a record of run; required",
      { short: "b" },
    ),
    option("candidate", "path", "The record in question, or a directory of several", {
      short: "c",
      default: "measured now",
    }),
    option("pause", "time", "Before each run that measures again what looks slower, as in 30s", {
      default: "1min",
    }),
    ...POLICY_OPTIONS,
    MODULE_OPTION,
    ...VERDICT_OPTIONS,
  ],
  retired: {
    normalize:
      "--normalize is gone, as it narrowed one kind of cell in four: measure the baseline on this machine, or use ab",
  },
  examples: {
    "deno task sockbench gate --baseline baseline":
      "Measure the baseline's cells now and judge them",
    "deno task sockbench gate --baseline old.json --candidate new.json --metric p50,p99 -f junit":
      "Judge two records, for a CI system that reads JUnit",
  },
  action: gate,
};

/** The name of a candidate that has no file. */
const MEASURED_NOW = "this machine, now";

/** What is said beside a verdict that rests on one run a side. */
const ONE_RUN =
  "The baseline is one run, which knows nothing of how runs of one build differ: sockbench baseline measures several";

/** Judges a candidate, measured now unless it is named, against a stored baseline. */
async function gate(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const engine = await loadEngine();
  const progress = engine.createProgress(terminal, args.flags.has("quiet") ? "quiet" : "normal");
  const source = valueOf(args, "baseline");
  if (source === undefined) {
    throw new UsageError(
      "gate needs --baseline <path>: the directory of baseline, or a record of run",
    );
  }
  const policy = await engine.readPolicy(args, engine.BASELINE_POLICY);
  const formats = await engine.chooseGateFormats(valuesOf(args, "format"));
  const pauseMs = engine.readTime("pause", valueOf(args, "pause") ?? "1min");
  const out = valueOf(args, "out") ?? DEFAULT_OUT;
  const inputs = inputFiles(args, ["baseline", "candidate", "budget-file", "module"]);
  await engine.clearEarlierJob("gate", out, inputs);
  if (source !== "-" && await isMissing(source)) {
    progress.say(
      `sockbench: cannot judge: there is no baseline ${source}: measure one with "baseline"`,
    );
    return EXIT.cannotJudge;
  }
  const runs = await engine.readRuns(source);
  const mixture = engine.findMixture(runs);
  if (mixture !== undefined) throw new UsageError(`${source} is not one baseline, as ${mixture}`);
  const [baseline] = runs;
  const context: GateContext = {
    terminal,
    progress,
    out,
    policy,
    pauseMs,
    modules: valuesOf(args, "module"),
    command: engine.repeatJob(args),
    keep: (files) => engine.writeRecords(out, files, terminal),
  };
  if (baseline === undefined) {
    progress.say(`sockbench: cannot judge: ${source} holds no run (run-1.json, …) of a baseline`);
    return EXIT.cannotJudge;
  }
  engine.refuseIdleMetrics(policy, baseline.metrics);
  engine.refuseIdleStrictness(policy, baseline.cases);
  await engine.prepareOutputDirectory(out);

  const candidate = valueOf(args, "candidate");
  const found = await orUnjudged(
    async () => {
      const heads = candidate === undefined ? [] : await engine.readRuns(candidate);
      engine.refuseIdleRules(policy, [...runs, ...heads]);
      return candidate === undefined
        ? await engine.measureHead(runs, context)
        : judgeStored(runs, heads, policy, engine);
    },
    progress,
  );
  if (typeof found === "number") return found;
  const notes = runs.length > 1 ? found.result.notes : [ONE_RUN, ...found.result.notes];
  const isWritten = await engine.writeGateReport(
    { result: { ...found.result, notes }, base: source, head: candidate ?? MEASURED_NOW },
    {
      out,
      stem: "gate",
      records: found.measured === undefined ? [] : [engine.headFile(found.measured)],
      formats,
      annotations: args.flags.has("annotations"),
    },
    terminal,
  );
  return found.result.exitCode === EXIT.ok && !isWritten ? EXIT.usage : found.result.exitCode;
}

type Engine = typeof import("../measuring.ts") & typeof import("../judging.ts");

async function loadEngine(): Promise<Engine> {
  return {
    ...await import("../measuring.ts"),
    ...await loadLate<typeof import("../judging.ts")>("judging"),
  };
}

async function orUnjudged<T>(work: () => Promise<T>, progress: Progress): Promise<T | number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CannotJudge)) throw error;
    progress.say(`sockbench: cannot judge: ${error.message}`);
    return EXIT.cannotJudge;
  }
}

/** Candidates that were measured before. */
function judgeStored(
  runs: readonly RunRecord[],
  heads: readonly RunRecord[],
  policy: Policy,
  engine: Engine,
): Judged {
  const mixture = engine.findMixture(heads);
  if (mixture !== undefined) throw new CannotJudge(`the candidate is not one, as ${mixture}`);
  const [baseline, head] = [runs[0]!, heads[0]];
  if (head === undefined) throw new CannotJudge("the candidate holds no run (run-1.json, …)");
  const compared = runs.length + heads.length > 2
    ? engine.compareRuns(runs, heads)
    : engine.compareRecords(baseline, head, { paired: false });
  const changed = findChangedHeadline(baseline, engine) ?? findChangedHeadline(head, engine);
  if (changed !== undefined) throw new CannotJudge(changed);
  // Machines that differ are reason enough, and say more.
  const isElsewhere = compared.environmentObstacles.length > 0;
  const isSame = runs.some((run) => heads.some((one) => engine.isSameRun(run, one)));
  if (isElsewhere || !isSame) return { result: engine.judge(compared, policy) };
  const advice = "measure the candidate, or leave --candidate out";
  throw new CannotJudge(`baseline and candidate are the same run: ${advice}`);
}

/** What a scenario of the suite's own gates by is not for a file to choose, which may have been edited or be of another version. */
function findChangedHeadline({ scenarios }: RunRecord, engine: Engine): string | undefined {
  const own = engine.createCatalog().scenarios;
  for (const { id, metrics } of scenarios) {
    const headline = own.get(id)?.metrics[0];
    if (headline === undefined || metrics[0] === headline) continue;
    return `scenario ${id} has the headline ${metrics[0]} ` +
      `in a record, and ${headline} in this sockbench: measure both anew`;
  }
  return undefined;
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
