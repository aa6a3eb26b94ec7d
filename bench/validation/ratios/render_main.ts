/**
 * A process that renders one record in every format, one after another, as one that was just started: `standard` (the committed
 * sample) or a number of trials. Prints a {@linkcode Rendering} as JSON.
 *
 * @module
 */

import { systemClock } from "../../../src/clock.ts";
import { decodeRecord } from "../../../src/record/codec.ts";
import { reportFormats } from "../../../src/report/registry.ts";
import { largeRecord } from "./large_record.ts";

/** What rendering took. */
export interface Rendering {
  /** Trials of the record. */
  readonly trials: number;
  /** Time for all formats together, in milliseconds. */
  readonly elapsedMs: number;
  /** Most memory the process ever had, in bytes; the record is in it. */
  readonly peakBytes: number;
  /** Bytes of each format's text. */
  readonly bytes: Readonly<Record<string, number>>;
}

const [size = "standard"] = Deno.args;
const sample = new URL("../../../reports/sample.json", import.meta.url);
const record = size === "standard"
  ? decodeRecord(Deno.readTextFileSync(sample), "sample.json")
  : largeRecord(Number(size));

const startNs = systemClock.nowNs();
const texts = [...reportFormats].map(([id, format]) => [id, format.render(record)] as const);
const elapsedMs = (systemClock.nowNs() - startNs) / 1e6;
const rendering: Rendering = {
  trials: record.trials.length,
  elapsedMs,
  peakBytes: peakBytes(),
  bytes: Object.fromEntries(
    texts.map(([id, text]) => [id, new TextEncoder().encode(text).length]),
  ),
};
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(rendering)}\n`));

/** The kernel's own high-water mark; elsewhere what there is now, all texts included. */
function peakBytes(): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"));
    if (found !== null) return Number(found[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return Deno.memoryUsage().rss;
}
