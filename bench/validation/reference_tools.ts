/**
 * The suite beside sockperf, iperf3 and netperf, in one interleaved run on one machine: `deno task reference-tools`.
 *
 * Installs nothing: what is not on the PATH is named and left out. On Debian: `apt-get install sockperf iperf3` (netperf is in non-free).
 *
 * `--rounds n` (default 15) · `--seconds n` of each tool's slice (default 1) · `--pin same|cross|none` (default same) · `--only a,b` parts
 * of cells' or tools' names · `--out file` (default reports/reference-tools.md). Exits with 0 whatever the ratios are: they are findings.
 *
 * @module
 */

import { describeMachine } from "../../src/model/format_fact.ts";
import { readEnvironment } from "../../src/run/environment.ts";
import type { Pin } from "../../src/model/placement.ts";
import { PINS } from "../../src/plan/placement.ts";
import type { Trial } from "../../src/model/trial.ts";
import { createPrng, type Pair } from "../../src/stats/mod.ts";
import {
  findTools,
  type FoundTools,
  listComparisons,
  notRun,
  type ToolComparison,
} from "./reference_tools/comparisons.ts";
import { renderReferenceTools, type ToolRow } from "./reference_tools/tool_report.ts";
import type { SliceOptions } from "./reference_tools/reference_tool.ts";
import { SuiteCells } from "./reference_tools/suite_cells.ts";
import { killTools, runTool } from "./reference_tools/tool_process.ts";
import { readOptions } from "./read_options.ts";

const args = readOptions({
  rounds: "15",
  seconds: "1",
  pin: "same",
  only: "",
  out: "reports/reference-tools.md",
});

const rounds = wholeNumber("rounds");
const seconds = wholeNumber("seconds");
const pin = PINS.find((one) => one === args.pin);
if (pin === undefined) {
  throw new Error(`--pin must be one of ${PINS.join(", ")}: it is ${args.pin}`);
}

// Tools must not outlive the program, however it ends; a second signal ends it at once.
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    killTools();
    if (interrupted.signal.aborted) Deno.exit(130);
    interrupted.abort();
  });
}
globalThis.addEventListener("unload", killTools);

const tools = await findTools();
const rows = await measure(listComparisons(tools).filter(isWanted), pin);
if (interrupted.signal.aborted) Deno.exit(130);
await Deno.writeTextFile(
  args.out,
  renderReferenceTools({ facts: await readFacts(tools), pin, rounds, notRun: notRun(tools), rows }),
);
say(`written to ${args.out}`);

/** A row while it is measured. */
interface OpenRow extends ToolRow {
  readonly pairs: Pair[];
  readonly trials: Trial[];
  readonly faults: string[];
}

async function measure(comparisons: readonly ToolComparison[], pin: Pin): Promise<ToolRow[]> {
  await using cells = await SuiteCells.open(pin);
  const cores = cells.cores(comparisons.map(({ cell }) => cell));
  if (pin !== "none" && cores === undefined) {
    throw new Error(`nothing can be pinned ${pin} here: try --pin none`);
  }
  const options: SliceOptions = { seconds, ...(cores !== undefined && { cores }) };
  const rows = comparisons.map((comparison): OpenRow => {
    const found = cells.find(comparison.cell);
    const { ofTool } = comparison;
    const reason = "reason" in found
      ? found.reason
      : "reason" in ofTool
      ? ofTool.reason
      : undefined;
    const row = { comparison, pairs: [], trials: [], faults: [] };
    return reason === undefined ? row : { ...row, reason };
  });
  const prng = createPrng(1);
  for (let round = 1; round <= rounds; round++) {
    for (const row of prng.shuffle(rows.filter(({ reason }) => reason === undefined))) {
      await measurePair(row, round, cells, options);
      if (interrupted.signal.aborted) return rows;
    }
    say(`round ${round}/${rounds}`);
  }
  return rows;
}

/** A slice of each, side by side; which comes first takes turns. A slice that fails costs its pair. */
async function measurePair(
  { comparison, pairs, trials, faults }: OpenRow,
  round: number,
  cells: SuiteCells,
  options: SliceOptions,
): Promise<void> {
  const { cell, ofTool, ofTrial, tool } = comparison;
  if (typeof ofTool !== "function") return;
  let trial: Trial | undefined;
  let tools: number | undefined;
  const slices = [
    async () => void (trial = await cells.run(cell, interrupted.signal)),
    async () => void (tools = await ofTool(options)),
  ];
  try {
    for (const slice of round % 2 === 0 ? slices : slices.reverse()) await slice();
    const own = ofTrial(trial!);
    if (own === undefined) throw new Error("the trial has no such figure");
    pairs.push([own, tools!]);
    trials.push(trial!);
  } catch (error) {
    if (interrupted.signal.aborted) return;
    const message = (error as Error).message;
    faults.push(message);
    say(`${tool}: ${message}`);
  }
}

async function readFacts({ paths, sockperfVersion }: FoundTools): Promise<string[]> {
  const iperf3 = paths.get("iperf3");
  const iperf3Version = iperf3 === undefined
    ? undefined
    : /^iperf (\S+)/.exec((await runTool([iperf3, "--version"], 5_000)).out)?.[1];
  return [
    ...describeMachine(await readEnvironment()),
    ...(sockperfVersion === undefined ? [] : [`sockperf ${sockperfVersion}`]),
    ...(iperf3Version === undefined ? [] : [`iperf3 ${iperf3Version}`]),
    `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
  ];
}

function isWanted({ cell, tool }: ToolComparison): boolean {
  const wanted = args.only.split(",").filter((one) => one !== "");
  const name = `${cell.scenario}/${cell.transport}/bytes=${cell.bytes ?? 0} ${tool}`;
  return wanted.length === 0 || wanted.some((part) => name.includes(part));
}

function wholeNumber(name: "rounds" | "seconds"): number {
  const value = Number(args[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number above 0: it is ${args[name]}`);
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
