// What the suite's libc driver takes beside a loop in C of the same exchange, and where it takes it: `deno task floor`.
//
// One round measures every transport by every step, in random order, each on fresh sockets between two processes pinned to one core. The steps
// build on each other: the C loop; FFI calls from Deno; the kernel timer that a call with SO_RCVTIMEO sets; the clock and the histogram; the
// channel's methods; the suite's own trial. What a step adds is the paired difference from the step before it.
//
// `--rounds n` (default 20) · `--core n` (default: the last) · `--out file` (default reports/floor.md). Needs gcc and FFI. Exits with 3 where
// nothing could be measured.

import { describeMachine } from "../../src/model/format_fact.ts";
import { readEnvironment } from "../../src/run/environment.ts";
import { createPrng } from "../../src/stats/mod.ts";
import { metricValue } from "../../src/model/metric_value.ts";
import { STEPS } from "./floor/end.ts";
import { type FloorRow, renderFloor } from "./floor/report.ts";
import { readOptions } from "./read_options.ts";
import { SuiteCells } from "./reference_tools/suite_cells.ts";
import { findTool, killTools, runTool } from "./reference_tools/tool_process.ts";

const args = readOptions({ rounds: "20", core: "", out: "reports/floor.md" });
const rounds = Number(args.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) {
  end(2, `--rounds must be a whole number above 0: it is ${args.rounds}`);
}
for (const tool of ["gcc", "taskset"]) {
  if (await findTool(tool) === undefined) {
    end(3, `the floor needs ${tool}, which is not on the PATH`);
  }
}
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    killTools();
    Deno.exit(130);
  });
}

const directory = await Deno.makeTempDir({ prefix: "floor-" });
try {
  const rows = await measure();
  const facts = [
    ...describeMachine(await readEnvironment()),
    (await runTool(["gcc", "--version"], 5_000)).out.split("\n")[0] ?? "gcc",
    `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
  ];
  await Deno.writeTextFile(args.out, renderFloor({ facts, rounds, rows }));
  say(`written to ${args.out}`);
} finally {
  killTools();
  await Deno.remove(directory, { recursive: true });
}

/** Steps by name, the C loop first, the suite's trial last; each gives nanoseconds an exchange. */
async function measure(): Promise<readonly FloorRow[]> {
  const program = `${directory}/floor`;
  const source = new URL("./floor/floor.c", import.meta.url).pathname;
  const built = await runTool(["gcc", "-O2", "-o", program, source], 60_000);
  if (built.code !== 0) end(3, `gcc could not build the floor: ${built.err.split("\n")[0]}`);
  await using cells = await SuiteCells.open("same");
  const transports = ["tcp", "udp", "unix", "unixpacket"];
  const cellOf = (name: string) =>
    ({
      scenario: "overhead",
      transport: `${name}@libc`,
      bytes: 64,
      params: { loop: "suite" },
    }) as const;
  const cores = cells.cores(transports.map(cellOf));
  if (cores === undefined) {
    end(3, "the floor needs the libc driver (--allow-ffi) and a core to pin to");
  }
  const core = String(args.core === "" ? cores.serve : args.core);
  const steps = ["C loop", ...STEPS, "suite"];
  const rows = transports.map((transport) => ({
    transport,
    steps: steps.map((step) => ({ step, ns: [] as number[] })),
  }));
  const prng = createPrng(1);
  for (let round = 1; round <= rounds; round++) {
    const work = rows.flatMap(({ transport, steps }) =>
      steps.map(({ step, ns }) => ({ transport, step, ns }))
    );
    for (const { transport, step, ns } of prng.shuffle(work)) {
      ns.push(await measureStep(transport, step));
    }
    say(`round ${round}/${rounds}`);
  }
  return rows;

  async function measureStep(transport: string, step: string): Promise<number> {
    if (step === "C loop") {
      const { out } = await runTool(
        ["taskset", "-c", core, program, transport, "64", "100", "300"],
        10_000,
      );
      return positive(out, transport, step);
    }
    if (step === "suite") {
      const trial = await cells.run(cellOf(transport), new AbortController().signal);
      return positive(String(metricValue(trial, "perExchange")), transport, step);
    }
    return positive(await runEnds(`${transport}@libc`, step, core), transport, step);
  }
}

/** A serving and a driving process, until the latter is done. */
async function runEnds(transport: string, step: string, core: string): Promise<string> {
  const end = new URL("./floor/end.ts", import.meta.url).pathname;
  const command = (role: string, ...more: string[]) => [
    ...["-c", core, Deno.execPath(), "run", "-A", "--no-check", end, role, transport, step],
    ...[directory, ...more],
  ];
  const server = new Deno.Command("taskset", { args: command("serve"), stdout: "piped" }).spawn();
  try {
    const { value } = await server.stdout.pipeThrough(new TextDecoderStream()).values({
      preventCancel: true,
    }).next();
    const { out, err, code } = await runTool(
      ["taskset", ...command("drive", String(value).trim())],
      20_000,
    );
    if (code !== 0) throw new Error(`${transport}, ${step}: ${err.trim().split("\n")[0]}`);
    return out;
  } finally {
    server.kill("SIGKILL");
    await server.status;
  }
}

function positive(text: string, transport: string, step: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`${transport}, ${step} printed ${text.trim() || "nothing"}`);
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

function end(code: number, sentence: string): never {
  say(sentence);
  Deno.exit(code);
}
