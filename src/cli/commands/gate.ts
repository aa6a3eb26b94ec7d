import { type Command, inputFiles, type ParsedArguments, valueOf, valuesOf } from "../parse.ts";
import { DEFAULT_OUT, MODULE_OPTION, POLICY_OPTIONS, VERDICT_OPTIONS } from "../options.ts";
import type { RecordComparison } from "../../compare/comparison.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Environment } from "../../model/environment.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { Session } from "../../run/session.ts";
import { loadLate } from "../late.ts";
import { EXIT, UsageError } from "../failure.ts";
import { listenForInterrupts, removeDirectory } from "../interrupts.ts";
import type { Progress } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** `sockbench gate`. */
export const gateCommand: Command = {
  name: "gate",
  endsInVerdict: true,
  summary: "Fail when this machine is slower than a stored baseline",
  description: [
    "Compares a candidate with a record that was stored before. Without a candidate it measures the baseline's cells now, " +
    "as the baseline did. A baseline is worth something on the machine that made it: where the environments do not match, " +
    "nothing is judged and the exit code is 3. On machines that come and go, as in most CI, use ab.",
    "Exit codes: 0 pass, 1 regressed, 2 wrong input, 3 cannot judge, 130 interrupted.",
  ],
  positionals: [],
  options: [
    {
      name: "baseline",
      short: "b",
      value: "file",
      description: "The record compared against, as run wrote it; required",
    },
    {
      name: "candidate",
      short: "c",
      value: "file",
      description: "The record in question",
      default: "measured now",
    },
    ...POLICY_OPTIONS,
    MODULE_OPTION,
    ...VERDICT_OPTIONS,
  ],
  retired: {
    normalize:
      "--normalize is gone, as it narrowed one kind of cell in four: measure the baseline on this machine, or use ab",
  },
  examples: [
    {
      line: "deno task sockbench gate --baseline reports/baseline.json",
      description: "Measure the baseline's cells now and judge them",
    },
    {
      line:
        "deno task sockbench gate --baseline old.json --candidate new.json --metric p50,p99 -f junit",
      description: "Judge two records, for a CI system that reads JUnit",
    },
  ],
  action: gate,
};

/** The name of a candidate that has no file. */
const MEASURED_NOW = "this machine, now";
const HEAD_FILE = "gate-head.json";

/** What measures and what judges. */
type Engine = typeof import("../measuring.ts") & typeof import("../judging.ts");

async function loadEngine(): Promise<Engine> {
  return {
    ...await import("../measuring.ts"),
    ...await loadLate<typeof import("../judging.ts")>("judging"),
  };
}

/** Judges a candidate, measured now unless it is named, against a stored baseline. */
async function gate(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const engine = await loadEngine();
  const progress = engine.createProgress(terminal, args.flags.has("quiet") ? "quiet" : "normal");
  const source = valueOf(args, "baseline");
  if (source === undefined) throw new UsageError("gate needs --baseline <file>: a record of run");
  const policy = await engine.readPolicy(args, engine.BASELINE_POLICY);
  const formats = await engine.chooseGateFormats(valuesOf(args, "format"));
  const out = valueOf(args, "out") ?? DEFAULT_OUT;
  const inputs = inputFiles(args, ["baseline", "candidate", "budget-file", "module"]);
  await engine.clearEarlierJob("gate", out, inputs);
  if (source !== "-" && await isMissing(source)) {
    progress.say(
      `sockbench: cannot judge: there is no baseline ${source}: measure one with "run" and keep its latest.json`,
    );
    return EXIT.cannotJudge;
  }
  const baseline = await engine.readRecord(source);
  engine.refuseIdleMetrics(policy, baseline.metrics);
  engine.refuseIdleStrictness(policy, baseline.cases);
  await engine.prepareOutputDirectory(out);

  const candidate = valueOf(args, "candidate");
  const context: Context = { engine, args, terminal, progress, out };
  const found = await orUnjudged(
    async () =>
      candidate === undefined
        ? await measureNow(baseline, context)
        : judgeable(baseline, await engine.readRecord(candidate), engine),
    progress,
  );
  if (typeof found === "number") return found;
  const result = engine.judge(found.compared, policy);
  const isWritten = await engine.writeGateReport(
    { result, base: source, head: candidate ?? MEASURED_NOW },
    {
      out,
      stem: "gate",
      records: found.measured === undefined ? [] : [headFile(found.measured, engine)],
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
  readonly engine: Engine;
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
function judgeable(baseline: RunRecord, head: RunRecord, engine: Engine): Found {
  const compared = engine.compareRecords(baseline, head, { paired: false });
  const changed = findChangedHeadline(baseline, engine) ?? findChangedHeadline(head, engine);
  if (changed !== undefined) throw new CannotJudge(changed);
  // Machines that differ are reason enough, and say more.
  const isElsewhere = compared.environmentObstacles.length > 0;
  if (isElsewhere || !engine.isSameRun(baseline, head)) return { compared };
  const advice = "measure the candidate, or leave --candidate out";
  throw new CannotJudge(`baseline and candidate are the same run: ${advice}`);
}

/** What a scenario of the suite's own gates by is not for a file to choose, which may have been edited or be of another version. */
function findChangedHeadline({ scenarios }: RunRecord, engine: Engine): string | undefined {
  const own = engine.createCatalog().scenarios;
  for (const { id, metrics } of scenarios) {
    const headline = own.get(id)?.metrics[0];
    if (headline === undefined || metrics[0] === headline) continue;
    return `scenario ${id} has the headline ${
      metrics[0]
    } in a record, and ${headline} in this sockbench: measure both anew`;
  }
  return undefined;
}

const headFile = (record: RunRecord, engine: Engine) => ({
  name: HEAD_FILE,
  text: engine.encodeRecord(record),
});

/** Measures the baseline's cells; a number is the exit code of a job that ended before. */
async function measureNow(baseline: RunRecord, context: Context): Promise<Found | number> {
  const { engine, args, progress } = context;
  const modules = engine.moduleUrls(valuesOf(args, "module"));
  const catalog = await engine.openCatalog(modules);
  engine.choosePeer(baseline.settings.peer, modules);
  const environment = await engine.readEnvironment();
  const elsewhere = compareUnmeasured(baseline, environment, engine);
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
  await using session = await engine.Session.open({ catalog });
  leftover.directory = session.directory;
  context.terminal.made?.(session.directory);
  const { pinning } = session;
  const probing = engine.unlessAborted(session.probe(needed), interrupts.signal);
  const availability = await probing.catch((error) => {
    if (!interrupts.signal.aborted) throw error;
  });
  if (availability === undefined) return EXIT.interrupted;
  const plan = engine.planBaseline(baseline, catalog, { availability, pinning }, modules);
  engine.refuseEmptyPlan(plan);
  progress.start(plan);
  const record = await measure(plan, session, environment, context, interrupts.signal);
  if (record === undefined) return EXIT.cannotJudge;
  if (record.partial) {
    await keepPartial(record, context);
    return interrupts.signal.aborted ? EXIT.interrupted : EXIT.cannotJudge;
  }
  return { compared: engine.compareRecords(baseline, record, { paired: false }), measured: record };
}

/**
 * Where the environments do not match, minutes of measuring would end in "incomparable" all the same.
 *
 * @returns every cell as incomparable; `undefined` where the environments match
 */
function compareUnmeasured(
  baseline: RunRecord,
  environment: Environment,
  engine: Engine,
): RecordComparison | undefined {
  const { origin: _origin, ...rest } = baseline;
  const now: RunRecord = { ...rest, environment, trials: [] };
  const [obstacle, ...more] = engine.environmentObstacles(baseline, now);
  if (obstacle === undefined) return undefined;
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  const reason = `not measured, as the environments do not match: ${obstacle}${others}`;
  const empty = engine.compareRecords(baseline, now, { paired: false });
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
  { engine, args, progress }: Context,
  signal: AbortSignal,
): Promise<RunRecord | undefined> {
  try {
    return await session.measure(plan, {
      environment,
      command: engine.repeatJob(args),
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
  { engine, out, terminal, progress }: Context,
): Promise<void> {
  if (record.trials.length === 0) {
    progress.say("sockbench: no trial was finished; nothing is written");
  } else {
    const written = await engine.writeRecords(out, [headFile(record, engine)], terminal);
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
