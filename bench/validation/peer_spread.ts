// deno-lint-ignore-file no-console
/**
 * Which peer gives figures that repeat? Starts whole runs, one after another, alternating the peer, and compares the medians of
 * the runs: the spread between runs is what a reader of one report does not see.
 *
 * ```sh
 * deno task bench:peer-spread        # 10 runs of each peer, about a minute
 * ```
 *
 * @module
 */

import { PEER_KINDS } from "../../src/model/placement.ts";
import type { PeerKind } from "../../src/model/placement.ts";
import { decodeRecord } from "../../src/record/codec.ts";
import { summarize } from "../../src/compare/summarize.ts";
import { createPrng, robustSpread } from "../../src/stats/mod.ts";

const CLI = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const TRANSPORTS = ["tcp", "unix", "udp", "unixpacket"];

/** Medians of p50 by transport, in nanoseconds, of one whole run. */
async function runOnce(peer: PeerKind, out: string): Promise<Map<string, number>> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      CLI,
      "run",
      "--quiet",
      "--profile=quick",
      `--peer=${peer}`,
      `--transport=${TRANSPORTS.join(",")}`,
      "--case=round-trip/*/bytes=64",
      `--out=${out}`,
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const record = decodeRecord(await Deno.readTextFile(`${out}/latest.json`), out);
  return new Map(
    summarize(record)
      .filter(({ metric }) => metric === "p50")
      .map((summary) => [summary.case.split("/")[1]!, summary.median]),
  );
}

const runs = Number(Deno.args[0] ?? 10);
const medians = new Map<string, number[]>();
const prng = createPrng("peer-spread");
const out = await Deno.makeTempDir({ prefix: "sockbench-peers-" });
try {
  for (let k = 0; k < runs; k++) {
    for (const peer of prng.shuffle(PEER_KINDS)) {
      for (const [transport, median] of await runOnce(peer, out)) {
        const key = `${peer} ${transport}`;
        medians.set(key, [...medians.get(key) ?? [], median]);
      }
    }
  }
} finally {
  await Deno.remove(out, { recursive: true });
}

console.log(
  `Median p50 of a 64 B round trip over ${runs} runs of each peer, alternated; spread between the runs.\n`,
);
console.log("| peer | transport | median of runs, µs | robust spread | (max − min) / median |");
console.log("| :-- | :-- | --: | --: | --: |");
for (const peer of PEER_KINDS) {
  for (const transport of TRANSPORTS) {
    const values = medians.get(`${peer} ${transport}`) ?? [];
    const { median, relative } = robustSpread(values);
    const range = (Math.max(...values) - Math.min(...values)) / median;
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    console.log(
      `| ${peer} | ${transport} | ${(median / 1e3).toFixed(1)} | ${percent(relative ?? NaN)} | ${
        percent(range)
      } |`,
    );
  }
}
