/**
 * The suite's promises about its own cost, measured in one run: `deno task bench:ratios`.
 *
 * `--pairs n` pairs per socket ratio (default 100) · `--exchanges n` exchanges of the memory trial (default 1,000,000; ten million take
 * about six minutes) · `--only a,b` of `memory`, `round-trip`, `throughput`, `live-view`, `startup`, `render`. Exits with 1 when a promise is broken.
 *
 * @module
 */

import { systemClock } from "../../src/clock.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { medianInterval } from "../../src/stats/mod.ts";
import { largeRecord } from "./ratios/large_record.ts";
import { liveViewFindings } from "./ratios/live_view.ts";
import { measureMemoryGrowth } from "./ratios/memory_growth.ts";
import type { Rendering } from "./ratios/render_main.ts";
import { roundTripFindings, throughputFindings } from "./ratios/socket_ratios.ts";
import { startupPairs } from "./ratios/startup.ts";
import { type Finding, ratioFinding, renderFindings, verdictOf } from "./verdict.ts";
import { readOptions } from "./read_options.ts";

const MEGABYTE = 1e6;
/** Starts of the command line are slow, and alike: a few pairs do. */
const STARTUP_PAIRS = 25;
const RENDERINGS = 15;
const RENDERED_TRIALS = 10_000;
/** New processes that render everything once. */
const STARTED_RENDERINGS = 9;

/** What can be measured. */
const parts: Readonly<Record<string, () => Finding[] | Promise<Finding[]>>> = {
  memory: () => memoryFindings(wholeNumber("exchanges")),
  "round-trip": () => roundTripFindings(wholeNumber("pairs")),
  throughput: () => throughputFindings(wholeNumber("pairs")),
  "live-view": () => liveViewFindings(wholeNumber("pairs")),
  startup: startupFindings,
  render: renderingFindings,
};

const args = readOptions({ pairs: "100", exchanges: "1000000", only: Object.keys(parts).join() });

const findings: Finding[] = [];
for (const name of args.only.split(",")) {
  const measure = parts[name];
  if (measure === undefined) throw new Error(`--only takes ${Object.keys(parts).join(", ")}`);
  findings.push(...await measure());
}
await Deno.stdout.write(new TextEncoder().encode(renderFindings(findings)));
Deno.exitCode = findings.some((finding) => verdictOf(finding) === "short") ? 1 : 0;

async function memoryFindings(wanted: number): Promise<Finding[]> {
  const subjects = ["suite", "suite, V8's own flags", "bare loop, V8's own flags"] as const;
  const findings: Finding[] = [];
  for (const subject of subjects) {
    const { exchanges, growthBytes, beforeBytes } = await measureMemoryGrowth(subject, wanted);
    const growth = growthBytes / MEGABYTE;
    const rows = `${exchanges.toLocaleString("en")} exchanges over unix, peer loop`;
    const before = `RSS, ${(beforeBytes / MEGABYTE).toFixed(0)} MB before`;
    findings.push({
      what: subject === "suite"
        ? `growth of memory over ${rows} (${before})`
        : `control: the same, ${subject} (${before})`,
      unit: " MB",
      figure: { estimate: growth, low: growth, high: growth, n: 1 },
      ...(subject === "suite" && { target: { must: "be at most", value: 20 } }),
    });
  }
  return findings;
}

async function startupFindings(): Promise<Finding[]> {
  const pairs = await startupPairs(["--help"], STARTUP_PAIRS);
  const target = { must: "be at most", value: 1.8 } as const;
  return [ratioFinding("`sockbench --help` to `deno run` of an empty file", pairs, target)];
}

async function renderingFindings(): Promise<Finding[]> {
  return [
    ...eachFormatFindings(),
    ...await allFormatsFindings("standard", "a standard record", 300),
    ...await allFormatsFindings(
      String(RENDERED_TRIALS),
      `a record of ${RENDERED_TRIALS.toLocaleString("en")} trials`,
      2_000,
    ),
  ];
}

/** As a user meets it: each rendering in a process that was just started. */
async function allFormatsFindings(size: string, what: string, mostMs: number): Promise<Finding[]> {
  const renderings: Rendering[] = [];
  for (let k = 0; k < STARTED_RENDERINGS; k++) renderings.push(await renderInNewProcess(size));
  return [
    {
      what: `rendering ${what} in all formats, in a new process`,
      unit: " ms",
      figure: medianInterval(renderings.map(({ elapsedMs }) => elapsedMs)),
      target: { must: "be at most", value: mostMs },
    },
    {
      what: `most memory of that process, the record in it (RSS)`,
      unit: " MB",
      figure: medianInterval(renderings.map(({ peakBytes }) => peakBytes / MEGABYTE)),
      target: { must: "be at most", value: 300 },
    },
  ];
}

async function renderInNewProcess(size: string): Promise<Rendering> {
  const main = new URL("ratios/render_main.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", main, size],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

function eachFormatFindings(): Finding[] {
  const record = largeRecord(RENDERED_TRIALS);
  return [...reportFormats.values()].map(({ id, render }) => {
    const times = Array.from({ length: RENDERINGS }, () => {
      const startNs = systemClock.nowNs();
      // A copy, as what is known of a record is not found out twice.
      render({ ...record });
      return (systemClock.nowNs() - startNs) / 1e6;
    });
    return {
      what: `rendering a record of ${RENDERED_TRIALS.toLocaleString("en")} trials as ${id}`,
      unit: " ms",
      figure: medianInterval(times),
      target: { must: "be at most", value: 1_000 },
    };
  });
}

function wholeNumber(name: "pairs" | "exchanges"): number {
  const value = Number(args[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number above 0: current value is ${args[name]}`);
}
