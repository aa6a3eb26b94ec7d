import type { Command } from "../command.ts";
import { JSON_OPTION, MODULE_OPTION, PROFILE_OPTION } from "./shared_options.ts";

/** `sockbench list`. */
export const listCommand: Command = {
  name: "list",
  summary: "Show scenarios and transports, and what is missing here and why",
  description: [
    "Shows what can be measured, a line each: the transports with their availability on this machine under these " +
    "permissions, and the scenarios with their questions. With a scenario: its parameters, metrics, and cases of a profile.",
  ],
  positionals: [
    {
      name: "scenario",
      optional: true,
      description: "the scenario to show in full, as in round-trip",
    },
  ],
  options: [{ ...PROFILE_OPTION, short: "p" }, JSON_OPTION, MODULE_OPTION],
  examples: [
    { line: "deno task sockbench list", description: "What can be measured here" },
    {
      line: "deno task sockbench list nagle",
      description: "One scenario: its parameters with their units, and its cases",
    },
    {
      line: "deno task sockbench list --json --profile quick",
      description: "The same for a program, with the cases of another profile",
    },
  ],
  load: async () => (await import("../actions/list.ts")).list,
};
