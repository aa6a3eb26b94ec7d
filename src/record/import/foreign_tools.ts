// Files of other tools: what hyperfine, deno bench and iperf3 write as JSON, read as cases with their trials.

import { z } from "zod";
import type { Fact } from "../../model/environment.ts";
import type { PeerKind } from "../../model/placement.ts";
import { defineMetric, type MetricDefinition, metricOf } from "../../units/metric.ts";

/** One measurement of a case, by metric id; its length in nanoseconds. */
export type ForeignTrial = Readonly<
  { elapsedNs: number; values: Readonly<Record<string, number>>; error?: string }
>;

/** What one file of another tool says of one thing that was measured. `subject`: the transport's place in the id; `title`: in the tool's own words. */
export interface ForeignCase {
  readonly subject: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly title?: string;
  readonly trials: readonly ForeignTrial[];
}

/** `facts`: of the machine, by id; `startedAtMs`: since 1970. */
export interface ForeignFile {
  readonly facts: Readonly<Record<string, Fact>>;
  readonly version?: string;
  readonly startedAtMs?: number;
  readonly cases: readonly ForeignCase[];
}

export interface ForeignTool {
  readonly name: string;
  readonly question: string;
  readonly operation: string;
  readonly parameters: readonly { readonly name: string; readonly kind: "size" | "count" }[];
  /** The headline first. */
  readonly metrics: readonly MetricDefinition[];
  /** Where the serving end was, as the tool has it. */
  readonly peer: PeerKind;
  /** Whether a file is one of this tool. */
  isOwn(value: object): boolean;
  /** Reads the file; throws a ZodError where something is missing. */
  read(value: unknown): ForeignFile;
}

const object = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.looseObject(shape, { error: "an object" });
const list = <Item extends z.ZodType>(item: Item, error = "a list") => z.array(item, { error });
const seconds = z.number({ error: "a number of seconds" }).nonnegative({
  error: "a number of seconds ≥ 0",
});
const positive = z.number({ error: "a number" }).nonnegative({ error: "a number ≥ 0" });
const name = z.string({ error: "a text" });

const time = (id: string, title: string, description: string) =>
  defineMetric({ id, unit: "ns", better: "lower", title, description });

const hyperfineFile = object({
  results: list(object({
    command: name,
    times: list(seconds, "the list of all times"),
    exit_codes: list(z.number().nullable()).optional(),
  })),
});

/** `hyperfine --export-json`: each time is a trial. */
const hyperfine: ForeignTool = {
  name: "hyperfine",
  question: "How long does each command take?",
  operation: "run",
  parameters: [],
  metrics: [time("wallTime", "wall time", "Wall-clock time of one run of the command.")],
  peer: "process",
  isOwn: (value) => "results" in value,
  read: (value) => ({
    facts: {},
    cases: hyperfineFile.parse(value).results.map(({ command, times, exit_codes: codes }) => ({
      subject: command,
      params: {},
      title: command,
      trials: times.map((time, k) => {
        const code = codes?.[k] ?? 0;
        const trial = { elapsedNs: time * 1e9, values: { wallTime: time * 1e9 } };
        return code === 0 ? trial : { ...trial, error: `the command ended with exit code ${code}` };
      }),
    })),
  }),
};

const benchFile = object({
  runtime: name.optional(),
  cpu: name.optional(),
  benches: list(object({
    group: name.nullish(),
    name,
    results: list(object({
      ok: object({ n: positive, avg: positive, p75: positive, p99: positive }).optional(),
    })),
  })),
});

/** `deno bench --json`: it keeps no samples, so that one file is one trial. */
const denoBench: ForeignTool = {
  name: "deno-bench",
  question: "How long does an iteration of each benchmark take?",
  operation: "iteration",
  parameters: [],
  metrics: [
    time("iterationMean", "mean", "Mean time of one iteration."),
    time("iterationP75", "p75", "Time that 75 % of the iterations stay within."),
    time("iterationP99", "p99", "Time that 99 % of the iterations stay within."),
  ],
  peer: "loop",
  isOwn: (value) => "benches" in value,
  read(value) {
    const { runtime = "", cpu, benches } = benchFile.parse(value);
    const [, version, platform] = /^\w+\/(\S+) (\S+)/.exec(runtime) ?? [];
    return {
      facts: {
        ...(cpu !== undefined && { cpu }),
        ...(version !== undefined && { deno: version, platform: platform! }),
      },
      ...(version !== undefined && { version }),
      cases: benches.map(({ group, name, results }) => {
        const title = group === undefined || group === null ? name : `${group} ${name}`;
        const trials = results.map(({ ok }): ForeignTrial => {
          if (ok === undefined) return { elapsedNs: 0, values: {}, error: "the benchmark failed" };
          const { n, avg, p75, p99 } = ok;
          const values = { iterationMean: avg, iterationP75: p75, iterationP99: p99 };
          return { elapsedNs: n * avg, values };
        });
        return { subject: title, params: {}, title, trials };
      }),
    };
  },
};

/** What a Date can hold. */
const LATEST_S = 8.64e12;
const sum = object({ bits_per_second: positive, seconds: positive });
const iperf3File = object({
  start: object({
    version: name,
    system_info: name.optional(),
    timestamp: object({ timesecs: positive.max(LATEST_S, { error: "seconds since 1970" }) })
      .optional(),
    test_start: object({ protocol: name, num_streams: positive, blksize: positive }),
  }),
  end: object({
    sum_received: sum.optional(),
    sum: sum.extend({ lost_percent: positive.optional() }).optional(),
  }),
});

/** `iperf3 -J`: one file is one trial. Names of hosts stay in it. */
const iperf3: ForeignTool = {
  name: "iperf3",
  question: "How many bytes arrive per second, as iperf3 counts them?",
  operation: "write",
  parameters: [{ name: "bytes", kind: "size" }, { name: "streams", kind: "count" }],
  metrics: [metricOf("bytesPerSecond")!, metricOf("loss")!],
  peer: "process",
  isOwn: (value) => "start" in value && "end" in value,
  read(value) {
    const { start, end } = iperf3File.parse(value);
    const { protocol, num_streams: streams, blksize: bytes } = start.test_start;
    const received = end.sum_received ?? end.sum;
    const loss = end.sum?.lost_percent;
    const [platform, , kernel] = (start.system_info ?? "").split(" ");
    const facts: ForeignFile["facts"] = kernel === undefined ? {} : { platform: platform!, kernel };
    const trial: ForeignTrial = {
      elapsedNs: (received?.seconds ?? 0) * 1e9,
      values: {
        ...(received !== undefined && { bytesPerSecond: received.bits_per_second / 8 }),
        ...(loss !== undefined && { loss: loss / 100 }),
      },
      ...(received === undefined && { error: "the receiver reported nothing" }),
    };
    return {
      facts,
      version: start.version.replace(/^iperf /, ""),
      ...(start.timestamp !== undefined && { startedAtMs: start.timestamp.timesecs * 1e3 }),
      cases: [{ subject: protocol.toLowerCase(), params: { bytes, streams }, trials: [trial] }],
    };
  },
};

export const FOREIGN_TOOLS: readonly ForeignTool[] = [hyperfine, denoBench, iperf3];
