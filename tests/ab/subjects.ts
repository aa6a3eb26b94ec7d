/**
 * Subjects and agents for tests.
 *
 * @module
 */

import type { AgentOrder } from "../../src/ab/agent_protocol.ts";
import { type PreparedSubject, prepareSubject } from "../../src/ab/prepare_subject.ts";
import { parseSubject } from "../../src/ab/subject.ts";

/** This sockbench on this Deno. */
export function self(modules: readonly string[] = []): Promise<PreparedSubject> {
  return prepareSubject({ kind: "self" }, "self", modules);
}

/** Why a subject cannot be had, as what npm has cannot without a network; absent: it can. */
export async function refusalOf(text: string): Promise<string | undefined> {
  try {
    await using _subject = await prepareSubject(parseSubject(text), text, []);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A subject whose agent is the given program: what it prints is what the driver reads. */
export async function impostor(program: string): Promise<PreparedSubject> {
  const folder = await Deno.makeTempDir({ prefix: "sockbench-test-" });
  const agentMain = `${folder}/agent.ts`;
  await Deno.writeTextFile(agentMain, program);
  return {
    label: "impostor",
    runtime: "deno",
    program: Deno.execPath(),
    agentMain,
    modules: [],
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Prints a line as an agent does. */
export const SAY: string =
  `const say = (message) => Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(message) + "\\n"));\n`;

/** The first message of an agent that can be understood. */
export const READY: string = `${SAY}say({ answer: "ready", protocol: 1, versions: {} });\n`;

/** An order without modules. */
export function orderIn(directory: string): AgentOrder {
  return { modules: [], peer: "loop", directory };
}

/** Answers a trial with figures that no socket had a part in: an exchange takes 10 µs within 1 %, and as much more as is to be injected. */
const SIMULATED = `
const { slowdown } = JSON.parse(Deno.args[0]);
const around = () => 1 + (Math.random() - 0.5) / 50;
say({ answer: "ready", protocol: 1, versions: { deno: Deno.version.deno } });
let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\\n");
  rest = lines.pop();
  for (const { ask, case: own } of lines.map((line) => JSON.parse(line))) {
    const p50 = 1e4 * around() * (1 + (slowdown?.share ?? 0));
    const elapsedNs = 1e3 * p50;
    const outcome = {
      ...{ case: own?.id, peer: "loop", settings: {}, elapsedNs, operations: 1000, histograms: {} },
      ...{ tally: {}, values: { p50 } },
    };
    say(ask === "control" ? { answer: "control", ns: 1e3 * around() } : { answer: "trial", outcome });
  }
}
`;

/**
 * A subject that measures nothing, and whose agents start several times as fast as the suite's: for what a job makes of pairs, generations and
 * verdicts, which then depends on nothing that the machine does.
 */
export function simulated(): Promise<PreparedSubject> {
  return impostor(SAY + SIMULATED);
}
