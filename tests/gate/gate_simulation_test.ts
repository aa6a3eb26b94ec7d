import { assert, assertEquals } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import type { RecordComparison } from "../../src/compare/comparison.ts";
import { confirm, flagged } from "../../src/gate/confirm.ts";
import { createPolicy, type Policy } from "../../src/gate/gate_policy.ts";
import { judge } from "../../src/gate/judge.ts";
import { createPrng } from "../../src/stats/prng.ts";
import {
  type CaseValues,
  FIELD_NOISE,
  type Noise,
  noisyPairs,
  syntheticRecord,
} from "../compare/synthetic_records.ts";

/**
 * Whole jobs of 24 cells on the machine of FIELD.md, in numbers only: what the gate promises must hold for the gate as it
 * is, correction, threshold and confirmation together. Seeds are fixed, so that a figure here never flickers.
 */
const CELLS = 24;

interface Job {
  readonly seed: string;
  readonly pairs: number;
  /** Slowdown of the first cell; all others are unchanged. */
  readonly slowdown: number;
  readonly noise: Noise;
  readonly policy: Policy;
}

function idOf(cell: number): string {
  return `round-trip/tcp/bytes=${cell}`;
}

function measure(
  { seed, pairs, slowdown, noise }: Job,
  cells: readonly number[],
): RecordComparison {
  const base: Record<string, CaseValues> = {};
  const head: Record<string, CaseValues> = {};
  for (const cell of cells) {
    const prng = createPrng(seed).split(String(cell));
    const values = noisyPairs(prng, pairs, cell === 0 ? slowdown : 1, noise);
    base[idOf(cell)] = { p50: values.base };
    head[idOf(cell)] = { p50: values.head };
  }
  return compareRecords(syntheticRecord(base), syntheticRecord(head), { paired: true });
}

/** A job as `ab` runs it: all cells, then the flagged ones again. */
function run(job: Job): { readonly exitCode: number; readonly isFound: boolean } {
  const cells = Array.from({ length: CELLS }, (_, cell) => cell);
  const first = judge(measure(job, cells), job.policy);
  const asked = flagged(first).map((cell) => cells.find((index) => idOf(index) === cell.case) ?? 0);
  const result = asked.length === 0
    ? first
    : confirm(first, measure({ ...job, seed: `${job.seed}/fresh` }, asked), job.policy);
  const found = result.cells.find((cell) => cell.case === idOf(0));
  return { exitCode: result.exitCode, isFound: found?.verdict === "regressed" };
}

/** The share of jobs in which something holds. */
function share(
  jobs: number,
  job: Omit<Job, "seed">,
  holds: (one: ReturnType<typeof run>) => boolean,
) {
  let count = 0;
  for (let index = 0; index < jobs; index++) {
    if (holds(run({ ...job, seed: `job ${index}` }))) count++;
  }
  return count / jobs;
}

const HEAVY: Noise = { speedChanges: 0.25, within: 0.02 };

Deno.test("a gate of 24 unchanged cells is red in at most 1 % of jobs, on quiet and on heavy noise", () => {
  const job = { pairs: 20, slowdown: 1, noise: FIELD_NOISE, policy: createPolicy() };
  assertEquals(share(400, job, ({ exitCode }) => exitCode === 1), 0);
  assertEquals(share(200, { ...job, noise: HEAVY }, ({ exitCode }) => exitCode === 1), 0);
  // Without the threshold the test and its correction stand alone.
  const bare = { ...job, noise: HEAVY, policy: createPolicy({ threshold: 0 }) };
  assert(share(300, bare, ({ exitCode }) => exitCode === 1) <= 0.01);
});

Deno.test("a gate of 24 cells finds the one that is 10 % slower", () => {
  const job = { pairs: 20, slowdown: 1.1, noise: FIELD_NOISE, policy: createPolicy() };
  const power = share(150, job, ({ isFound }) => isFound);
  assert(power >= 0.85, `power ${power}`);
  const thirty = share(100, { ...job, pairs: 30 }, ({ isFound }) => isFound);
  assert(thirty >= 0.95, `power with 30 pairs ${thirty}`);
});

Deno.test("a gate told to find 2 % finds the cell that is 5 % slower", () => {
  const policy = createPolicy({ threshold: "2%" });
  const job = { pairs: 20, slowdown: 1.05, noise: FIELD_NOISE, policy };
  const power = share(150, job, ({ isFound }) => isFound);
  assert(power >= 0.8, `power ${power}`);
});

Deno.test("a gate that asks for fresh pairs on suspicion finds more than one that waits for proof", () => {
  const job = { pairs: 20, slowdown: 1.1, noise: HEAVY };
  const found = (screenAlpha: number) =>
    share(60, { ...job, policy: createPolicy({ screenAlpha }) }, ({ isFound }) => isFound);
  const [suspicion, proof] = [found(0.05), found(1e-9)];
  assert(suspicion > proof + 0.1, `${suspicion} against ${proof}`);
});
