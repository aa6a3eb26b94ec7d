/**
 * Reading record files, as commands are given them.
 *
 * @module
 */

import { decodeRecord } from "../record/codec.ts";
import type { RunRecord } from "../model/run_record.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Reads a record.
 *
 * @param source a path; "-" is standard input
 * @throws {UsageError} when the file cannot be read.
 * @throws {RecordError} when it is no record.
 */
export async function readRecord(source: string): Promise<RunRecord> {
  return decodeRecord(await readText(source), source === "-" ? "standard input" : source);
}

/**
 * Reads a text file that a user named.
 *
 * @param source a path; "-" is standard input
 * @throws {UsageError} in one sentence that names it.
 */
export async function readText(source: string): Promise<string> {
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
