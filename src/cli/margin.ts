// `--margin`: how much less than the best still counts as good as it.

import type { OptionSpec, ParsedArguments } from "./command.ts";
import { valueOf } from "./parse_arguments.ts";
import { UsageError } from "./usage_error.ts";

/** The option, for every command that writes a report of a record. */
export const MARGIN_OPTION: OptionSpec = {
  name: "margin",
  value: "share",
  description:
    "How much less than the best is as good, where a report gives the size above which more gains less",
  default: "5%",
};

/**
 * Reads `--margin`.
 *
 * @returns a share above 0 and below 1; `undefined` where it was not given
 * @throws {UsageError} when it is something else
 */
export function marginOf(args: ParsedArguments): number | undefined {
  const text = valueOf(args, "margin");
  if (text === undefined) return undefined;
  const [, digits, percent] = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text) ?? [];
  const share = percent === "%" ? Number(digits) / 100 : Number(digits);
  if (digits === undefined || !(share > 0 && share < 1)) {
    throw new UsageError(
      `--margin must be a share above 0% and below 100%, as in 5%: "${text}" is not`,
    );
  }
  return share;
}
