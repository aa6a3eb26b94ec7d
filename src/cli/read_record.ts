// Reading record files, as commands are given them.

import { decodeRecord } from "../record/codec.ts";
import type { RunRecord } from "../model/run_record.ts";
import { systemMessage } from "./failure.ts";
import { UsageError } from "./failure.ts";

/** Reads a record; throws UsageError when the file cannot be read, RecordError when it is none. */
export async function readRecord(source: string): Promise<RunRecord> {
  return decodeRecord(await readText(source), source === "-" ? "standard input" : source);
}

/** The largest file that is read, in bytes: fifty times what a thousand cases in ten rounds leave. */
const MAX_BYTES = 128 * 2 ** 20;

const TOO_LARGE = `it has more than ${MAX_BYTES / 2 ** 20} MiB, which no record has`;

/** A text file that a user named, of {@linkcode MAX_BYTES} at most; never waits for a writer; throws UsageError. */
export async function readText(source: string, { utf8Only = false } = {}): Promise<string> {
  try {
    if (source === "-") return await readBounded(Deno.stdin.readable, utf8Only);
    const info = await Deno.stat(source);
    const kind = kindOf(info);
    if (kind !== undefined) {
      throw new Unreadable(`it is a ${kind}, not a file: use - to read from one`);
    }
    if (info.size > MAX_BYTES) throw new Unreadable(TOO_LARGE);
    using file = await Deno.open(source);
    return await readBounded(file.readable, utf8Only);
  } catch (error) {
    throw new UsageError(`cannot read ${source}: ${readObstacle(error, source)}`);
  }
}

/** Why a file is not read, in the suite's own words. */
class Unreadable extends Error {}

/** What may have no end, or none before somebody writes. */
function kindOf(info: Deno.FileInfo): string | undefined {
  if (info.isFifo) return "pipe";
  if (info.isCharDevice || info.isBlockDevice) return "device";
  return info.isSocket ? "socket" : undefined;
}

async function readBounded(stream: ReadableStream<Uint8Array<ArrayBuffer>>, utf8Only: boolean) {
  let decoder: TextDecoder | undefined;
  let text = "";
  let bytes = 0;
  for await (const chunk of stream) {
    const encoding = encodingOf(chunk);
    if (decoder === undefined && utf8Only && encoding !== "utf-8") {
      throw new Unreadable("it is UTF-16: save it as UTF-8");
    }
    decoder ??= new TextDecoder(encoding);
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Unreadable(TOO_LARGE);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + (decoder?.decode() ?? "");
}

/** By its byte order mark: PowerShell writes UTF-16 into files. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

function readObstacle(error: unknown, source: string): string {
  if (error instanceof Deno.errors.NotFound) {
    // Deno hands a name that is not UTF-8 over with U+FFFD in it.
    return source.includes("\ufffd") ? "its name is not UTF-8" : "there is no such file";
  }
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  if (error instanceof Deno.errors.NotCapable) return "permission missing (--allow-read)";
  return systemMessage(error);
}
