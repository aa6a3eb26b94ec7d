/**
 * Whether memory stays flat in the number of exchanges: one long trial over a Unix-domain socket in a process of its own.
 *
 * V8 doubles its young generation a few times in the first millions of exchanges, whoever makes them: a bare loop shows the same
 * steps. The suite's tasks therefore start V8 with the young generation at its full size; that is the subject judged. Two controls show
 * the steps: the suite and a bare loop with V8's own flags.
 *
 * @module
 */

import { YOUNG_GENERATION_FLAG } from "../../../src/peer/line_process.ts";

/** Who exchanges, and how V8 is told to size its young generation. */
export type MemorySubject = "suite" | "suite, V8's own flags" | "bare loop, V8's own flags";

/** What a long trial did to its process. */
export interface MemoryGrowth {
  /** Measured exchanges. */
  readonly exchanges: number;
  /** Resident set before the trial and after its warm-up, in bytes. */
  readonly beforeBytes: number;
  /** The largest resident set seen during the trial, less that before it, in bytes. */
  readonly growthBytes: number;
}

/** Starts a process that makes so many exchanges, and returns what it saw of itself. */
export async function measureMemoryGrowth(
  subject: MemorySubject,
  exchanges: number,
): Promise<MemoryGrowth> {
  const flags = subject === "suite" ? [YOUNG_GENERATION_FLAG] : [];
  const main = new URL("./memory_main.ts", import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "-A",
      ...flags,
      main,
      subject.startsWith("bare") ? "bare" : "suite",
      `${exchanges}`,
    ],
    stdout: "piped",
    stderr: "inherit",
  });
  const { success, stdout } = await command.output();
  if (!success) throw new Error(`the process of the memory trial (${subject}) failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
