// Commands, declared once: from one declaration come parsing, help texts and did-you-mean.
//
// A table of our own and no library: importing commander makes `--help` 2.65 times as slow as an empty `deno run`.

import type { Terminal } from "./terminal.ts";

/** An OptionSpec is one option of a command. */
export interface OptionSpec {
  /** Long name without dashes. */
  readonly name: string;
  /** One letter; absent: no short form. */
  readonly short?: string;
  /** Placeholder of the value, as in `name`; absent: a flag without a value. */
  readonly value?: string;
  /** The values allowed, where they are few and known without loading anything. */
  readonly choices?: readonly string[];
  /** One line for the help. */
  readonly description: string;
  /** Said in the help; what uses the option applies it. Absent: nothing to say. */
  readonly default?: string;
  /** Repeating the option adds up; absent: giving it twice is an error. */
  readonly multiple?: boolean;
  /** One value may list several, separated by commas; implies that repeating adds up. */
  readonly list?: boolean;
}

/** A PositionalSpec is one argument without a dash. */
export interface PositionalSpec {
  /** As in the help: `record.json`. */
  readonly name: string;
  /** One line for the help. */
  readonly description: string;
  /** May be left out. */
  readonly optional?: boolean;
  /** The last one: more of its kind may follow. */
  readonly repeatable?: boolean;
}

/** An example that can be copied as it stands. */
export interface ExampleSpec {
  /** The whole command line. */
  readonly line: string;
  /** What it does. */
  readonly description: string;
}

/** Arguments of a command, checked against its declaration. */
export interface ParsedArguments {
  /** The command that they are for. */
  readonly command: Command;
  /** Arguments without a dash, in order. */
  readonly positionals: readonly string[];
  /** Every value by option name, in order of appearance; lists are split. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Flags that were given. */
  readonly flags: ReadonlySet<string>;
  /** The arguments as given. */
  readonly raw: readonly string[];
}

/** What a command does when called. Loaded only then. `commands` are all there are, for the one that lists them. */
export type Action = (
  args: ParsedArguments,
  terminal: Terminal,
  commands: readonly Command[],
) => Promise<number>;

/** A Command is one word after `sockbench`. */
export interface Command {
  /** As typed. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs for the command's own help. */
  readonly description: readonly string[];
  /** Arguments without a dash, in order. */
  readonly positionals: readonly PositionalSpec[];
  /** Options besides `--help`, which every command has. */
  readonly options: readonly OptionSpec[];
  /** Options of earlier versions, by name, each with the sentence that answers it. */
  readonly retired?: Readonly<Record<string, string>>;
  /** Shown in the help. */
  readonly examples: readonly ExampleSpec[];
  /** Whether its success is a verdict or a record, which a child must send before the command may end with 0. */
  readonly endsInVerdict?: boolean;
  /** Loads the implementation. */
  load(): Promise<Action>;
}

/** The option that every command has. */
export const HELP_OPTION: OptionSpec = {
  name: "help",
  short: "h",
  description: "Show this help",
};
