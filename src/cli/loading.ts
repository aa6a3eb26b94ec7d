// `sockbench load`: one rate, a curve up to saturation, or the highest rate that keeps a promise.

import type { RunRecord } from "../model/run_record.ts";
import { SettingsError, type SettingsInput } from "../plan/settings.ts";
import { evaluate } from "../report/build/evaluation.ts";
import { Session } from "../run/session.ts";
import { formatAmount, formatCount } from "../units/format_quantity.ts";
import { EXIT, UsageError } from "./failure.ts";
import { listenForInterrupts, removeDirectory } from "./interrupts.ts";
import { clearEarlierJob } from "./job_files.ts";
import { choosePeer, planSelection, replayOf } from "./measuring.ts";
import { DEFAULT_OUT } from "./options.ts";
import { prepareOutputDirectory, writeOutput } from "./output.ts";
import { type ParsedArguments, valueOf, valuesOf } from "./parse.ts";
import { findFormat, writeResults } from "./rendering.ts";
import { quoteForShell } from "./run_arguments.ts";
import { parsePromise, type Promised, searchRate, type Step } from "./search_rate.ts";
import { createProgress, type Progress } from "./terminal/progress.ts";
import type { Terminal } from "./terminal/terminal.ts";

const DEFAULT_TRANSPORTS = ["tcp", "unix"];
/** Shares of what a closed loop reaches. */
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.5];
/** Trials that a rate needs for a one-sided bound of 95 %. */
const MIN_TRIALS = 8;

interface Job {
  readonly args: ParsedArguments;
  readonly session: Session;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly base: SettingsInput;
  readonly command: string;
}

export async function load(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const progress = createProgress(terminal, args.flags.has("quiet") ? "quiet" : "normal");
  const slo = valueOf(args, "slo");
  const promised = slo === undefined ? undefined : parsePromise(slo);
  refuseContradictions(args, promised);
  const out = valueOf(args, "out") ?? DEFAULT_OUT;
  const { peer } = choosePeer(valueOf(args, "peer"), []);
  const leftover: { directory?: string } = {};
  using interrupts = listenForInterrupts(
    () => progress.say("sockbench: interrupted; keeping the finished steps (again: end at once)"),
    () => {
      progress.end();
      removeDirectory(leftover.directory);
    },
  );
  await using session = await Session.open();
  leftover.directory = session.directory;
  terminal.made?.(session.directory);
  const command = ["deno task sockbench load", ...args.raw.map(quoteForShell)].join(" ");
  const { signal } = interrupts;
  const replay = await replayOf(args);
  const base = { ...settingsOf(args), ...replay, peer };
  const job: Job = { args, session, progress, signal, base, command };
  const isReplay = replay.replay !== undefined;
  const withRates = (rate: readonly (number | string)[]): SettingsInput =>
    isReplay ? base : { ...base, params: { ...base.params, rate } };
  const first = await planSelection(withRates([1]), session);
  await clearEarlierJob("run", out, []);
  await prepareOutputDirectory(out);
  if (promised !== undefined) {
    const transports = [...new Set(first.cases.map((c) => c.transport))];
    return await keepPromise(job, promised, transports, out, terminal);
  }
  const rates = args.flags.has("curve") ? await findRates(job) : valuesOf(args, "rate");
  if (signal.aborted) return EXIT.interrupted;
  const record = await measure(job, withRates(rates));
  progress.end();
  if (record.trials.length === 0) {
    progress.say("sockbench: no trial was finished; nothing is written");
    return record.partial ? EXIT.interrupted : EXIT.cannotJudge;
  }
  const formats = await Promise.all(["md", "html"].map((name) => findFormat(name)));
  if (args.flags.has("curve")) terminal.out(`${formatCurve(record)}\n\n`);
  const results = { out, formats, quiet: args.flags.has("quiet") };
  const isWritten = await writeResults(record, results, terminal);
  if (signal.aborted) return EXIT.interrupted;
  if (record.trials.every(({ error }) => error !== undefined)) return EXIT.cannotJudge;
  return isWritten ? EXIT.ok : EXIT.usage;
}

function refuseContradictions(args: ParsedArguments, promised: Promised | undefined): void {
  const ways = [
    ...(valuesOf(args, "rate").length > 0 ? ["--rate"] : []),
    ...(args.flags.has("curve") ? ["--curve"] : []),
    ...(promised === undefined ? [] : ["--slo"]),
    ...(valueOf(args, "replay") === undefined ? [] : ["--replay"]),
  ];
  const decided = ["bytes", "request", "reply", "arrivals"]
    .find((name) => valueOf(args, name) !== undefined);
  if (ways.includes("--replay") && decided !== undefined) ways.push(`--${decided}`);
  if (ways.length === 1) return;
  throw new UsageError(
    ways.length === 0
      ? "load needs a --rate, as in --rate 5000, or --curve, or --slo 'p99<=1ms', or --replay sizes.csv"
      : `${ways.join(" and ")} contradict each other: give one of them`,
  );
}

function settingsOf(args: ParsedArguments): SettingsInput {
  const seed = valueOf(args, "seed");
  const rounds = Number(valueOf(args, "rounds") ?? MIN_TRIALS);
  if (valueOf(args, "slo") !== undefined && rounds < MIN_TRIALS) {
    throw new UsageError(`--slo needs at least ${MIN_TRIALS} --rounds: ${rounds} are too few`);
  }
  const params: Record<string, string[]> = { connections: [valueOf(args, "connections") ?? "10"] };
  if (valueOf(args, "replay") === undefined) params.bytes = [valueOf(args, "bytes") ?? "64"];
  for (const name of ["request", "reply", "arrivals"]) {
    const value = valueOf(args, name);
    if (value !== undefined) params[name] = [value];
  }
  const transports = valuesOf(args, "transport");
  return {
    profile: "standard",
    scenarios: ["load"],
    transports: transports.length === 0 ? DEFAULT_TRANSPORTS : transports,
    params,
    rounds: valueOf(args, "rounds") ?? MIN_TRIALS,
    pin: valuesOf(args, "pin"),
    cores: valuesOf(args, "cores"),
    ...(seed !== undefined && { seed }),
  };
}

async function measure({ session, progress, signal, command }: Job, input: SettingsInput) {
  const plan = await planSelection(input, session);
  progress.start(plan);
  return await session.measure(plan, { command, signal, onEvent: (event) => progress.take(event) });
}

/** What clients reach that wait for their replies, a second, by transport. */
async function closedRates(job: Job): Promise<ReadonlyMap<string, number>> {
  const { arrivals: _, ...params } = job.base.params ?? {};
  const record = await measure(job, { ...job.base, scenarios: ["concurrency"], params, rounds: 4 });
  job.progress.end();
  const { summaryOf } = evaluate(record);
  return new Map(record.cases.flatMap(({ id, transport }): [string, number][] => {
    const summary = summaryOf(id, "exchangesPerSecond");
    return summary === undefined ? [] : [[transport, summary.median]];
  }));
}

async function findRates(job: Job): Promise<number[]> {
  const reached = [...(await closedRates(job)).values()];
  if (reached.length === 0) throw new SettingsError("no closed loop could be measured");
  const most = Math.max(...reached);
  return [...new Set(SHARES.map((share) => roundRate(most * share)))];
}

/** Two digits: nobody asks for 4,713 a second. */
function roundRate(rate: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(rate)) - 1);
  return Math.max(1, Math.round(rate / step) * step);
}

/** The curve in lines, and where its knee is. */
function formatCurve(record: RunRecord): string {
  const { summaryOf } = evaluate(record);
  const byTransport = Map.groupBy(record.cases, ({ transport }) => transport);
  return [...byTransport].map(([transport, cases]) => {
    const rows = [...cases].sort((a, b) => Number(a.params.rate) - Number(b.params.rate));
    let knee: { readonly rate: number; readonly lowNs: number } | undefined;
    const lines = rows.map(({ id, params }) => {
      const [p50, p99, achieved] = ["p50", "p99", "achievedPerSecond"]
        .map((metric) => summaryOf(id, metric)?.median);
      if (p99 !== undefined && (knee === undefined || p99 <= 2 * knee.lowNs)) {
        knee = { rate: Number(params.rate), lowNs: knee?.lowNs ?? p99 };
      }
      const latency = p50 === undefined ? "overload" : `p50 ${formatAmount(p50, "ns")}` +
        (p99 === undefined ? "" : `, p99 ${formatAmount(p99, "ns")}`);
      const got = achieved === undefined ? "?" : formatCount(Math.round(achieved));
      return `  ${formatCount(Number(params.rate)).padStart(9)}/s offered, ` +
        `${got.padStart(9)}/s achieved: ${latency}`;
    });
    const said = knee === undefined
      ? "no rate has a p99"
      : `up to ${formatCount(knee.rate)}/s p99 stays within twice that of the lowest rate`;
    return [`${transport}: ${said}`, ...lines].join("\n");
  }).join("\n");
}

async function keepPromise(
  job: Job,
  promised: Promised,
  transports: readonly string[],
  out: string,
  terminal: Terminal,
): Promise<number> {
  const reached = await closedRates(job);
  const results = [];
  for (const transport of transports) {
    const capacity = reached.get(transport);
    if (capacity === undefined || job.signal.aborted) continue;
    const attempt = async (rate: number): Promise<Step | undefined> => {
      const params = { ...job.base.params, rate: [roundRate(rate)] };
      const record = await measure(job, { ...job.base, transports: [transport], params });
      job.progress.end();
      // A step that was cut short proves nothing.
      return record.partial ? undefined : promised.judge(record);
    };
    const found = await searchRate(capacity, attempt);
    results.push({ transport, ...found });
    terminal.out(`${transport}: ${promised.format(found)}\n`);
  }
  const text = `${
    JSON.stringify({ promise: promised.text, command: job.command, results }, null, 2)
  }\n`;
  const { problems } = await writeOutput(out, { name: "latest-slo.json", text }, true);
  for (const problem of problems) terminal.err(`sockbench: ${problem}\n`);
  if (job.signal.aborted) return EXIT.interrupted;
  if (results.length === 0) return EXIT.cannotJudge;
  return problems.length === 0 ? EXIT.ok : EXIT.usage;
}
