import { MARGIN_OPTION } from "../margin.ts";
import type { Command } from "../command.ts";
import {
  CORES_OPTION,
  MODULE_OPTION,
  PEER_OPTION,
  PIN_OPTION,
  PROFILE_OPTION,
} from "./shared_options.ts";

/** `sockbench run`. */
export const runCommand: Command = {
  name: "run",
  endsInVerdict: true,
  summary: "Measure this machine's sockets and write a comparative report",
  description: [
    "Measures every selected case in interleaved rounds and leaves latest.json (the record: every trial), latest.md " +
    "and latest.html (the report, to read and to look at) in the output directory. Ctrl-C keeps the finished trials in a record marked partial.",
    "A case is a scenario, a transport and parameters, as in round-trip/tcp/bytes=64; " +
    '"sockbench list" shows them all. Sizes are written 64, 16k, 1KiB, 1MiB, or largest (a datagram transport\'s limit).',
  ],
  positionals: [],
  options: [
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
      name: "precision",
      value: "share",
      description:
        "Add rounds until the interval of every headline metric is this narrow, as in 2%; 32 rounds and 15 s at least",
    },
    MARGIN_OPTION,
    {
      name: "budget",
      value: "time",
      description: "With --precision: when adding rounds ends at the latest, as in 2min",
      default: "120s",
    },
    PEER_OPTION,
    {
      ...PIN_OPTION,
      default: "none, and in profiles standard and thorough both for a few headline cases",
    },
    CORES_OPTION,
    {
      name: "seed",
      value: "n",
      description: "Order of the cases, 0 to 4294967295; the same seed repeats it",
      default: "random, recorded",
    },
    {
      name: "out",
      short: "o",
      value: "dir",
      description: "Where the files go",
      default: "reports",
    },
    {
      name: "format",
      short: "f",
      value: "names",
      list: true,
      description:
        "Reports to write beside the record: md, html, text, csv, tsv, agent (json is the record itself, always written)",
      default: "md,html,json",
    },
    MODULE_OPTION,
    {
      name: "quiet",
      short: "q",
      description:
        "No plan, no progress and no tables; the answer in one line, errors and warnings",
    },
    { name: "verbose", short: "v", description: "A line for every trial" },
  ],
  examples: [
    {
      line: "deno task sockbench run --profile quick",
      description: "A first look, within 20 seconds",
    },
    {
      line: "deno task sockbench run --scenario nagle --transport tcp",
      description: "What Nagle's algorithm costs here",
    },
    {
      line: "deno task sockbench run --case 'round-trip/*/bytes=64' --peer loop --rounds 30",
      description: "One question, all transports, many rounds",
    },
    {
      line: "deno task sockbench run --scenario throughput --param bytes=16k,1MiB --seed 42",
      description: "Sizes of your own, in an order that can be repeated",
    },
  ],
  load: async () => (await import("../actions/run.ts")).run,
};
