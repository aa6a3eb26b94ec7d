// Measuring the head of a gate: the baseline's cells once, and what looks slower by several runs more.

import type { Catalog } from "../catalog.ts";
import { compareRecords } from "../compare/compare_records.ts";
import { compareRuns } from "../compare/compare_runs.ts";
import type { RecordComparison } from "../compare/comparison.ts";
import { environmentObstacles } from "../compare/fingerprint.ts";
import { judge } from "../gate/judge.ts";
import { findHopeless, HEAD_RUNS, judgeAgain } from "../gate/judge_runs.ts";
import type { GateResult } from "../gate/gate_result.ts";
import type { Policy } from "../gate/gate_policy.ts";
import type { Environment } from "../model/environment.ts";
import type { RunRecord } from "../model/run_record.ts";
import { encodeRecord } from "../record/codec.ts";
import { argumentsOf, measureRun, pause } from "./measure_run.ts";
import { choosePeer, moduleUrls, openCatalog, refuseEmptyPlan } from "./measuring.ts";
import type { OutputFile } from "./output.ts";
import { planBaseline } from "./plan_baseline.ts";
import { formatDuration } from "./terminal/duration.ts";
import { comparedSets } from "../plan/blocks.ts";
import type { Plan } from "../plan/plan.ts";
import { readEnvironment } from "../run/environment.ts";
import { Session } from "../run/session.ts";
import { unlessAborted } from "../run/unless_aborted.ts";
import { CannotJudge, EXIT } from "./failure.ts";
import { type Interrupts, listenForInterrupts, removeDirectory } from "./interrupts.ts";
import type { Progress } from "./terminal/progress.ts";
import type { Terminal } from "./terminal/terminal.ts";

export interface GateContext {
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly out: string;
  readonly policy: Policy;
  /** Before each run that measures again, in milliseconds. */
  readonly pauseMs: number;
  readonly modules: readonly string[];
  readonly command: string;
  /** Writes files that are not judged, and says where. */
  readonly keep: (files: readonly OutputFile[]) => Promise<readonly string[]>;
}

/** What a gate found. `measured`: head's first run, where it was measured for this. */
export type Judged = Readonly<{ result: GateResult; measured?: RunRecord }>;

export function headFile(record: RunRecord): OutputFile {
  return { name: "gate-head.json", text: encodeRecord(record) };
}

/** Measures head and judges it; a number is the exit code of a job that ended before. */
export async function measureHead(
  runs: readonly RunRecord[],
  context: GateContext,
): Promise<Judged | number> {
  const { policy, progress } = context;
  const [baseline] = runs as [RunRecord];
  const modules = moduleUrls(context.modules);
  const catalog = await openCatalog(modules);
  choosePeer(baseline.settings.peer, modules);
  const environment = await readEnvironment();
  const elsewhere = compareUnmeasured(baseline, environment);
  if (elsewhere !== undefined) return { result: judge(elsewhere, policy) };
  const compare = (heads: readonly RunRecord[], base = runs) =>
    base.length > 1
      ? compareRuns(base, heads, HEAD_RUNS)
      : compareRecords(base[0]!, heads[0]!, { paired: false });
  refuseHopeless(compare(runs), context);

  const leftover: { directory?: string } = {};
  using interrupts = listenForInterrupts(
    () => progress.say("sockbench: interrupted; keeping the finished trials (again: end at once)"),
    () => {
      progress.end();
      removeDirectory(leftover.directory);
    },
  );
  const record = await measureOnce(baseline, { catalog, modules, environment, leftover }, {
    ...context,
    interrupts,
  });
  if (typeof record === "number") return record;
  const compared = compare([record]);
  const result = judge(compared, policy);
  if (runs.length < 2 || !result.cells.some(({ flagged }) => flagged)) {
    return { result, measured: record };
  }
  const cases = casesAgain(baseline, result);
  const again = await measureAgain(baseline, cases, { ...context, interrupts });
  if (typeof again === "number") {
    await context.keep([headFile(record)]);
    return again;
  }
  const only = (run: RunRecord): RunRecord => {
    const ids = new Set(cases.map(({ id }) => id));
    return { ...run, cases, trials: run.trials.filter((trial) => ids.has(trial.case)) };
  };
  const all = compare([record, ...again].map(only), runs.map(only));
  return { result: judgeAgain(result, compared, all, policy), measured: record };
}

/** What no head could be shown to pass is not measured. */
function refuseHopeless(own: RecordComparison, { policy }: GateContext): void {
  const reason = findHopeless(own, policy);
  if (reason === undefined) return;
  throw new CannotJudge(
    `nothing is measured, as this baseline can never be judged by: ${reason}; measure a baseline of more runs, allow more with --threshold, ` +
      "or set the cells aside with --budget-file",
  );
}

interface Measuring extends GateContext {
  readonly interrupts: Interrupts;
}

interface Parts {
  readonly catalog: Catalog;
  readonly modules: readonly string[];
  readonly environment: Environment;
  readonly leftover: { directory?: string };
}

/** Measures the baseline's cells as it did. */
async function measureOnce(
  baseline: RunRecord,
  { catalog, modules, environment, leftover }: Parts,
  context: Measuring,
): Promise<RunRecord | number> {
  const { progress, interrupts } = context;
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
  const record = await measure(plan, session, environment, context);
  if (record === undefined) return EXIT.cannotJudge;
  if (!record.partial) return record;
  await keepPartial(record, context);
  return interrupts.signal.aborted ? EXIT.interrupted : EXIT.cannotJudge;
}

/** What is measured again: suspected cases, and those that they take turns with, as alone they would be measured otherwise. */
function casesAgain({ cases, scenarios }: RunRecord, result: GateResult): RunRecord["cases"] {
  const asked = new Set(result.cells.filter(({ flagged }) => flagged).map((cell) => cell.case));
  return comparedSets(cases, scenarios).filter((set) => set.some(({ id }) => asked.has(id)))
    .flat();
}

/** Further runs of head; a number is the exit code of a job that ended before. */
async function measureAgain(
  baseline: RunRecord,
  cases: RunRecord["cases"],
  { terminal, progress, out, pauseMs, modules, interrupts: { signal } }: Measuring,
): Promise<readonly RunRecord[] | number> {
  const more = HEAD_RUNS - 1;
  const length = cases.length === 1 ? "1 case" : `${cases.length} cases`;
  const runs: RunRecord[] = [];
  while (runs.length < more) {
    progress.step(
      `run ${runs.length + 1} of ${more} again of ${length}, in ${formatDuration(pauseMs * 1e6)}`,
    );
    await pause(pauseMs, signal);
    if (signal.aborted) return EXIT.interrupted;
    const run = await measureRun({
      args: [...argumentsOf(baseline, cases), "--quiet"],
      modules,
      out,
      name: `gate-head-${runs.length + 2}.json`,
    }, terminal);
    if (signal.aborted) return EXIT.interrupted;
    if (typeof run === "number") {
      throw new CannotJudge("what looked slower could not be measured again");
    }
    runs.push(run);
  }
  progress.end();
  return runs;
}

/** Every cell as incomparable, before minutes of measuring; `undefined` where the environments match. */
function compareUnmeasured(baseline: RunRecord, environment: Environment) {
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
  { command, progress, interrupts: { signal } }: Measuring,
): Promise<RunRecord | undefined> {
  try {
    return await session.measure(plan, {
      environment,
      command,
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

async function keepPartial(record: RunRecord, { keep, progress }: GateContext): Promise<void> {
  if (record.trials.length === 0) {
    progress.say("sockbench: no trial was finished; nothing is written");
  } else {
    const written = await keep([headFile(record)]);
    progress.say(`Partial record, not judged, written to\n${written.join("\n")}`);
  }
}
