// Options that mean the same in several commands, declared once.

import { PEER_KINDS } from "../model/placement.ts";
import { PINS } from "../plan/placement.ts";
import { DEFAULT_PEER, DEFAULT_PROFILE, PROFILE_NAMES } from "../plan/settings.ts";
import { flag, option, type OptionSpec, type ParsedArguments, valueOf } from "./parse.ts";
import { UsageError } from "./failure.ts";

/** Where results go by default. */
export const DEFAULT_OUT = "reports";

export const PROFILE_OPTION: OptionSpec = option("profile", "name", "How long and how wide", {
  choices: PROFILE_NAMES,
  default: DEFAULT_PROFILE,
});

export const PEER_OPTION: OptionSpec = option(
  "peer",
  "place",
  "Where the other end runs: same event loop, own thread, own process",
  { choices: PEER_KINDS, default: DEFAULT_PEER },
);

export const PIN_OPTION: OptionSpec = option(
  "pin",
  "how",
  "Tie the two ends to one core (same) or to one each (cross); needs --allow-ffi",
  { choices: PINS, list: true },
);

export const CORES_OPTION: OptionSpec = option(
  "cores",
  "a,b",
  "With --pin: the driver's core, and the peer's where it has its own",
  { list: true, default: "the first two of this process" },
);

/** What is measured, and for how long. */
export const SELECTION_OPTIONS: readonly OptionSpec[] = [
  { ...PROFILE_OPTION, short: "p" },
  option("scenario", "names", "Only these scenarios", { short: "s", list: true, default: "all" }),
  option("transport", "names", "Only these transports", { short: "t", list: true, default: "all" }),
  option(
    "case",
    "glob",
    "Only cases whose id matches; * is any run of characters, ? any single one",
    { multiple: true },
  ),
  option("param", "name=v1,v2", "Values of a parameter instead of the profile's own", {
    multiple: true,
  }),
  option("rounds", "n", "Passes over all cases, 1 to 10000", { default: "the profile's own" }),
  option("duration", "time", "How long each case is measured, all rounds together, as in 10s", {
    default: "what the rounds come to",
  }),
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

export const MODULE_OPTION: OptionSpec = option(
  "module",
  "file",
  "A module of your own with further transports, workloads, scenarios or metrics",
  { multiple: true },
);

export const REPLAY_OPTION: OptionSpec = option(
  "replay",
  "file",
  "Traffic of your own in the place of sizes and rates, for load and round-trip: a line for each request, " +
    "request bytes,reply bytes,gap in µs, in order and round again",
);

export const JSON_OPTION: OptionSpec = { name: "json", description: "Print JSON instead of text" };

/** The option, for every command that writes a report of a record. */
export const MARGIN_OPTION: OptionSpec = option(
  "margin",
  "share",
  "How much less than the best is as good, where a report gives the size above which more gains less",
  { default: "5%" },
);

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

export const POLICY_OPTIONS: readonly OptionSpec[] = [
  option(
    "threshold",
    "share",
    "How much slower a headline may be, as in 5%; by default twice as much in operations, p90 and CPU, four times in p99; of a share such as loss, in points",
    { default: "5%" },
  ),
  option("alpha", "share", "Error rate that all gated cells share", { default: "0.01" }),
  option(
    "metric",
    "names",
    "Metrics that gate, as in p50,p99; headline is the first of each scenario",
    {
      list: true,
      default:
        "headline, operationsPerSecond, p90, p99, connectP99, cpuPerOperation, memoryPerOperation, callsPerOperation",
    },
  ),
  option(
    "budget-file",
    "file",
    "Thresholds by case, absolute limits and ignored cases, as in gate.toml",
  ),
  option(
    "strict",
    "glob",
    "Exit 3 when a cell is inconclusive, of all cases or of those whose id matches",
    { isValueOptional: true, multiple: true },
  ),
];

export const VERDICT_OPTIONS: readonly OptionSpec[] = [
  option(
    "format",
    "names",
    "Results to write beside the Markdown summary: md, json, junit, openmetrics, bencher, annotations, agent, " +
      "action-benchmark-smaller, action-benchmark-bigger",
    { short: "f", list: true, default: "md" },
  ),
  option("out", "dir", "Where the files go", { short: "o", default: DEFAULT_OUT }),
  flag("annotations", "Print GitHub annotations; done anyway where GITHUB_ACTIONS is true"),
  { name: "quiet", short: "q", description: "No plan and no progress; verdicts and warnings only" },
];
