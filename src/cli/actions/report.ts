/**
 * `sockbench report`.
 *
 * @module
 */

import { decodeRecord } from "../../record/codec.ts";
import { EXIT } from "../exit.ts";
import { type ParsedArguments, valueOf } from "../parse_arguments.ts";
import { findFormat } from "../report_format.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";
import { writeFileAtomically, writeObstacle } from "../write_file_atomically.ts";

/** Renders a record again. */
export async function report(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const format = await findFormat(valueOf(args, "format") ?? "md");
  const source = args.positionals[0]!;
  const text = format.render(
    decodeRecord(await readText(source), source === "-" ? "standard input" : source),
  );
  const out = valueOf(args, "out") ?? "-";
  if (out === "-") {
    terminal.out(text);
    return EXIT.ok;
  }
  try {
    await writeFileAtomically(out, text);
  } catch (error) {
    throw new UsageError(`cannot write ${out}: ${writeObstacle(error)}`);
  }
  terminal.err(`${out}\n`);
  return EXIT.ok;
}

async function readText(source: string): Promise<string> {
  try {
    return source === "-"
      ? await new Response(Deno.stdin.readable).text()
      : await Deno.readTextFile(source);
  } catch (error) {
    throw new UsageError(`cannot read ${source}: ${readObstacle(error)}`);
  }
}

function readObstacle(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  if (error instanceof Deno.errors.NotCapable) return "permission missing (--allow-read)";
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*/s, "").replaceAll(/\s+/g, " ");
}
