import type { Command } from "../command.ts";
import { POLICY_OPTIONS, VERDICT_OPTIONS } from "./gate_options.ts";
import { CORES_OPTION, MODULE_OPTION, PEER_OPTION, PIN_OPTION } from "./shared_options.ts";

/** `sockbench ab`. */
export const abCommand: Command = {
  name: "ab",
  endsInVerdict: true,
  summary: "Measure two versions in interleaved pairs and fail when the second is slower",
  description: [
    "Runs base and head in processes of their own, on this machine, in pairs a few milliseconds apart, so that the machine's " +
    "drift falls on both. Their processes are replaced after a few pairs, and one such generation is one value of the test. A cell is red when the exact sign test, " +
    "corrected for all cells, shows that head is slower and the estimate is beyond the threshold, on fresh processes alone: flagged cells are measured again before the job fails.",
    "A subject is self (this sockbench, this Deno), deno:<version or path> (another Deno), git:<ref> (a commit of the " +
    "repository here, in a temporary worktree) or dir:<path>. With --module ./bench.ts each side runs its own version of that " +
    "file: this is how a project gates its own socket code. " +
    "Without a selection the module's scenarios are measured, or round-trip, throughput, connect and connect-round-trip of profile quick.",
    "Exit codes: 0 pass, 1 regressed, 2 wrong input, 3 cannot judge, 130 interrupted.",
  ],
  positionals: [],
  options: [
    {
      name: "base",
      value: "subject",
      description: "What head is compared against; required",
    },
    { name: "head", value: "subject", description: "What is in question", default: "self" },
    {
      name: "scenario",
      short: "s",
      value: "names",
      list: true,
      description: "Only these scenarios",
    },
    {
      name: "transport",
      short: "t",
      value: "names",
      list: true,
      description: "Only these transports",
    },
    {
      name: "case",
      value: "glob",
      multiple: true,
      description: "Only cases whose id matches, of all scenarios",
    },
    {
      name: "param",
      value: "name=v1,v2",
      multiple: true,
      description: "Values of a parameter instead of the profile's own",
    },
    MODULE_OPTION,
    {
      name: "pairs",
      value: "n",
      description:
        "Pairs of each case at least, 1 to 10000; more where fewer could show nothing at all",
      default: "16 generations, of 2 pairs each or of up to 8 where cases are few",
    },
    {
      name: "precision",
      value: "share",
      description: "Add pairs until every interval is this narrow, as in 2%",
      default: "half of the smallest threshold",
    },
    {
      name: "budget",
      value: "time",
      description: "When adding pairs ends at the latest; confirming may take 45% of it more",
      default: "120s",
    },
    ...POLICY_OPTIONS,
    { ...PEER_OPTION, default: "loop, which pairs best" },
    { ...PIN_OPTION, default: "none" },
    CORES_OPTION,
    {
      name: "seed",
      value: "n",
      description: "Order of cases and sides, 0 to 4294967295",
      default: "random, recorded",
    },
    ...VERDICT_OPTIONS,
    {
      name: "inject-slowdown",
      value: "share",
      description: "A job whose answer is known: burn this share of each operation's time in head",
    },
    {
      name: "inject-tail",
      value: "share",
      description: "The same for the slowest few in a hundred operations only, which moves p99",
    },
  ],
  examples: [
    {
      line: "deno task sockbench ab --base deno:2.8.3 --head deno:2.9.6",
      description: "Which Deno release is faster where",
    },
    {
      line: "deno task sockbench ab --base git:main --head dir:. --module ./bench.ts",
      description: "Gate the socket code of your own project",
    },
    {
      line:
        "deno task sockbench ab --base self --case round-trip/tcp/bytes=64 --inject-slowdown 10%",
      description: "See the gate turn red",
    },
  ],
  load: async () => (await import("../actions/ab.ts")).ab,
};
