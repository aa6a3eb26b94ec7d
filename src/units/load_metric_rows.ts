// The metrics of load and of many clients: one row each, as in `metric_rows.ts`.

import type { MetricRow } from "./metric_rows.ts";

/** By id. */
export const LOAD_METRIC_ROWS: Readonly<Record<string, MetricRow>> = {
  sentP50: {
    unit: "ns",
    better: "lower",
    title: "from send p50",
    description:
      "Median latency from the actual send: what waits for a free connection is not in it.",
    from: { of: "sinceSend", percentile: 50 },
  },
  sentP99: {
    unit: "ns",
    better: "lower",
    title: "from send p99",
    description: "Latency from the actual send that 99 % of the requests stay within.",
    from: { of: "sinceSend", percentile: 99 },
  },
  serviceP50: {
    unit: "ns",
    better: "lower",
    title: "service p50",
    description: "Median time at the serving end from a request read to its reply written.",
    from: "given",
  },
  closedP50: {
    unit: "ns",
    better: "lower",
    title: "closed loop p50",
    description: "Median round trip of one client that waits for each reply, before the load.",
    from: "given",
  },
  pacedP50: {
    unit: "ns",
    better: "neither",
    title: "paced p50",
    description:
      "The same beside the pacer: what it takes more is how late the pacer lets replies be read.",
    from: "given",
  },
  latenessP50: {
    unit: "ns",
    better: "neither",
    title: "late p50",
    description: "Median time by which the generator sent later than it could have.",
    from: { of: "lateness", percentile: 50 },
  },
  latenessP99: {
    unit: "ns",
    better: "neither",
    title: "late p99",
    description: "Time by which 99 % of the sends were later than they could have been, at most.",
    from: { of: "lateness", percentile: 99 },
  },
  achievedPerSecond: {
    unit: "1/s",
    better: "higher",
    title: "achieved/s",
    description: "Requests answered per second before the last was due.",
    from: "given",
  },
  overload: {
    unit: "ratio",
    better: "lower",
    title: "overload",
    description:
      "1 where the line of requests that wait grew to the end: the rate is above capacity, and no latency is given.",
    from: "given",
    largest: 1,
  },
  maxInFlight: {
    unit: "count",
    better: "lower",
    title: "in flight",
    description: "Most requests that were due and not answered at one time.",
    from: "given",
  },
  timeoutShare: {
    unit: "ratio",
    better: "lower",
    title: "timeouts",
    description:
      "Share of the requests without a reply in time; each counts as the timeout at least.",
    from: "given",
    largest: 1,
  },
  dropShare: {
    unit: "ratio",
    better: "lower",
    title: "dropped",
    description: "Share of the requests that were due and never sent.",
    from: "given",
    largest: 1,
  },
  arrivalHash: {
    unit: "count",
    better: "neither",
    title: "arrivals",
    description: "A hash of the intended times: the same for the same seed.",
    from: "given",
  },
  arrivalStatistic: {
    unit: "count",
    better: "neither",
    title: "arrivals A²",
    description:
      "Anderson–Darling statistic of 1,000 send gaps against the arrival process; above 3.857 at 1 %.",
    from: "given",
  },
  arrivalDistance: {
    unit: "ratio",
    better: "neither",
    title: "arrivals D",
    description:
      "Largest distance of the distribution of send gaps from that of the arrival process.",
    from: "given",
    largest: 1,
  },
  latencyTrend: {
    unit: "count",
    better: "neither",
    title: "latency trend",
    description: "Kendall's trend of latency over the trial, as a normal deviate.",
    from: "given",
  },
  queueTrend: {
    unit: "count",
    better: "neither",
    title: "queue trend",
    description:
      "Kendall's trend of the line of waiting requests over the trial, as a normal deviate.",
    from: "given",
  },
  latencyCorrelation: {
    unit: "count",
    better: "neither",
    title: "serial correlation",
    description:
      "Spearman's correlation of latencies with the next ones drawn, as a normal deviate.",
    from: "given",
  },
  meanLatency: {
    unit: "ns",
    better: "lower",
    title: "mean",
    description: "Mean latency from the intended time.",
    from: "given",
  },
  meanService: {
    unit: "ns",
    better: "neither",
    title: "mean service",
    description: "Mean time that the server was told to work on a request.",
    from: "given",
  },
  lindleyWait: {
    unit: "ns",
    better: "neither",
    title: "computed wait",
    description:
      "Mean wait that Lindley's recursion gives for the trial's own arrivals and services.",
    from: "given",
  },
  driveGap: {
    unit: "ns",
    better: "neither",
    title: "driver's gap",
    description: "Longest time that the spinning driver was kept from looking.",
    from: "given",
  },
  serveGap: {
    unit: "ns",
    better: "neither",
    title: "server's gap",
    description: "Longest time that the spinning server was kept from looking.",
    from: "given",
  },
  slowestShare: {
    unit: "ratio",
    better: "higher",
    title: "slowest client",
    description: "Exchanges of the slowest client, as a share of the mean of all.",
    from: "given",
    largest: 1,
  },
  fastestShare: {
    unit: "count",
    better: "lower",
    title: "fastest client",
    description: "Exchanges of the fastest client, as a multiple of the mean of all.",
    from: "given",
  },
  driveMemory: {
    unit: "bytes",
    better: "lower",
    title: "client memory",
    description: "Memory of the clients' process per connection.",
    from: "given",
  },
  serveMemory: {
    unit: "bytes",
    better: "lower",
    title: "server memory",
    description: "Memory of the server's process per connection.",
    from: "given",
  },
};
