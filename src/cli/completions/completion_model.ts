/**
 * The CompletionModel: what a shell may offer after each word, read off the declarations of the commands and the registries, so
 * that completions cannot drift from what is accepted.
 *
 * @module
 */

import type { Catalog } from "../../catalog.ts";
import { gateFormats } from "../../report/gate_registry.ts";
import { reportFormats } from "../../report/registry.ts";
import { type Command, HELP_OPTION, type OptionSpec, type ValueKind } from "../command.ts";

/** What a value may be completed with. */
export interface ValueModel {
  /** Words to offer; empty where there is nothing to name. */
  readonly words: readonly string[];
  /** Whether several may be given, separated by commas. */
  readonly list: boolean;
  /** Paths to offer. */
  readonly paths: "none" | "files" | "directories";
  /** Placeholder, as in the help. */
  readonly name: string;
}

/** An option as shells see it. */
export interface OptionModel {
  /** Long name without dashes. */
  readonly long: string;
  /** One letter, where there is one. */
  readonly short?: string;
  /** One line. */
  readonly description: string;
  /** May be given again. */
  readonly repeats: boolean;
  /** Absent: a flag. */
  readonly value?: ValueModel;
}

/** A command as shells see it. */
export interface CommandModel {
  /** As typed. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Options, `--help` included. */
  readonly options: readonly OptionModel[];
  /** Arguments without a dash, in order. */
  readonly positionals: readonly ValueModel[];
}

/** A CompletionModel is every command. */
export type CompletionModel = readonly CommandModel[];

/** Shells read these as they stand; what a module might call its parts otherwise is not offered. */
const PLAIN_WORD = /^[\w][\w.@+/=-]*$/;

/**
 * Reads the model.
 *
 * @param commands every command
 * @param catalog whose scenarios, transports and parameters are offered
 */
export function modelCompletions(commands: readonly Command[], catalog: Catalog): CompletionModel {
  const wordsOf: Readonly<Partial<Record<ValueKind, readonly string[]>>> = {
    scenario: [...catalog.scenarios.keys()],
    transport: [...catalog.transports.keys()],
    param: parameterNames(catalog),
    "report-format": [...reportFormats.keys()],
    "gate-format": [...gateFormats.keys()],
    command: commands.map(({ name }) => name),
  };
  const model = (
    name: string,
    { kind, choices, list = false }: Pick<OptionSpec, "kind" | "choices" | "list">,
  ): ValueModel => ({
    name,
    words: (choices ?? (kind && wordsOf[kind]) ?? []).filter((word) => PLAIN_WORD.test(word)),
    list,
    paths: kind === "directory"
      ? "directories"
      : kind === "file" || kind === "module"
      ? "files"
      : "none",
  });
  return commands.map(({ name, summary, options, positionals }) => ({
    name,
    summary,
    options: [...options, HELP_OPTION].map((option) => ({
      long: option.name,
      ...(option.short !== undefined && { short: option.short }),
      description: option.description,
      repeats: (option.multiple ?? false) || (option.list ?? false),
      ...(option.value !== undefined && { value: model(option.value, option) }),
    })),
    positionals: positionals.map((positional) => model(positional.name, positional)),
  }));
}

/** Parameters of all scenarios, as far as they go without their values: `bytes=`. */
function parameterNames(catalog: Catalog): readonly string[] {
  const scenarios = [...catalog.scenarios.values()];
  const names = scenarios.flatMap(({ parameters }) => parameters.map(({ name }) => `${name}=`));
  return [...new Set(names)];
}

/** A text as one word of any of the three shells. */
export function quoteWord(text: string): string {
  return `'${text.replaceAll(/\s+/g, " ").replaceAll("'", "’")}'`;
}
