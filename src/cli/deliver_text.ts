// Where a rendered text goes: to a file, or to standard output.

import { pathToFileURL } from "node:url";
import type { ParsedArguments } from "./command.ts";
import { disarmJson } from "../text/disarm.ts";
import { valueOf } from "./parse_arguments.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";
import { isSpecialFile, writeFileAtomically, writeObstacle } from "./write_file_atomically.ts";

/**
 * Delivers a text to `--out`: a file, whose path, or of a page whose link, is then told on standard error; or standard output,
 * for `-` and where it is left out.
 *
 * @throws {UsageError} when the file cannot be written.
 */
export async function deliverText(
  text: string,
  args: ParsedArguments,
  terminal: Terminal,
): Promise<void> {
  const out = valueOf(args, "out") ?? "-";
  if (out === "-") {
    return terminal.out(valueOf(args, "format") === "json" ? disarmJson(text) : text);
  }
  try {
    await writeFileAtomically(out, text);
  } catch (error) {
    throw new UsageError(`cannot write ${out}: ${writeObstacle(error)}`);
  }
  // Terminals make a link of it, and a shell's path is the user's own to open.
  const isPage = valueOf(args, "format") === "html" && !(await isSpecialFile(out));
  terminal.err(`${isPage ? pathToFileURL(out).href : out}\n`);
}
