// Help texts, made from the declarations.

import { wrapWords } from "../text/wrap_words.ts";
import { type Command, HELP_OPTION, type OptionSpec } from "./parse.ts";

/** Longer lines are hard to follow. */
const MAX_COLUMNS = 100;

export function renderOverview(commands: readonly Command[], columns: number): string {
  const lines = [
    "sockbench: measure this machine's sockets, and find out what made them slower.",
    "",
    "Usage: sockbench <command> [options]",
    "",
    "Commands:",
    ...rows(commands.map((command) => [command.name, command.summary]), columns),
    "",
    "Options:",
    ...rows([
      ["-h, --help", "Show this help, or that of a command"],
      ["-V, --version", "Show the version"],
    ], columns),
    "",
    "Examples:",
    ...commands.flatMap((command) => exampleLines(command).slice(0, 2)),
    "",
    '"sockbench help <command>" shows more. In a clone of the repository, sockbench is "deno task sockbench".',
    "Exit codes: 0 done, 1 regressed, 2 wrong input, 3 nothing to judge, 130 interrupted.",
    "Set SOCKBENCH_DEBUG=1 to see the stack of an unexpected error.",
    "",
  ];
  return lines.join("\n");
}

export function renderCommandHelp(command: Command, columns: number): string {
  const positionals = command.positionals.map((p) =>
    (p.optional ? ` [${p.name}]` : ` <${p.name}>`) + (p.repeatable ? " …" : "")
  );
  const options = [...command.options, HELP_OPTION];
  const lines = [
    `sockbench ${command.name}: ${command.summary}`,
    "",
    `Usage: sockbench ${command.name}${positionals.join("")} [options]`,
    "",
    ...command.description.flatMap((
      text,
    ) => [...wrapWords(text, Math.min(columns, MAX_COLUMNS)), ""]),
  ];
  if (command.positionals.length > 0) {
    lines.push(
      "Arguments:",
      ...rows(command.positionals.map((p) => [p.name, p.description]), columns),
      "",
    );
  }
  lines.push("Options:", ...rows(options.map((o) => [signature(o), describe(o)]), columns), "");
  lines.push("Examples:", ...exampleLines(command), "");
  return lines.join("\n");
}

function signature(option: OptionSpec): string {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  return `${short}--${option.name}${formatPlaceholder(option)}`;
}

/** What follows an option's name, with a blank before it; empty for a flag. */
export function formatPlaceholder({ value, isValueOptional }: OptionSpec): string {
  return value === undefined ? "" : isValueOptional ? ` [${value}]` : ` <${value}>`;
}

function describe(option: OptionSpec): string {
  const notes = [
    ...(option.choices === undefined ? [] : [`one of ${option.choices.join(", ")}`]),
    ...(option.list ? ["several: separate by commas"] : option.multiple ? ["repeatable"] : []),
    ...(option.default === undefined ? [] : [`default: ${option.default}`]),
  ];
  return notes.length === 0 ? option.description : `${option.description} (${notes.join("; ")})`;
}

function exampleLines({ examples }: Command): string[] {
  return Object.entries(examples).flatMap((
    [line, description],
  ) => [`  # ${description}`, `  ${line}`]);
}

function rows(pairs: readonly (readonly [string, string])[], columns: number): string[] {
  const left = Math.max(...pairs.map(([name]) => name.length)) + 4;
  return pairs.flatMap(([name, text]) => {
    const [first = "", ...more] = wrapWords(
      text,
      Math.max(30, Math.min(columns, MAX_COLUMNS) - left),
    );
    return [`${`  ${name}`.padEnd(left)}${first}`, ...more.map((line) => " ".repeat(left) + line)];
  });
}
