/**
 * How long `sockbench --help` takes, as a multiple of `deno run` on an empty file: at most 2.5.
 *
 * Interleaved runs in one go, each round in its own order, so that drift falls on all alike; the ratio is the median over the
 * rounds of paired ratios. Run it with `deno run -A bench/startup_bench.ts [rounds]`.
 *
 * @module
 */

import { pairedRatio } from "../src/stats/paired_ratio.ts";
import { createPrng } from "../src/stats/prng.ts";

const LIMIT = 2.5;
const WARMUP_ROUNDS = 3;
const rounds = Number(Deno.args[0] ?? 40);

const directory = await Deno.makeTempDir({ prefix: "sockbench-bench-" });
const empty = `${directory}/empty.ts`;
await Deno.writeTextFile(empty, "");
const main = new URL("../src/cli/main.ts", import.meta.url).pathname;

const subjects: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  { name: "deno run empty.ts", args: [empty] },
  { name: "sockbench --help", args: [main, "--help"] },
  { name: "sockbench run --help", args: [main, "run", "--help"] },
  { name: "sockbench --version", args: [main, "--version"] },
];

async function timeMs(args: readonly string[]): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...args],
    stdout: "null",
    stderr: "null",
  });
  const startedMs = performance.now();
  const { success } = await command.output();
  if (!success) throw new Error(`deno run ${args.join(" ")} failed`);
  return performance.now() - startedMs;
}

const times = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
const prng = createPrng(1);
try {
  for (let round = -WARMUP_ROUNDS; round < rounds; round++) {
    for (const { name, args } of prng.shuffle(subjects)) {
      const elapsedMs = await timeMs(args);
      if (round >= 0) times.get(name)!.push(elapsedMs);
    }
  }
} finally {
  await Deno.remove(directory, { recursive: true });
}

const base = times.get(subjects[0]!.name)!;
const lines = subjects.map(({ name }) => {
  const own = times.get(name)!;
  const { estimate, low, high } = pairedRatio(own.map((value, round) => [value, base[round]!]));
  const minMs = Math.min(...own).toFixed(1);
  return `${name.padEnd(22)} ${estimate.toFixed(2)}× [${low.toFixed(2)}, ${high.toFixed(2)}], ` +
    `fastest ${minMs} ms`;
});
const text = `${lines.join("\n")}\nlimit for --help: ${LIMIT}×, ${rounds} rounds\n`;
await Deno.stdout.write(new TextEncoder().encode(text));
