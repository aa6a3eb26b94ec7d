// deno-lint-ignore-file no-console
/**
 * Identical transports under other names: how often a report calls one of them faster, or best; and then one of them that is 10 % slower, so
 * that silence is not the trick. Writes reports/null-study.md.
 *
 * ```sh
 * deno task null-study                       # ten runs, and two with a slowed one: about eight minutes
 * deno task null-study --runs 2 --slowed 1 --out /tmp/try
 * ```
 *
 * Each run that ended is a record in `<out>/null-study/`: killed and started again, the study goes on after it. Runs of other code are not mixed
 * in: exit code 2.
 *
 * Exit codes: 0 it holds · 1 it does not · 2 wrong arguments · 130 interrupted.
 *
 * @module
 */

import { EXIT } from "../../src/cli/failure.ts";
import { listenForInterrupts } from "../../src/cli/interrupts.ts";
import { writeFileAtomically } from "../../src/cli/output.ts";
import { factOf } from "../../src/model/environment.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { decodeRecord, encodeRecord } from "../../src/record/codec.ts";
import { readEnvironment } from "../../src/run/environment.ts";
import { Session } from "../../src/run/session.ts";
import { holds, readClaims, renderNullStudy } from "./null_study/null_report.ts";
import { TWINS } from "./null_study/twins.ts";
import { readOptions } from "./read_options.ts";

const given = readOptions({ runs: "10", slowed: "2", rounds: "16", out: "reports" });

function fail(sentence: string): never {
  console.error(`error: ${sentence}`);
  Deno.exit(EXIT.usage);
}

function whole(name: "runs" | "slowed" | "rounds"): number {
  const value = Number(given[name]);
  if (Number.isInteger(value) && value > 0) return value;
  return fail(`--${name} must be a whole number above 0: "${given[name]}" is not`);
}

/** Each over tcp and its twins, both ends on one core: what a standard run spends most of its time on. */
const CASES = [
  "round-trip/*/bytes=64*",
  "round-trip/*/bytes=16384*",
  "throughput/*/bytes=65536*",
  "connect/*",
  "connect-round-trip/*",
];

const directory = `${given.out}/null-study`;
const environment = await readEnvironment();
using interrupts = listenForInterrupts(() => console.error("interrupted"), () => Deno.exit(130));

/** A run that is there already; undefined where it is not. */
async function readRun(path: string): Promise<RunRecord | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const record = decodeRecord(text, path);
  const isSame = factOf(record.environment, "commit") === factOf(environment, "commit") &&
    record.settings.rounds === whole("rounds");
  return isSame
    ? record
    : fail(`${path} is of other code or rounds: name another --out, or remove it`);
}

async function measure(file: string, seed: number): Promise<RunRecord> {
  const modules = [new URL(`null_study/${file}.ts`, import.meta.url).href];
  await using session = await Session.open({ modules });
  const plan = await session.plan({
    cases: CASES,
    transports: ["tcp", ...TWINS],
    pin: ["same"],
    rounds: whole("rounds"),
    seed,
  });
  const options = { command: "deno task null-study", signal: interrupts.signal };
  return await session.measure(plan, options);
}

async function runAll(kind: string, file: string, count: number): Promise<readonly RunRecord[]> {
  const records: RunRecord[] = [];
  for (let k = 1; k <= count; k++) {
    const path = `${directory}/${kind}-${k}.json`;
    let record = await readRun(path);
    if (record === undefined) {
      record = await measure(file, k);
      if (record.partial) Deno.exit(EXIT.interrupted);
      await writeFileAtomically(path, encodeRecord(record));
    }
    const { findings, best, comparisons } = readClaims(record);
    console.error(
      `${kind} ${k}: ${findings.length} findings and ${best} best of ${comparisons} comparisons, ${
        (record.durationNs / 1e9).toFixed(0)
      } s`,
    );
    records.push(record);
  }
  return records;
}

await Deno.mkdir(directory, { recursive: true });
const same = await runAll("identical", "twins", whole("runs"));
const slowed = await runAll("slowed", "slowed_twin", whole("slowed"));
const command = ["deno task null-study", ...Deno.args.filter((arg) => arg !== given.out)].join(" ")
  .replace(" --out", "");
const text = renderNullStudy(same, slowed, command);
await writeFileAtomically(`${given.out}/null-study.md`, text);
console.log(text);
Deno.exitCode = holds(same.map(readClaims), slowed.map(readClaims)) ? EXIT.ok : EXIT.regressed;
