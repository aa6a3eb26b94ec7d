import type { Command } from "../command.ts";

/** `sockbench completions`. */
export const completionsCommand: Command = {
  name: "completions",
  summary: "Print a script with which your shell completes sockbench's words",
  description: [
    "Offers commands, options, the values of options, scenarios, transports, formats and files, as this version knows them. " +
    "Nothing is started while you type: after an update, print the script again.",
    "It completes a command named sockbench. In a clone, make one first: " +
    'sockbench() { deno task sockbench "$@"; } for bash and zsh, function sockbench; deno task sockbench $argv; end for fish.',
  ],
  positionals: [
    { name: "shell", choices: ["bash", "zsh", "fish"], description: "bash, zsh or fish" },
  ],
  options: [],
  examples: [
    {
      line: "deno task sockbench completions bash",
      description: "For bash, to be appended (>>) to ~/.bash_completion",
    },
    {
      line: "deno task sockbench completions zsh",
      description: "For zsh, to be written (>) to a file _sockbench in a directory of $fpath",
    },
    {
      line: "deno task sockbench completions fish",
      description: "For fish, to be written (>) to ~/.config/fish/completions/sockbench.fish",
    },
  ],
  load: async () => (await import("../actions/completions.ts")).completions,
};
