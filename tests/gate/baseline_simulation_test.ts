import { assert, assertEquals } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { compareRuns } from "../../src/compare/compare_runs.ts";
import { BASELINE_POLICY } from "../../src/gate/gate_policy.ts";
import { findHopeless, HEAD_RUNS, judgeAgain } from "../../src/gate/judge_runs.ts";
import { judge } from "../../src/gate/judge.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { normalQuantile } from "../../src/stats/normal.ts";
import { createPrng, type Prng } from "../../src/stats/prng.ts";
import { type CaseValues, syntheticRecord } from "../compare/synthetic_records.ts";

/**
 * Whole jobs of `gate --baseline` in numbers only: 24 headline cells, each run shifted as a whole in each cell, as the runs of one build are.
 * Seeds are fixed, so that a figure here never flickers.
 */
const CELLS = 24;
const RUNS = 5;
const ROUNDS = 12;
const JOBS = 150;
/** Found or not found shows in fewer than what must never happen. */
const POWER_JOBS = 50;

interface Machine {
  /** Standard deviation of a run's shift in a cell, as a logarithm. */
  readonly shift: number;
  /** Share of its variance that runs of one job have in common. */
  readonly shared: number;
}

const idOf = (cell: number) => `round-trip/tcp/bytes=${cell}`;

function normal(prng: Prng): number {
  return normalQuantile(prng.nextFloat() * 0.999998 + 1e-6);
}

interface RunOptions extends Machine {
  readonly prng: Prng;
  readonly slowdown: number;
  readonly cells?: readonly number[];
}

/** One run: a shift of its own in each cell, and trials around it. Those of one job share a part of the shift. */
function measureRun(
  { prng, shift, shared, slowdown, cells = Array.from({ length: CELLS }, (_, cell) => cell) }:
    RunOptions,
  job: Prng,
): RunRecord {
  return syntheticRecord(Object.fromEntries(cells.map((cell): [string, CaseValues] => {
    const own = prng.split(`cell ${cell}`);
    const common = normal(job.split(`cell ${cell}`));
    const moved = shift * (Math.sqrt(shared) * common + Math.sqrt(1 - shared) * normal(own));
    const centre = 20e3 * Math.exp(moved) * (cell === 0 ? slowdown : 1);
    return [idOf(cell), {
      p50: Array.from({ length: ROUNDS }, () => centre * Math.exp(0.015 * normal(own))),
    }];
  })));
}

interface Outcome {
  /** The exit code where the baseline is one of the runs. */
  readonly single: number;
  /** The exit code where it is all of them. */
  readonly several: number;
  /** Whether that job is red in the first cell. */
  readonly isFound: boolean;
}

/** A job as `gate --baseline` runs it: all cells once, then the suspected ones three times more. */
function runJob(name: string, machine: Machine, slowdown: number): Outcome {
  const seed = createPrng(name);
  const policy = BASELINE_POLICY;
  // Runs of a baseline have nothing in common but the machine.
  const base = Array.from({ length: RUNS }, (_, index) => {
    const prng = seed.split(`base ${index}`);
    return measureRun({ ...machine, prng, slowdown: 1 }, prng.split("alone"));
  });
  const job = seed.split("job");
  const run = (index: number, cells?: readonly number[]) =>
    measureRun({
      ...machine,
      prng: seed.split(`head ${index}`),
      slowdown,
      ...(cells !== undefined && { cells }),
    }, job);
  const head = run(0);
  const single = judge(compareRecords(base[0]!, head, { paired: false }), policy);
  const compared = compareRuns(base, [head], HEAD_RUNS);
  const first = judge(compared, policy);
  const asked = new Set(first.cells.filter(({ flagged }) => flagged).map((cell) => cell.case));
  const cells = Array.from({ length: CELLS }, (_, cell) => cell).filter((cell) =>
    asked.has(idOf(cell))
  );
  const only = (record: RunRecord): RunRecord => ({
    ...record,
    cases: record.cases.filter(({ id }) => asked.has(id)),
    trials: record.trials.filter((trial) => asked.has(trial.case)),
  });
  const again = Array.from({ length: HEAD_RUNS - 1 }, (_, index) => run(index + 1, cells));
  const result = cells.length === 0 ? first : judgeAgain(
    first,
    compared,
    compareRuns(base.map(only), [head, ...again].map(only), HEAD_RUNS),
    policy,
  );
  const found = result.cells.find((cell) => cell.case === idOf(0));
  return {
    single: single.exitCode,
    several: result.exitCode,
    isFound: found?.verdict === "regressed",
  };
}

function runJobs(machine: Machine, slowdown = 1, count = JOBS): readonly Outcome[] {
  const name = JSON.stringify([machine, slowdown]);
  return Array.from({ length: count }, (_, index) => runJob(`${name} ${index}`, machine, slowdown));
}

const share = (jobs: readonly Outcome[], holds: (job: Outcome) => boolean) =>
  jobs.filter(holds).length / jobs.length;

/** Standard deviations between runs: of what five runs can be judged by, and of short runs beside other work (docs/explanation/gate.md). */
const [STEADY, RESTLESS] = [0.02, 0.06];

Deno.test("of 150 jobs of one build a gate against five runs is red in none, and one against a single run in many", () => {
  for (const shift of [STEADY, RESTLESS]) {
    const jobs = runJobs({ shift, shared: 0 });
    assertEquals(jobs.filter(({ several }) => several === 1).length, 0);
    const single = share(jobs, ({ single }) => single === 1);
    assert(single >= 0.2, `red against a single run: ${single}, shift ${shift}`);
    // By each cell's own five runs alone, 91 % could not have shown four times the threshold.
    const open = share(jobs, ({ several }) => several === 3);
    if (shift === STEADY) assert(open <= 0.35, `not judged: ${open}`);
  }
});

Deno.test("a gate against five runs is seldom red where the runs of its job share half of what moves them", () => {
  const jobs = runJobs({ shift: STEADY, shared: 0.5 });
  const red = share(jobs, ({ several }) => several === 1);
  assert(red <= 0.02, `red: ${red}`);
});

Deno.test("a gate against five runs finds the cell that is 20 % slower in nine of ten jobs", () => {
  for (const shared of [0, 0.5]) {
    const jobs = runJobs({ shift: STEADY, shared }, 1.2, POWER_JOBS);
    const found = share(jobs, ({ isFound }) => isFound);
    assert(found >= 0.9, `found: ${found}, shared ${shared}`);
    assertEquals(share(jobs, ({ isFound, several }) => isFound && several !== 1), 0);
  }
});

Deno.test("a baseline whose runs differ too much to find four times the threshold is refused before head is measured", () => {
  const base = (shift: number) =>
    Array.from({ length: RUNS }, (_, index) => {
      const prng = createPrng(`hopeless ${shift} ${index}`);
      return measureRun({ prng, shift, shared: 0, slowdown: 1 }, prng);
    });
  const reasonOf = (runs: readonly RunRecord[]) =>
    findHopeless(compareRuns(runs, runs, HEAD_RUNS), BASELINE_POLICY);
  assertEquals(reasonOf(base(0.005)), undefined);
  const reason = reasonOf(base(0.2));
  assert(reason?.includes("could not have shown 4 times the threshold"), reason);
});
