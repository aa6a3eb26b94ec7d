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

const from = (path: string) => JSON.stringify(import.meta.resolve(`../../src/${path}`));

/** Plans as an agent does, and answers trials with figures that no socket had a part in: an exchange takes as long as is told, within 1 %. */
const simulating = (p50Ns: number): string =>
  `${SAY}
const { slowdown } = JSON.parse(Deno.args[0]);
const around = () => 1 + (Math.random() - 0.5) / 50;
const ANSWERS = {
  names: async () => {
    const { scenarios, transports } = await catalog();
    const names = { scenarios: [...scenarios.keys()], transports: [...transports.keys()] };
    return { answer: "names", names: { ...names, own: { scenarios: [], transports: [] } } };
  },
  plan: async ({ input }) => {
    const { createSettings } = await import(${from("plan/settings.ts")});
    const { planCases } = await import(${from("plan/plan_cases.ts")});
    const known = await catalog();
    const all = new Map([...known.transports.keys()].map((id) => [id, { available: true }]));
    return { answer: "plan", plan: planCases(createSettings(input, known), known, all) };
  },
  control: () => ({ answer: "control", ns: 1e3 * around() }),
  trial: ({ case: { id } }) => {
    const p50 = ${p50Ns} * around() * (1 + (slowdown?.share ?? 0));
    const outcome = {
      ...{ case: id, peer: "loop", settings: {}, elapsedNs: 1e3 * p50, operations: 1000 },
      ...{ histograms: {}, tally: {}, values: { p50 } },
    };
    return { answer: "trial", outcome };
  },
};
const catalog = async () => (await import(${from("catalog.ts")})).createCatalog();
say({ answer: "ready", protocol: 1, versions: { deno: Deno.version.deno, v8: Deno.version.v8 } });
let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\\n");
  rest = lines.pop();
  for (const request of lines.map((line) => JSON.parse(line))) say(await ANSWERS[request.ask](request));
}
`;

/**
 * A subject that measures nothing, and whose agents start several times as fast as the suite's: for what a job makes of pairs, generations and
 * verdicts, which then depends on nothing that the machine does.
 */
export function simulated(): Promise<PreparedSubject> {
  return impostor(simulating(1e4));
}

/** Writes the same as a checkout, for `--head dir:<directory>`, whose exchanges take so many nanoseconds. */
export async function writeSimulated(directory: string, p50Ns: number): Promise<void> {
  await Deno.mkdir(`${directory}/src/ab`, { recursive: true });
  await Deno.writeTextFile(`${directory}/deno.json`, "{}");
  await Deno.writeTextFile(`${directory}/src/ab/agent_main.ts`, simulating(p50Ns));
}
