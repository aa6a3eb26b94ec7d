// Options that mean the same in several commands, declared once.

import { PEER_KINDS } from "../model/placement.ts";
import { PINS } from "../plan/placement.ts";
import { DEFAULT_PEER, DEFAULT_PROFILE, PROFILE_NAMES } from "../plan/settings.ts";
import { type OptionSpec, type ParsedArguments, valueOf } from "./parse.ts";
import { UsageError } from "./failure.ts";

/** Where results go by default. */
export const DEFAULT_OUT = "reports";

/** `--profile`. */
export const PROFILE_OPTION: OptionSpec = {
  name: "profile",
  value: "name",
  choices: PROFILE_NAMES,
  description: "How long and how wide",
  default: DEFAULT_PROFILE,
};

/** `--peer`. */
export const PEER_OPTION: OptionSpec = {
  name: "peer",
  value: "place",
  choices: PEER_KINDS,
  description: "Where the other end runs: same event loop, own thread, own process",
  default: DEFAULT_PEER,
};

/** `--pin`. */
export const PIN_OPTION: OptionSpec = {
  name: "pin",
  value: "how",
  choices: PINS,
  list: true,
  description: "Tie the two ends to one core (same) or to one each (cross); needs --allow-ffi",
};

/** `--cores`. */
export const CORES_OPTION: OptionSpec = {
  name: "cores",
  value: "a,b",
  list: true,
  description: "With --pin: the driver's core, and the peer's where it has its own",
  default: "the first two of this process",
};

/** What is measured, and for how long. */
export const SELECTION_OPTIONS: readonly OptionSpec[] = [
  { ...PROFILE_OPTION, short: "p" },
  {
    name: "scenario",
    short: "s",
    value: "names",
    list: true,
    description: "Only these scenarios",
    default: "all",
  },
  {
    name: "transport",
    short: "t",
    value: "names",
    list: true,
    description: "Only these transports",
    default: "all",
  },
  {
    name: "case",
    value: "glob",
    multiple: true,
    description: "Only cases whose id matches; * is any run of characters, ? any single one",
  },
  {
    name: "param",
    value: "name=v1,v2",
    multiple: true,
    description: "Values of a parameter instead of the profile's own",
  },
  {
    name: "rounds",
    value: "n",
    description: "Passes over all cases, 1 to 10000",
    default: "the profile's own",
  },
  {
    name: "duration",
    value: "time",
    description: "How long each case is measured, all rounds together, as in 10s",
    default: "what the rounds come to",
  },
];

/** Where it is measured. */
export const PLACEMENT_OPTIONS: readonly OptionSpec[] = [
  PEER_OPTION,
  {
    ...PIN_OPTION,
    default: "none, and in profiles standard and thorough both for a few headline cases",
  },
  CORES_OPTION,
];

/** `--module`. */
export const MODULE_OPTION: OptionSpec = {
  name: "module",
  value: "file",
  multiple: true,
  description: "A module of your own with further transports, workloads, scenarios or metrics",
};

/** `--replay`. */
export const REPLAY_OPTION: OptionSpec = {
  name: "replay",
  value: "file",
  description:
    "Traffic of your own in the place of sizes and rates, for load and round-trip: a line for each request, " +
    "request bytes,reply bytes,gap in µs, in order and round again",
};

/** `--json`. */
export const JSON_OPTION: OptionSpec = { name: "json", description: "Print JSON instead of text" };

/** The option, for every command that writes a report of a record. */
export const MARGIN_OPTION: OptionSpec = {
  name: "margin",
  value: "share",
  description:
    "How much less than the best is as good, where a report gives the size above which more gains less",
  default: "5%",
};

/** `--margin` as a share above 0 and below 1; `undefined` where it was not given. */
export function marginOf(args: ParsedArguments): number | undefined {
  const text = valueOf(args, "margin");
  if (text === undefined) return undefined;
  const [, digits, percent] = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text) ?? [];
  const share = percent === "%" ? Number(digits) / 100 : Number(digits);
  if (digits === undefined || !(share > 0 && share < 1)) {
    throw new UsageError(
      `--margin must be a share above 0% and below 100%, as in 5%: "${text}" is not`,
    );
  }
  return share;
}

/** How comparisons become verdicts. */
export const POLICY_OPTIONS: readonly OptionSpec[] = [
  {
    name: "threshold",
    value: "share",
    description:
      "How much slower a headline may be, as in 5%; by default twice as much in operations, p90 and CPU, four times in p99; of a share such as loss, in points",
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
    default:
      "headline, operationsPerSecond, p90, p99, connectP99, cpuPerOperation, memoryPerOperation",
  },
  {
    name: "budget-file",
    value: "file",
    description: "Thresholds by case, absolute limits and ignored cases, as in gate.toml",
  },
  {
    name: "strict",
    value: "glob",
    isValueOptional: true,
    multiple: true,
    description: "Exit 3 when a cell is inconclusive, of all cases or of those whose id matches",
  },
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
    default: DEFAULT_OUT,
  },
  {
    name: "annotations",
    description: "Print GitHub annotations; done anyway where GITHUB_ACTIONS is true",
  },
  { name: "quiet", short: "q", description: "No plan and no progress; verdicts and warnings only" },
];
