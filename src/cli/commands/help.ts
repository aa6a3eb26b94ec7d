import type { Command } from "../command.ts";

/** `sockbench help`. */
export const helpCommand: Command = {
  name: "help",
  summary: "Show the help of a command",
  description: ["Shows the commands, or the options and examples of one."],
  positionals: [{ name: "command", optional: true, description: "the command" }],
  options: [],
  examples: [{ line: "deno task sockbench help run", description: "Everything run can do" }],
  load: async () => (await import("../actions/help.ts")).help,
};
