// From the arguments of `run` to settings, and back to the command that repeats the run.

import type { Settings, SettingsInput } from "../plan/settings.ts";
import type { ParsedArguments } from "./parse.ts";
import { valueOf, valuesOf } from "./parse.ts";
import { UsageError } from "./failure.ts";

/** Throws UsageError for a budget without a precision, which would be ignored; `ab` has a precision of its own. */
export function refuseIdleBudget(args: ParsedArguments): void {
  if (valueOf(args, "budget") === undefined || valueOf(args, "precision") !== undefined) return;
  throw new UsageError(
    "--budget needs --precision: it ends the adding of rounds, and without a precision none is added",
  );
}

/** What the arguments ask for, not yet validated. */
export function settingsInput(args: ParsedArguments): SettingsInput {
  const profile = valueOf(args, "profile");
  const rounds = valueOf(args, "rounds");
  const duration = valueOf(args, "duration");
  const seed = valueOf(args, "seed");
  const precision = valueOf(args, "precision");
  const budget = valueOf(args, "budget");
  return {
    ...(profile !== undefined && { profile }),
    scenarios: valuesOf(args, "scenario"),
    transports: valuesOf(args, "transport"),
    cases: valuesOf(args, "case"),
    params: splitParams(valuesOf(args, "param")),
    pin: valuesOf(args, "pin"),
    cores: valuesOf(args, "cores"),
    ...(rounds !== undefined && { rounds }),
    ...(duration !== undefined && { duration }),
    ...(seed !== undefined && { seed }),
    ...(precision !== undefined && { precision }),
    ...(budget !== undefined && { budget }),
  };
}

/** Splits `name=v1,v2`; the same name given twice adds up. */
function splitParams(given: readonly string[]): Record<string, string[]> {
  const params = new Map<string, string[]>();
  for (const text of given) {
    const [, name, list] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || list === undefined) {
      throw new UsageError(`--param must be written name=value or name=v1,v2: "${text}" is not`);
    }
    const values = list.split(",").map((value) => value.trim());
    if (values.includes("")) throw new UsageError(`--param ${name} has an empty value: "${text}"`);
    params.set(name.trim(), [...(params.get(name.trim()) ?? []), ...values]);
  }
  return Object.fromEntries(params);
}

/** Options that say where results go or how verbose a run is, not what it measures. */
const NOT_REPEATED = new Set(["out", "quiet", "verbose", "peer", "seed"]);

export function repeatCommand(args: ParsedArguments, settings: Settings): string {
  const used = ["--peer", settings.peer, "--seed", String(settings.seed)];
  return repeatWords("run", args, NOT_REPEATED, used);
}

/** A command line with the values that were given, but for some options, and with what was used in the end. */
export function repeatWords(
  command: string,
  args: ParsedArguments,
  without: ReadonlySet<string>,
  used: readonly string[],
): string {
  const words = ["deno", "task", "sockbench", command];
  for (const { name, list } of args.command.options) {
    const values = without.has(name) ? [] : valuesOf(args, name);
    for (const value of list && values.length > 0 ? [values.join(",")] : values) {
      words.push(`--${name}`, quoteForShell(value));
    }
  }
  return [...words, ...used].join(" ");
}

/** The format of that name; throws UsageError when there is none. */
export function formatNamed<T>(formats: ReadonlyMap<string, T>, name: string): T {
  const found = formats.get(name);
  if (found !== undefined) return found;
  const known = [...formats.keys()];
  throw new UsageError(`there is no format "${name}" (there is ${known.join(", ")})`, {
    given: name,
    candidates: known,
  });
}

/** A word as a POSIX shell reads it back. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
