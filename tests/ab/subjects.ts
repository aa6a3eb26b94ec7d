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
