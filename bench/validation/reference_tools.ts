// The suite beside sockperf, netperf, iperf3, neper, qperf and lmbench, in one interleaved run on one machine: `deno task reference-tools`.
//
// Installs nothing: what is not on the PATH is named and left out; docs/how-to/reference-tools.md has the lines that build each from its source.
//
// `--rounds n` (default 15) · `--seconds n` of each tool's slice (default 1) · `--pin same|cross|none` (default same) · `--only a,b` parts of
// cells' or tools' names · `--out file` (default reports/reference-tools.md). Exits with 0 whatever the ratios are: they are findings; with 2
// where the command line is wrong, and with 3 where nothing could be compared.

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
  type ToolComparison,
} from "./reference_tools/comparisons.ts";
import { renderReferenceTools, type ToolRow } from "./reference_tools/tool_report.ts";
import type { SliceOptions } from "./reference_tools/reference_tool.ts";
import { SuiteCells } from "./reference_tools/suite_cells.ts";
import { killTools } from "./reference_tools/tool_process.ts";
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
const pin = PINS.find((one) => one === args.pin) ??
  refuse(`--pin must be one of ${PINS.join(", ")}: it is ${args.pin}`);

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
const comparisons = listComparisons(tools).filter(isWanted);
if (comparisons.length === 0) {
  const names = listComparisons(tools).map(nameOf);
  refuse(`--only ${args.only} matches no row (there is ${names.slice(0, 3).join("; ")}; …)`);
}
// The report is written at the end, over what was there: whether it can be is known before anything is measured.
try {
  (await Deno.open(args.out, { append: true, create: true })).close();
} catch (error) {
  refuse(`--out ${args.out} cannot be written: ${(error as Error).message.split(" (os")[0]}`);
}
const rows = await measure(comparisons, pin);
if (interrupted.signal.aborted) Deno.exit(130);
if (rows.every(({ pairs }) => pairs.length === 0)) {
  for (const { comparison, reason, faults } of rows) {
    say(`${nameOf(comparison)}: ${reason ?? faults[0]}`);
  }
  say(`nothing could be compared; ${args.out} is as it was`);
  Deno.exit(3);
}
await Deno.writeTextFile(
  args.out,
  renderReferenceTools({ facts: await readFacts(tools), pin, rounds, rows }),
);
say(`written to ${args.out}`);

/** A row while it is measured. */
interface OpenRow extends ToolRow {
  reason?: string;
  readonly pairs: Pair[];
  readonly trials: Trial[];
  readonly faults: string[];
}

async function measure(comparisons: readonly ToolComparison[], pin: Pin): Promise<ToolRow[]> {
  await using cells = await SuiteCells.open(pin);
  const cores = cells.cores(comparisons.map(({ cell }) => cell));
  if (pin !== "none" && cores === undefined) {
    refuse(`nothing can be pinned ${pin} here: try --pin none`);
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

/** A slice of each, side by side; which comes first takes turns. A slice that fails costs its pair, in the first round the row. */
async function measurePair(
  row: OpenRow,
  round: number,
  cells: SuiteCells,
  options: SliceOptions,
): Promise<void> {
  const { comparison, pairs, trials, faults } = row;
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
    // What fails in its first round would fail in all of them.
    if (round === 1) row.reason = message;
    say(`${tool}: ${message}`);
  }
}

async function readFacts({ paths, versions }: FoundTools): Promise<string[]> {
  return [
    ...describeMachine(await readEnvironment()),
    ...[...versions].map(([tool, version]) => `${tool === "tcp_rr" ? "neper" : tool} ${version}`),
    ...(["lat_tcp", "lat_unix", "bw_tcp"].some((name) => paths.has(name))
      ? ["lmbench (prints no version)"]
      : []),
    `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
  ];
}

function nameOf({ cell, tool }: ToolComparison): string {
  const bytes = cell.bytes === undefined ? "" : `/bytes=${cell.bytes}`;
  return `${cell.scenario}/${cell.transport}${bytes} ${tool}`;
}

function isWanted(comparison: ToolComparison): boolean {
  const wanted = args.only.split(",").filter((one) => one !== "");
  return wanted.length === 0 || wanted.some((part) => nameOf(comparison).includes(part));
}

function wholeNumber(name: "rounds" | "seconds"): number {
  const value = Number(args[name]);
  if (Number.isInteger(value) && value > 0) return value;
  return refuse(`--${name} must be a whole number above 0: it is ${args[name]}`);
}

/** Ends with one sentence and exit code 2. */
function refuse(sentence: string): never {
  say(sentence);
  Deno.exit(2);
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
