import { type Command, inputFiles, option, type ParsedArguments } from "../parse.ts";
import {
  CORES_OPTION,
  MODULE_OPTION,
  PEER_OPTION,
  PIN_OPTION,
  POLICY_OPTIONS,
  REPLAY_OPTION,
  VERDICT_OPTIONS,
} from "../options.ts";
import type { AbGateOutcome } from "../../ab/ab_gate.ts";
import type { OnMade, PreparedSubject } from "../../ab/prepare_subject.ts";
import type { AbOptions, AbRecords } from "../../ab/ab_options.ts";
import type { Side } from "../../ab/paired_trials.ts";
import type { AbJob } from "../ab_job.ts";
import type { AbPlan } from "../plan_ab.ts";
import type { AbProgress } from "../terminal/ab_progress.ts";
import { loadLate } from "../late.ts";
import { EXIT, UsageError } from "../failure.ts";
import { listenForInterrupts } from "../interrupts.ts";
import type { OutputFile } from "../output.ts";
import type { Terminal } from "../terminal/terminal.ts";

export const abCommand: Command = {
  name: "ab",
  endsInVerdict: true,
  summary: "Measure two versions in interleaved pairs and fail when the second is slower",
  description: [
    "Runs base and head in processes of their own, on this machine, in pairs a few milliseconds apart, so that the machine's " +
    "drift falls on both. Their processes are replaced after a few pairs, and one such generation is one value of the test. A cell is red when the exact sign test, " +
    "corrected for all cells, shows that head is slower and the estimate is beyond the threshold, on fresh processes alone: flagged cells are measured again before the job fails. " +
    "System calls per operation are counted, in trials of their own where tracing is allowed: half a call more is red.",
    "A subject is self (this sockbench, this Deno), deno:<version or path> (another Deno), node:<version or path>, bun:<version or path>, git:<ref> (a commit of the " +
    "repository here, in a temporary worktree) or dir:<path>. With --module ./bench.ts each side runs its own version of that " +
    "file: this is how a project gates its own socket code. " +
    "Without a selection the module's scenarios are measured, or round-trip, throughput, connect and connect-round-trip of profile quick.",
    "Deno, Node and Bun are compared, each by its node:net and node:dgram (-t tcp@node,unix@node,udp@node), and judged with --gate only: without it the code is 0, or 3 where nothing is decided. " +
    "Several heads share the error rate, the table has a column for each, the best of each cell is named where it is shown, and the worst exit code counts. " +
    "Exit codes: 0 pass, 1 regressed, 2 wrong input, 3 cannot judge, 130 interrupted.",
  ],
  positionals: [],
  options: [
    option("base", "subject", "What head is compared against; required"),
    option(
      "head",
      "subject",
      "What is in question; several, 8 at most, are measured in one round and each compared with base",
      { multiple: true, default: "self" },
    ),
    option("scenario", "names", "Only these scenarios", { short: "s", list: true }),
    option("transport", "names", "Only these transports", { short: "t", list: true }),
    option("case", "glob", "Only cases whose id matches, of all scenarios", { multiple: true }),
    option("param", "name=v1,v2", "Values of a parameter instead of the profile's own", {
      multiple: true,
    }),
    REPLAY_OPTION,
    MODULE_OPTION,
    option(
      "pairs",
      "n",
      "Pairs of each case at least, 1 to 10000; more where fewer could show nothing at all",
      {
        default:
          "16 generations, of 2 pairs each or of up to 8 where cases are few; fewer are spread over them",
      },
    ),
    option("precision", "share", "Add pairs until every interval is this narrow, as in 2%", {
      default: "half of the smallest threshold",
    }),
    option(
      "budget",
      "time",
      "When adding pairs ends at the latest; confirming may take 45% of it more",
      { default: "120s" },
    ),
    ...POLICY_OPTIONS,
    { ...PEER_OPTION, default: "loop, which pairs best" },
    { ...PIN_OPTION, default: "none" },
    CORES_OPTION,
    option("seed", "n", "Order of cases and sides, 0 to 4294967295", {
      default: "random, recorded",
    }),
    ...VERDICT_OPTIONS,
    { name: "gate", description: "Judges different runtimes too, which are otherwise compared" },
    option(
      "inject-slowdown",
      "share",
      "A job whose answer is known: burn this share of each operation's time in head",
    ),
    option(
      "inject-tail",
      "share",
      "The same for the slowest few in a hundred operations only, which moves p99",
    ),
  ],
  examples: {
    "deno task sockbench ab --base deno:2.8.3 --head deno:2.9.6":
      "Which Deno release is faster where",
    "deno task sockbench ab --base node:26 --head self":
      "Deno or Node: which is faster at the same program",
    "deno task sockbench ab --base self --head node:26 --head bun:1.4":
      "Deno, Node and Bun in one round",
    "deno task sockbench ab --base git:main --head dir:. --module ./bench.ts":
      "Gate the socket code of your own project",
    "deno task sockbench ab --base self --case round-trip/tcp/bytes=64 --inject-slowdown 10%":
      "See the gate turn red",
  },
  action: ab,
};

type Engine = typeof import("../ab_job.ts");

async function ab(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const engine = await loadLate<Engine>("pairing");
  const job = await engine.readAbJob(args);
  await engine.clearEarlierJob(
    "ab",
    job.out,
    inputFiles(args, ["budget-file", "module", "replay"]),
  );
  await engine.prepareOutputDirectory(job.out);
  const progress = engine.createAbProgress(terminal, args.flags.has("quiet"));
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
  const context: Context = {
    engine,
    args,
    job,
    progress,
    terminal,
    onMade,
    signal: interrupts.signal,
  };
  try {
    return await compareSubjects(context);
  } catch (error) {
    progress.end();
    // Ctrl-C reaches git and deno install too: what they then fail of is the interruption.
    if (interrupts.signal.aborted && isFailure(error)) return EXIT.interrupted;
    if (error instanceof engine.SubjectError && error.isUsage) throw new UsageError(error.message);
    if (error instanceof Deno.errors.NotCapable) {
      throw new UsageError(
        "ab needs --allow-run: it starts agents, and git where a subject is a commit",
      );
    }
    if (!isFailure(error)) throw error;
    progress.say(`sockbench: cannot judge: ${error.message}`);
    if (error instanceof engine.LostAgentsError) await keepPartial(error.records, context);
    return EXIT.cannotJudge;
  }
}

/** `onMade`: told what must be removed first when the process ends at once. */
interface Context {
  readonly engine: Engine;
  readonly args: ParsedArguments;
  readonly job: AbJob;
  readonly progress: AbProgress;
  readonly terminal: Terminal;
  readonly onMade: OnMade;
  readonly signal: AbortSignal;
}

/** A subject that cannot be had, or an agent that failed. */
function isFailure(error: unknown): error is Error {
  return error instanceof Error && ["SubjectError", "AgentError", "PeerError"].includes(error.name);
}

async function compareSubjects(context: Context): Promise<number> {
  const { engine, job, progress, signal, onMade } = context;
  await using made = new AsyncDisposableStack();
  const prepared: [Side, PreparedSubject][] = [];
  for (const side of engine.sidesOf(job.subjects)) {
    const named = job.subjects[side]!;
    const subject = await engine.prepareSubject(
      engine.parseSubject(named),
      named,
      job.modules,
      onMade,
    );
    prepared.push([side, made.use(subject)]);
  }
  if (signal.aborted) return EXIT.interrupted;
  await using sockets = await engine.createSocketDirectory();
  onMade(() => engine.removeFolder(sockets.path));
  context.terminal.made?.(sockets.path);
  const subjects = Object.fromEntries(engine.tellApart(prepared)) as Subjects;
  const environment = await engine.readEnvironment();
  const { planned, ignore } = engine.steadyPlan(
    await engine.planSubjects(subjects, job.input, sockets.path, onMade, job.replay),
    environment,
    job.input,
  );
  const policy = { ...job.policy, ignore: [...job.policy.ignore, ...ignore] };
  engine.refuseIdlePolicy(job.policy, planned, context.args);
  const options = optionsOf(planned, subjects, environment, sockets.path, context);
  announce(planned, options, context);
  const measure = job.isComparison ? engine.runAbComparison : engine.runAbGate;
  const outcome = await measure(planned.plan, options, policy, progress);
  progress.end();
  return await finish(outcome, options, context);
}

type Subjects = Readonly<Record<Side, PreparedSubject>>;

function optionsOf(
  { plan, ofBase, ofHeads, unshared }: AbPlan,
  subjects: Subjects,
  environment: AbOptions["environment"],
  directory: string,
  { engine, args, job, signal, onMade }: Context,
): AbOptions {
  const { seed, peer, precision, budgetNs } = plan.settings;
  return {
    subjects,
    pairs: job.pairs ??
      engine.defaultPairs(plan, job.policy, engine.headsOf(subjects).length),
    ...(job.pairs !== undefined && { askedPairs: job.pairs }),
    ...(precision !== undefined && { precision }),
    budgetNs,
    peer,
    seed,
    clock: engine.systemClock,
    directory,
    environment,
    command: engine.repeatJob(args, ["--seed", String(seed)]),
    startedAt: new Date().toISOString(),
    ...(job.slowdown !== undefined && { slowdown: job.slowdown }),
    ...(job.replay !== undefined && { replay: job.replay }),
    ofBase,
    ...(ofHeads !== undefined && { ofHeads }),
    ...(unshared !== undefined && { unshared }),
    onMade,
    signal,
  };
}

function announce({ plan }: AbPlan, options: AbOptions, { engine, job, progress }: Context): void {
  const heads = engine.headsOf(options.subjects);
  const needed = engine.neededPairs(plan, job.policy, job.pairs, heads.length);
  const pairs = Math.max(options.pairs, needed);
  progress.start({
    plan,
    pairs,
    ...(pairs > options.pairs && { askedPairs: options.pairs }),
    estimateNs: engine.estimateAbNs(
      plan,
      { ...options, pairs, countsCalls: !job.isComparison && engine.countsCalls(job.policy) },
      1 + heads.length,
    ),
    budgetNs: options.budgetNs,
    precision: options.precision ?? engine.defaultPrecision(job.policy),
    base: options.subjects.base.label,
    heads: heads.map((head) => options.subjects[head]!.label),
  });
}

async function finish(
  { records, confirmation, results, best, exitCode, interrupted }: AbGateOutcome,
  options: AbOptions,
  context: Context,
): Promise<number> {
  const { engine, args, job, terminal } = context;
  const files = [
    ...engine.recordFiles(records),
    ...(confirmation === undefined ? [] : engine.recordFiles(confirmation, "-confirmation")),
  ];
  if (interrupted) {
    await keepPartial(records, context, files);
    return EXIT.interrupted;
  }
  const reports = engine.headReports(results, records, options);
  const output = {
    out: job.out,
    stem: "ab" as const,
    records: files,
    annotations: args.flags.has("annotations"),
    isComparison: job.isComparison,
  };
  const isWritten = best === undefined
    ? await engine.writeGateReport(reports[0]!, { ...output, formats: job.formats }, terminal)
    : await engine.writeHeadsReport(
      {
        heads: reports,
        exitCode,
        isComparison: job.isComparison,
        best: engine.nameSides(best, options.subjects),
      },
      { ...output, formats: job.headsFormats },
      terminal,
    );
  return exitCode === EXIT.ok && !isWritten ? EXIT.usage : exitCode;
}

/** What was measured of a job that ended early is not judged, and not thrown away either. */
async function keepPartial(
  records: AbRecords,
  { engine, job, terminal, progress }: Context,
  files: OutputFile[] = engine.recordFiles(records),
): Promise<void> {
  if (records.base.trials.length === 0) {
    progress.say("sockbench: no pair was finished; nothing is written");
    return;
  }
  const written = await engine.writeRecords(job.out, files, terminal);
  progress.say(`Partial records, not judged, written to\n${written.join("\n")}`);
}
