/**
 * The options of a program in bench/: each takes a value and has a default.
 *
 * @module
 */

import { parseArgs } from "node:util";

/**
 * Reads the command line. What it does not know ends the program with exit code 2 and one sentence.
 *
 * @param defaults every option, without its dashes, and the value that it has where it is not given
 */
export function readOptions<Name extends string>(
  defaults: Readonly<Record<Name, string>>,
): Readonly<Record<Name, string>> {
  const names = Object.keys(defaults) as Name[];
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: Object.fromEntries(names.map((name) => [name, { type: "string" }] as const)),
    });
    return { ...defaults, ...values as Partial<Record<Name, string>> };
  } catch (error) {
    const why = (error as Error).message.split(/[.\n]/)[0];
    // deno-lint-ignore no-console
    console.error(`${why} (there is ${names.map((name) => `--${name}`).join(", ")})`);
    Deno.exit(2);
  }
}
