import type { Command, ParsedArguments } from "../parse.ts";
import { EXIT, UsageError } from "../failure.ts";
import { renderCommandHelp, renderOverview } from "../help.ts";
import type { Terminal } from "../terminal/terminal.ts";

export const helpCommand: Command = {
  name: "help",
  summary: "Show the help of a command",
  description: ["Shows the commands, or the options and examples of one."],
  positionals: [{ name: "command", optional: true, description: "the command" }],
  options: [],
  examples: {
    "deno task sockbench help run": "Everything run can do",
  },
  action: help,
};

function help(args: ParsedArguments, terminal: Terminal, commands: readonly Command[]) {
  const name = args.positionals[0];
  if (name === undefined) terminal.out(renderOverview(commands, terminal.columns()));
  else {
    const command = commands.find((command) => command.name === name);
    if (command === undefined) {
      return Promise.reject(
        new UsageError(`there is no command "${name}"`, {
          given: name,
          candidates: commands.map((command) => command.name),
        }),
      );
    }
    terminal.out(renderCommandHelp(command, terminal.columns()));
  }
  return Promise.resolve(EXIT.ok);
}
