import type { Command } from "../command.ts";
import { PEER_OPTION } from "./shared_options.ts";

/** `sockbench claims`. */
export const claimsCommand: Command = {
  name: "claims",
  summary: "Test 40 textbook claims about sockets on this machine",
  description: [
    "Measures what decides each sentence, and writes claims.md and claims.json into the output directory: a verdict " +
    "(holds, holds in part, does not hold, undecided, cannot be tried here) with its numbers, the why, and what it means " +
    "for a Deno program. The measured trials are in claims-record.json, which sockbench report reads.",
    "A claim that cannot be tested is reported with the reason; none keeps another from being tried. Ctrl-C keeps what was found.",
  ],
  positionals: [],
  options: [
    {
      name: "claim",
      short: "c",
      value: "glob",
      list: true,
      multiple: true,
      description: "Only these claims, by id, number or glob",
      default: "all",
    },
    {
      name: "list",
      description: "Print the claims and end, without measuring",
    },
    {
      name: "format",
      short: "f",
      value: "names",
      choices: ["md", "json"],
      list: true,
      description: "What to write",
      default: "md,json",
    },
    {
      name: "out",
      short: "o",
      value: "dir",
      description: "Where the files go",
      default: "reports",
    },
    {
      name: "rounds",
      value: "n",
      description: "Passes over all measured cells, 1 to 10000",
      default: "12",
    },
    {
      name: "repeat",
      value: "n",
      description: "Runs of everything, 1 to 100; verdicts that differ are undecided",
      default: "1",
    },
    PEER_OPTION,
    {
      name: "seed",
      value: "n",
      description: "Order of the cells, 0 to 4294967295; the same seed repeats it",
      default: "random, recorded",
    },
    { name: "quiet", short: "q", description: "No progress; errors and warnings only" },
  ],
  examples: [
    { line: "deno task sockbench claims", description: "All of them, in under four minutes" },
    {
      line: "deno task sockbench claims --claim 'backlog*' --claim 26",
      description: "Only some, by glob or number",
    },
    {
      line: "deno task sockbench claims --repeat 5",
      description: "Five times, some 16 minutes: what differs is undecided",
    },
    {
      line: "deno task sockbench claims --list",
      description: "What there is to try",
    },
  ],
  load: async () => (await import("../actions/claims.ts")).claims,
};
