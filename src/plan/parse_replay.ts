// From the text of `--replay sizes.csv` to a Replay: lines of request bytes, reply bytes and gap in µs.

import type { ReplaySize, RequestShape } from "../model/replay.ts";
import { Replay, REPLAY_HEADER_BYTES, writeUint32 } from "../model/replay.ts";
import type { Params } from "../model/params.ts";
import type { Scenario } from "../model/scenario.ts";
import { SettingsError } from "./settings_error.ts";

/** Most lines of a file. */
export const MAX_REPLAY_LINES = 1_000_000;
/** The largest request or reply, in bytes. */
const MAX_BYTES = 2 ** 26;
/** All different requests are made before anything is measured: what they may take, in bytes. */
const MAX_SHAPE_BYTES = 2 ** 28;
/** The longest gap, in microseconds. */
const MAX_GAP_US = 10e6;
const COLUMNS = "request bytes,reply bytes,gap µs";

/**
 * Reads a file of one's own traffic: a line for each request, `request bytes,reply bytes,gap µs`. A line with names may come first; empty
 * lines and those that begin with `#` are passed over.
 *
 * @param text the file's text, with or without a byte order mark
 * @param path what the file is called, for case ids and errors
 * @throws {SettingsError} that names the first line that is not one
 *
 * @example
 * ```ts
 * import { parseReplay } from "@sockbench/sockbench";
 *
 * const replay = await parseReplay("300,20000,150\n80,400,2500\n", "sizes.csv");
 * if (replay.count !== 2 || replay.shapeAt(3).replyBytes !== 400) throw new Error("not read");
 * ```
 */
export async function parseReplay(text: string, path: string): Promise<Replay> {
  const lines = new ReplayLines(path);
  if (text.includes("\0")) lines.fail("is UTF-16, or no text: save it as UTF-8");
  let number = 0;
  for (let at = text.startsWith("\uFEFF") ? 1 : 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end).trim();
    at = end < 0 ? text.length : end + 1;
    number++;
    if (line !== "" && !line.startsWith("#")) lines.take(line, number);
  }
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const hash = [...new Uint8Array(digest, 0, 8)].map((byte) => byte.toString(16).padStart(2, "0"));
  return lines.replay(hash.join(""));
}

class ReplayLines {
  readonly #path: string;
  readonly #shapes: RequestShape[] = [];
  readonly #known = new Map<number, number>();
  readonly #shapeOf: number[] = [];
  readonly #gapsNs: number[] = [];
  #shapeBytes = 0;
  #mayBeHeader = true;
  #largest: { request: ReplaySize; reply: ReplaySize } | undefined;
  #smallest: ReplaySize | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  fail(why: string, line?: number): never {
    throw new SettingsError(`${this.#path}${line === undefined ? "" : `, line ${line},`} ${why}`);
  }

  take(text: string, line: number): void {
    const fields = text.split(",").map((field) => field.trim());
    // Names of columns: no value of the line begins as a number does.
    const isHeader = this.#mayBeHeader && fields.every((field) => !/^[-+.\d]/.test(field));
    this.#mayBeHeader = false;
    if (isHeader && fields.length === 3) return;
    if (/[;\t]/.test(text)) {
      this.fail(`is separated by semicolons or tabs: ${COLUMNS} with commas`, line);
    }
    if (fields.length !== 3) {
      const decimal = fields.length > 3 ? "; decimals have a point, not a comma" : "";
      this.fail(`must be ${COLUMNS}, three values: it has ${fields.length}${decimal}`, line);
    }
    if (this.#shapeOf.length === MAX_REPLAY_LINES) {
      this.fail(`is beyond the most that a replay may have, ${MAX_REPLAY_LINES} requests`, line);
    }
    const [request, reply, gap] = fields as [string, string, string];
    const requestBytes = this.#size("request", request, REPLAY_HEADER_BYTES, line);
    const replyBytes = this.#size("reply", reply, 1, line);
    if (!/^\d{1,8}(?:\.\d{1,9})?$/.test(gap) || Number(gap) > MAX_GAP_US) {
      this.fail(
        `must end with a gap from 0 to ${MAX_GAP_US} µs, as in 150 or 0.5: it is "${gap}"`,
        line,
      );
    }
    this.#shapeOf.push(this.#shape(requestBytes, replyBytes, line));
    this.#gapsNs.push(Number(gap) * 1e3);
    const { request: most, reply: longest } = this.#largest ??= {
      request: { bytes: requestBytes, line },
      reply: { bytes: replyBytes, line },
    };
    if (requestBytes > most.bytes) this.#largest.request = { bytes: requestBytes, line };
    if (replyBytes > longest.bytes) this.#largest.reply = { bytes: replyBytes, line };
    if (replyBytes < (this.#smallest?.bytes ?? Infinity)) {
      this.#smallest = { bytes: replyBytes, line };
    }
  }

  #size(what: string, text: string, min: number, line: number): number {
    const bytes = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (bytes >= min && bytes <= MAX_BYTES) return bytes;
    const why = what === "request" ? ", as each carries its own length and its reply's" : "";
    this.fail(`must have a ${what} of ${min} to ${MAX_BYTES} bytes${why}: it is "${text}"`, line);
  }

  #shape(requestBytes: number, replyBytes: number, line: number): number {
    const key = requestBytes * 2 ** 26 + replyBytes - 1;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#shapeBytes += requestBytes;
    if (this.#shapeBytes > MAX_SHAPE_BYTES) {
      this.fail(
        `takes the different requests of the file beyond ${MAX_SHAPE_BYTES / 2 ** 20} MiB, ` +
          "which are all made before the start: round their sizes",
        line,
      );
    }
    const request = new Uint8Array(requestBytes);
    writeUint32(request, 4, replyBytes);
    const index = this.#shapes.push({ request, replyBytes }) - 1;
    this.#known.set(key, index);
    return index;
  }

  replay(hash: string): Replay {
    if (this.#largest === undefined || this.#smallest === undefined) {
      this.fail(`holds no request: a line for each, ${COLUMNS}`);
    }
    // As part of a case's id, which is split at slashes and commas.
    const name = this.#path.replace(/^.*[\\/]/, "").replaceAll(/[^\w.-]/g, "_");
    return new Replay(
      name,
      hash,
      this.#shapes,
      Uint32Array.from(this.#shapeOf),
      Float64Array.from(this.#gapsNs),
      this.#largest,
      this.#smallest,
    );
  }
}

/** What a file decides in the place of parameters. */
const REPLAYED = ["bytes", "request", "reply", "rate", "arrivals", "think", "pipeline"];

/** A replay, where the scenarios asked for can all send it and no parameter contradicts it. */
export function checkReplay(
  replay: Replay,
  { scenarios = [], params = {} }: {
    readonly scenarios?: readonly string[];
    readonly params?: Readonly<Record<string, unknown>>;
  },
  catalog: { readonly scenarios: ReadonlyMap<string, Scenario> },
): Replay {
  const able = [...catalog.scenarios.values()].filter(({ replays }) => replays).map(({ id }) => id);
  const unable = scenarios.find((id) => !able.includes(id));
  if (scenarios.length === 0 || unable !== undefined) {
    const why = unable === undefined ? "" : `: ${unable} cannot`;
    throw new SettingsError(`a replay needs --scenario ${able.join(" or ")}${why}`);
  }
  const against = Object.keys(params).find((name) => REPLAYED.includes(name));
  if (against !== undefined) {
    throw new SettingsError(
      `parameter ${against} contradicts the replay: ${replay.name} gives sizes and times`,
    );
  }
  if (scenarios.includes("load") && replay.ratePerSecond === Infinity) {
    throw new SettingsError(
      `the gaps of ${replay.name} add up to 0: load needs the times at which requests are due`,
    );
  }
  return replay;
}

/** The parameters of a case that replays: without those that the file decides. */
export function replayedParams(params: Params, replay: Replay): Params {
  const kept = Object.entries(params).filter(([name]) => !REPLAYED.includes(name));
  return { ...Object.fromEntries(kept), replay: replay.name };
}
