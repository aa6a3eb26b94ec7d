// deno-lint-ignore-file no-console
/**
 * Known answers: delays, losses, paces and links of known size, and whether the suite recovers them. Writes reports/known-answers.md.
 *
 * ```sh
 * deno task known-answers                       # about four minutes; the links need root and iproute2
 * deno task known-answers --only delays,faults --times 2 --out /tmp/try
 * ```
 *
 * Exit codes: 0 all recovered · 1 one is not · 2 wrong arguments · 3 of one nobody can tell, as the machine is too noisy, or none could be tried · 130 interrupted.
 *
 * @module
 */

import { EXIT } from "../../src/cli/failure.ts";
import { listenForInterrupts } from "../../src/cli/interrupts.ts";
import { writeFileAtomically } from "../../src/cli/output.ts";
import { systemClock } from "../../src/clock.ts";
import type { Skip } from "../../src/model/case.ts";
import { factOf } from "../../src/model/environment.ts";
import { readEnvironment } from "../../src/run/environment.ts";
import { type Answer, exitCodeOf, MAX_ANSWERS, recoveryOf } from "./known_answers/answer.ts";
import { measureDelays } from "./known_answers/delays.ts";
import { measureFaults } from "./known_answers/faults.ts";
import { measureLoads } from "./known_answers/loads.ts";
import { namespacesObstacle } from "./known_answers/namespaces.ts";
import { measurePaces } from "./known_answers/paces.ts";
import { renderKnownAnswers } from "./known_answers/report.ts";
import { measureStalls } from "./known_answers/stalls.ts";
import { measureShaped } from "./known_answers/shaped.ts";
import { readOptions } from "./read_options.ts";

const answers: Answer[] = [];
const beside: Answer[] = [];
const skipped: Skip[] = [];
const notes: string[] = [];

/** What can be tried, each for a number of rounds that its noise asks for. */
const parts: Readonly<Record<string, (times: number, signal: AbortSignal) => Promise<void>>> = {
  async delays(times, signal) {
    take(answers, await measureDelays("loop", 30 * times, signal));
    take(beside, await measureDelays("process", 20 * times, signal));
  },
  async faults(times, signal) {
    take(answers, await measureFaults("process", 12 * times, signal));
  },
  async paces(times, signal) {
    take(answers, await measurePaces("process", 20 * times, signal));
  },
  async loads(times, signal) {
    const loads = await measureLoads(times, signal);
    take(answers, loads.answers);
    skip(loads.skipped);
  },
  async stalls(times, signal) {
    const stalls = await measureStalls(12 * times, signal);
    take(answers, stalls.answers);
    notes.push(...stalls.notes);
    skip(stalls.skipped);
  },
  async links(times, signal) {
    const obstacle = await namespacesObstacle();
    if (obstacle !== undefined) {
      skip([{ what: "links of known rate", reason: obstacle }]);
      return;
    }
    const shaped = await measureShaped(20 * times, signal);
    take(answers, shaped.answers);
    notes.push(...shaped.notes);
  },
};

function skip(found: readonly Skip[]): void {
  skipped.push(...found);
  for (const { what, reason } of found) console.error(`skipped: ${what}: ${reason}`);
}

function take(list: Answer[], found: readonly Answer[]): void {
  list.push(...found);
  for (const answer of found) {
    const off = (100 * (answer.ratio.estimate - 1)).toFixed(2).replace("-0.00", "0.00");
    const verdict = list === answers ? recoveryOf(answer) : "not judged";
    console.error(`${answer.what}: off by ${off} %, ${verdict}`);
  }
}

function fail(sentence: string): never {
  console.error(`error: ${sentence}`);
  Deno.exit(EXIT.usage);
}

const given = readOptions({ only: Object.keys(parts).join(), times: "1", out: "reports" });
const times = Number(given.times);
if (!Number.isInteger(times) || times < 1) {
  fail(`--times must be a whole number above 0: "${given.times}" is not`);
}
const names = given.only.split(",");
const stranger = names.find((name) => !Object.hasOwn(parts, name));
if (stranger !== undefined) {
  fail(`--only takes ${Object.keys(parts).join(", ")}: "${stranger}" is none of them`);
}

const startedAt = new Date().toISOString();
const startedNs = systemClock.nowNs();
const environment = await readEnvironment();
using interrupts = listenForInterrupts(() => console.error("interrupted: cleaning up"), () => {});
try {
  for (const name of names) await parts[name]!(times, interrupts.signal);
  if (answers.length > MAX_ANSWERS) throw new Error("more answers than their intervals allow for");
  const text = renderKnownAnswers({
    answers,
    beside,
    skipped,
    notes,
    environment,
    loadAfter: factOf(await readEnvironment(), "load"),
    startedAt,
    tookNs: systemClock.nowNs() - startedNs,
    // Where the file goes is no part of what repeats it.
    command: ["deno task known-answers", ...withoutOut(Deno.args)].join(" "),
  });
  await Deno.mkdir(given.out, { recursive: true });
  await writeFileAtomically(`${given.out}/known-answers.md`, text);
  console.log(text);
  Deno.exitCode = exitCodeOf(answers);
} catch (error) {
  if (!interrupts.signal.aborted) throw error;
  Deno.exitCode = EXIT.interrupted;
}

function withoutOut(given: readonly string[]): string[] {
  return given.filter((arg, index) =>
    arg !== "--out" && !arg.startsWith("--out=") && given[index - 1] !== "--out"
  );
}
