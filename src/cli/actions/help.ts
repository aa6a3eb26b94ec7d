// `sockbench help [command]`.

import type { Command, ParsedArguments } from "../command.ts";
import { EXIT } from "../exit.ts";
import { renderCommandHelp, renderOverview } from "../help.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";

/** Prints the overview, or the help of one command. */
export function help(
  args: ParsedArguments,
  terminal: Terminal,
  commands: readonly Command[],
): Promise<number> {
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
