// Options that `gate` and `ab` share: how comparisons become verdicts, and where those go.

import type { OptionSpec } from "../command.ts";

/** How comparisons become verdicts. */
export const POLICY_OPTIONS: readonly OptionSpec[] = [
  {
    name: "threshold",
    value: "share",
    description: "How much slower a median may be, as in 5%; of a share such as loss, in points",
    default: "5%",
  },
  {
    name: "alpha",
    value: "share",
    description: "Error rate that all gated cells share",
    default: "0.01",
  },
  {
    name: "metric",
    value: "names",
    list: true,
    description: "Metrics that gate, as in p50,p99; headline is the first of each scenario",
    default: "headline",
  },
  {
    name: "budget-file",
    value: "file",
    description: "Thresholds by case, absolute limits and ignored cases, as in gate.toml",
  },
  { name: "strict", description: "Exit 3 when a cell is inconclusive" },
];

/** Where verdicts go. */
export const VERDICT_OPTIONS: readonly OptionSpec[] = [
  {
    name: "format",
    short: "f",
    value: "names",
    list: true,
    description:
      "Results to write beside the Markdown summary: md, json, junit, openmetrics, bencher, annotations, agent, " +
      "action-benchmark-smaller, action-benchmark-bigger",
    default: "md",
  },
  {
    name: "out",
    short: "o",
    value: "dir",
    description: "Where the files go",
    default: "reports",
  },
  {
    name: "annotations",
    description: "Print GitHub annotations; done anyway where GITHUB_ACTIONS is true",
  },
  { name: "quiet", short: "q", description: "No plan and no progress; verdicts and warnings only" },
];
