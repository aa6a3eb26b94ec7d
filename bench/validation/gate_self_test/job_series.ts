/**
 * A series of jobs that can be killed at any time: each that ended is a file of its own, and the next start goes on after it.
 *
 * @module
 */

/** What is run. */
export interface JobPlan {
  /** Names the job's file. */
  readonly name: string;
  /** `same`: nothing was changed; `slowed`: the head was slowed down by a known share. */
  readonly kind: "same" | "slowed";
  /** Arguments of `sockbench`. */
  readonly args: readonly string[];
}

/** A cell as the job's own JSON has it. */
export interface JobCell {
  readonly case: string;
  readonly metric: string;
  readonly rule: string;
  readonly headline: boolean;
  readonly verdict: string;
  readonly pValue?: number;
  readonly adjustedP?: number;
  readonly threshold?: number;
  readonly ratio?: {
    readonly estimate: number;
    readonly low: number;
    readonly high: number;
    readonly n: number;
  };
  readonly detectable?: { readonly effect: number | null; readonly neededPairs?: number };
  readonly confirmation?: {
    readonly pValue?: number;
    readonly adjustedP?: number;
    readonly n: number;
  };
}

/** A job that ended. */
export interface JobResult extends JobPlan {
  /** What it ran, as {@link SeriesOptions.code} has it. */
  readonly code: string;
  readonly startedAt: string;
  readonly tookS: number;
  /** Load average of a minute when it began. */
  readonly load: number;
  readonly exitCode: number;
  /** Its first line. */
  readonly summary: string;
  readonly control?: { readonly moved: boolean; readonly text: string };
  /** Raw p-values among them. */
  readonly cells: readonly JobCell[];
}

/** What a series needs. */
export interface SeriesOptions {
  /** Where the files are. */
  readonly directory: string;
  /** Identifies what the series covers: jobs of other code are not mixed with it. */
  readonly code: string;
  /** Runs one job. */
  run(plan: JobPlan): Promise<Omit<JobResult, keyof JobPlan | "code">>;
  /** Called after each job that was run. */
  onJob?(job: JobResult): void;
}

/** Thrown where a directory holds jobs of other code. */
export class MixedCodeError extends Error {}

/**
 * Runs the jobs that have no file yet.
 *
 * @returns all of them, in the order of the plan
 * @throws {MixedCodeError} before anything is run
 */
export async function runSeries(
  plans: readonly JobPlan[],
  { directory, code, run, onJob }: SeriesOptions,
): Promise<readonly JobResult[]> {
  await Deno.mkdir(directory, { recursive: true });
  const known = new Map<string, JobResult>();
  for await (const { name } of Deno.readDir(directory)) {
    if (!name.endsWith(".job.json")) continue;
    const job: JobResult = JSON.parse(await Deno.readTextFile(`${directory}/${name}`));
    if (job.code !== code) {
      throw new MixedCodeError(
        `${directory}/${name} is a job of other code (${job.code}, and this is ${code}): name another --out, or remove it`,
      );
    }
    known.set(job.name, job);
  }
  const jobs: JobResult[] = [];
  for (const plan of plans) {
    let job = known.get(plan.name);
    if (job !== undefined && JSON.stringify(job.args) !== JSON.stringify(plan.args)) {
      throw new MixedCodeError(`${plan.name} was run with other arguments: name another --out`);
    }
    if (job === undefined) {
      job = { ...plan, code, ...await run(plan) };
      const file = `${directory}/${plan.name}.job.json`;
      // Whole or not at all, whenever the series is killed.
      await Deno.writeTextFile(`${file}.part`, `${JSON.stringify(job, null, 1)}\n`);
      await Deno.rename(`${file}.part`, file);
      onJob?.(job);
    }
    jobs.push(job);
  }
  return jobs;
}
