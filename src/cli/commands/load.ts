import { loadLate } from "../late.ts";
import { CORES_OPTION, PEER_OPTION, PIN_OPTION, REPLAY_OPTION } from "../options.ts";
import { type Command, option } from "../parse.ts";

export const loadCommand: Command = {
  name: "load",
  summary: "Latency at an offered rate, up to saturation, or the rate that keeps a promise",
  description: [
    "Sends requests at the asked rate whatever became of those before (an open loop): latency counts from the intended time, and a closed " +
    "loop stands beside it. --curve finds the rates by itself, from 10 % of what a closed loop reaches to beyond saturation. --slo finds the " +
    "highest rate that keeps a promise and the lowest that breaks it.",
    "Both ends spin: leave two cores free, and give no quota. Ctrl-C keeps the steps that were finished.",
  ],
  positionals: [],
  options: [
    option(
      "rate",
      "n",
      "Requests per second, of all connections together; needed without --curve, --slo and --replay",
      { list: true },
    ),
    option("connections", "n", "How many connections, 1 to 10000", { default: "10" }),
    option("bytes", "size", "Size of the request and of the reply", { default: "64" }),
    { name: "request", value: "size", description: "Size of the request, in the place of --bytes" },
    { name: "reply", value: "size", description: "Size of the reply, in the place of --bytes" },
    option(
      "arrivals",
      "how",
      "Gaps between requests: random as of independent users, or all alike",
      { choices: ["poisson", "constant"], default: "poisson" },
    ),
    option("transport", "names", "Over which transports", {
      short: "t",
      list: true,
      default: "tcp,unix",
    }),
    REPLAY_OPTION,
    { name: "curve", description: "Rates up to saturation, found by itself" },
    option("slo", "promise", "The highest rate that keeps it, as in p99<=1ms"),
    option("rounds", "n", "Trials of each rate; with --slo at least 8", { default: "8" }),
    PEER_OPTION,
    PIN_OPTION,
    CORES_OPTION,
    option(
      "seed",
      "n",
      "Arrivals, and order of the rates, 0 to 4294967295; the same seed repeats both",
      { default: "random, recorded" },
    ),
    option("out", "dir", "Where the files go", { short: "o", default: "reports" }),
    { name: "quiet", short: "q", description: "No progress; the answer, errors and warnings" },
  ],
  examples: {
    "deno task sockbench load --rate 5000 --connections 100 --request 300 --reply 20k":
      "p99 at 5,000 requests a second over 100 connections, TCP or Unix",
    "deno task sockbench load --curve --transport tcp":
      "Latency over offered load, up to saturation",
    "deno task sockbench load --replay sizes.csv --connections 100":
      "Your own requests, replies and gaps",
    "deno task sockbench load --slo 'p99<=1ms' --connections 100":
      "The highest rate that keeps p99 at 1 ms",
  },
  action: async (args, terminal) =>
    (await loadLate<typeof import("../loading.ts")>("loading")).load(args, terminal),
};
