import type { Command } from "../command.ts";
import { JSON_OPTION, MODULE_OPTION, PROFILE_OPTION } from "./shared_options.ts";

/** `sockbench list`. */
export const listCommand: Command = {
  name: "list",
  summary: "Show scenarios, cases and transports, and what is missing here and why",
  description: [
    "Shows what can be measured: scenarios with their questions and parameters, the cases of a profile by their ids, and " +
    "the transports with their availability on this machine under these permissions.",
  ],
  positionals: [],
  options: [{ ...PROFILE_OPTION, short: "p" }, JSON_OPTION, MODULE_OPTION],
  examples: [
    { line: "deno task sockbench list", description: "What can be measured here" },
    {
      line: "deno task sockbench list --json --profile quick",
      description: "The same for a program, with the cases of another profile",
    },
  ],
  load: async () => (await import("../actions/list.ts")).list,
};
