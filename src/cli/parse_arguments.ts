// Parsing of a command's arguments after its declaration.
//
// Not `@std/cli/parse-args`: it reads `--out -` as an option without a value, `--quiet=x` as `--quiet`, keeps the last
// of two values without a word, and starts 2 ms later.

import { type Command, HELP_OPTION, type OptionSpec, type ParsedArguments } from "./command.ts";
import type { InputFile } from "./same_file.ts";
import { UsageError } from "./usage_error.ts";

/** The value of an option that may be given once; absent when it was not. */
export function valueOf(args: ParsedArguments, name: string): string | undefined {
  return args.values.get(name)?.[0];
}

/** The values of an option that adds up; empty when it was not given. */
export function valuesOf(args: ParsedArguments, name: string): readonly string[] {
  return args.values.get(name) ?? [];
}

/** The files that some options name, as what they are read as. */
export function inputFiles(args: ParsedArguments, options: readonly string[]): InputFile[] {
  return options.flatMap((name) =>
    valuesOf(args, name).map((path) => ({ name: `--${name}`, path }))
  );
}

/**
 * Parses `raw` after the declaration of `command`.
 *
 * @throws {UsageError} on an unknown option, a missing or superfluous value, or a wrong number of arguments.
 */
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
