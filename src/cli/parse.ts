// Commands, declared once, and their parsing: commander takes 2.65 times an empty `deno run`, `@std/cli/parse-args` passes over mistakes.

import type { Terminal } from "./terminal/terminal.ts";
import type { InputFile } from "./job_files.ts";
import { UsageError } from "./failure.ts";

/** An OptionSpec is one option of a command. */
export interface OptionSpec {
  /** Long name without dashes. */
  readonly name: string;
  /** One letter; absent: no short form. */
  readonly short?: string;
  /** Placeholder of the value, as in `name`; absent: a flag without a value. */
  readonly value?: string;
  /** The value may be left out, which makes a flag of it; for commands without positionals, where what follows is a value. */
  readonly isValueOptional?: boolean;
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

export function option(
  name: string,
  value: string,
  description: string,
  rest: Omit<OptionSpec, "name" | "value" | "description"> = {},
): OptionSpec {
  return { name, value, description, ...rest };
}

export function flag(
  name: string,
  description: string,
  rest: Pick<OptionSpec, "short"> = {},
): OptionSpec {
  return { name, description, ...rest };
}

/** A PositionalSpec is one argument without a dash. `repeatable`: more of its kind may follow. */
export type PositionalSpec = Readonly<
  { name: string; description: string; optional?: boolean; repeatable?: boolean }
>;

export interface ParsedArguments {
  readonly command: Command;
  readonly positionals: readonly string[];
  /** Every value by option name, in order of appearance; lists are split. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly flags: ReadonlySet<string>;
  readonly raw: readonly string[];
}

/** What a command does when called; it loads then what it needs of the engine. `commands` are all there are, for the one that lists them. */
export type Action = (
  args: ParsedArguments,
  terminal: Terminal,
  commands: readonly Command[],
) => Promise<number>;

/** A Command is one word after `sockbench`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Paragraphs for the command's own help. */
  readonly description: readonly string[];
  readonly positionals: readonly PositionalSpec[];
  /** Options besides `--help`, which every command has. */
  readonly options: readonly OptionSpec[];
  /** Options of earlier versions, by name, each with the sentence that answers it. */
  readonly retired?: Readonly<Record<string, string>>;
  /** What command lines do that can be copied as they stand. */
  readonly examples: Readonly<Record<string, string>>;
  /** Whether its success is a verdict or a record, which a child must send before the command may end with 0. */
  readonly endsInVerdict?: boolean;
  readonly action: Action;
}

export const HELP_OPTION: OptionSpec = { name: "help", short: "h", description: "Show this help" };

export function valueOf(args: ParsedArguments, name: string): string | undefined {
  return args.values.get(name)?.[0];
}

export function valuesOf(args: ParsedArguments, name: string): readonly string[] {
  return args.values.get(name) ?? [];
}

/** The files that some options name, as what they are read as. */
export function inputFiles(args: ParsedArguments, options: readonly string[]): InputFile[] {
  return options.flatMap((name) =>
    valuesOf(args, name).map((path) => ({ name: `--${name}`, path }))
  );
}

/** Parses `raw` after a command's declaration; throws UsageError in one sentence. */
export function parseArguments(command: Command, raw: readonly string[]): ParsedArguments {
  const options = [...command.options, HELP_OPTION];
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  for (let i = 0; i < raw.length; i++) {
    const arg = raw[i]!;
    if (arg === "--") {
      positionals.push(...raw.slice(i + 1));
      break;
    }
    if (!arg.startsWith("-") || arg === "-") {
      positionals.push(arg);
      continue;
    }
    const equals = arg.indexOf("=");
    const written = equals === -1 ? arg : arg.slice(0, equals);
    const option = findOption(command, options, written);
    if (option.value === undefined) {
      if (equals !== -1) throw new UsageError(`${written} takes no value`);
      flags.add(option.name);
      continue;
    }
    const value = equals !== -1 ? arg.slice(equals + 1) : raw[i + 1];
    if (
      option.isValueOptional && (value === undefined || (equals === -1 && looksLikeOption(value)))
    ) {
      flags.add(option.name);
      continue;
    }
    if (value === undefined || value === "" || (equals === -1 && looksLikeOption(value))) {
      throw new UsageError(`${written} needs a value: ${written} <${option.value}>`);
    }
    if (equals === -1) i++;
    addValue(values, option, value);
  }
  if (!flags.has("help")) checkPositionals(command, positionals);
  return { command, positionals, values, flags, raw };
}

/** `-` is a value (standard output), and so is `-1`, which deserves a better sentence than "needs a value". */
function looksLikeOption(value: string): boolean {
  return value.startsWith("-") && value !== "-" && !/^-\d/.test(value);
}

function findOption(command: Command, options: readonly OptionSpec[], written: string): OptionSpec {
  const found = options.find((option) =>
    written === `--${option.name}` || (option.short !== undefined && written === `-${option.short}`)
  );
  if (found !== undefined) return found;
  const name = written.replace(/^--/, "");
  const { retired = {} } = command;
  if (Object.hasOwn(retired, name)) throw new UsageError(retired[name]!);
  throw new UsageError(`${command.name} has no option ${written}`, {
    given: written,
    candidates: options.map((option) => `--${option.name}`),
  });
}

function addValue(values: Map<string, string[]>, option: OptionSpec, value: string): void {
  const items = option.list ? value.split(",").map((item) => item.trim()) : [value];
  if (items.includes("")) {
    throw new UsageError(`--${option.name} has an empty item: "${value}"`);
  }
  for (const item of items) {
    if (option.choices !== undefined && !option.choices.includes(item)) {
      throw new UsageError(
        `--${option.name} must be one of ${option.choices.join(", ")}: "${item}" is not`,
        { given: item, candidates: option.choices },
      );
    }
  }
  const known = values.get(option.name);
  if (known === undefined) values.set(option.name, items);
  else if (option.multiple || option.list) known.push(...items);
  else throw new UsageError(`--${option.name} can be given only once`);
}

function checkPositionals(command: Command, positionals: readonly string[]): void {
  const required = command.positionals.filter((spec) => !spec.optional);
  const missing = required[positionals.length];
  if (missing !== undefined) {
    throw new UsageError(`${command.name} needs <${missing.name}>: ${missing.description}`);
  }
  const extra = command.positionals.at(-1)?.repeatable
    ? undefined
    : positionals[command.positionals.length];
  if (extra !== undefined) {
    throw new UsageError(`${command.name} does not know what to do with "${extra}"`);
  }
}
