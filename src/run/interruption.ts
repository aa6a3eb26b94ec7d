// What stops a machine or a process in the midst of a trial, which is then void: neither the case nor its peer is to blame.

import type { Clock } from "../clock.ts";
import { processCpuNs } from "../peer/cpu_time.ts";
import { TrialFailure } from "./driving_end.ts";

/** How often an {@link InterruptionWatch} wants to be called, in milliseconds: most trials end before. */
export const BEAT_MS = 250;
/** A loop not run for so long beyond a beat was stopped: starvation takes less (1.4 s at a load of 12 per core). */
const STOPPED_NS = 5e9;
/** A time service slews the clock by 0.5 ms a second at most, in nanoseconds: more is a step, or sleep. */
const STEP_NS = 50e6;

const KINDS: ReadonlySet<string> = new Set(["clock-jumped", "stopped"]);

/** Whether a trial's error says that it is void. */
export function isVoid({ kind }: { readonly kind: string }): boolean {
  return KINDS.has(kind);
}

/** Watches the clocks for the length of a trial. Where there is no wall clock it sees nothing. */
export class InterruptionWatch {
  readonly #clock: Clock;
  readonly #cpuNs: () => number | undefined;
  readonly #apartNs: number;
  #beatNs: number;
  #usedNs: number;
  #longestNs = 0;

  constructor(clock: Clock, cpuNs: () => number | undefined = processCpuNs) {
    this.#clock = clock;
    this.#cpuNs = cpuNs;
    this.#usedNs = cpuNs() ?? 0;
    this.#beatNs = clock.wallNs?.() ?? 0;
    this.#apartNs = this.#apart();
  }

  /** Call it every {@link BEAT_MS}. */
  beat(): void {
    const nowNs = this.#clock.wallNs?.() ?? 0;
    const usedNs = this.#cpuNs() ?? 0;
    // A loop that is busy for long was not stopped.
    const idleNs = nowNs - this.#beatNs - (usedNs - this.#usedNs);
    this.#longestNs = Math.max(this.#longestNs, idleNs - BEAT_MS * 1e6);
    this.#beatNs = nowNs;
    this.#usedNs = usedNs;
  }

  /** What happened since it was made; undefined: nothing. */
  found(): TrialFailure | undefined {
    this.beat();
    // The monotonic clock of Linux stands still while the machine sleeps; the wall clock does not.
    const jumpedNs = this.#apart() - this.#apartNs;
    if (Math.abs(jumpedNs) > STEP_NS) {
      const seconds = (jumpedNs / 1e9).toFixed(1);
      const what = `the wall clock moved by ${seconds} s against the monotonic one`;
      return new TrialFailure("clock-jumped", `${what}: the machine slept, or its clock was set`);
    }
    if (this.#longestNs <= STOPPED_NS) return undefined;
    const seconds = (this.#longestNs / 1e9).toFixed(1);
    return new TrialFailure(
      "stopped",
      `the driving process did not run for ${seconds} s: it was stopped, or its group frozen`,
    );
  }

  #apart(): number {
    const { wallNs } = this.#clock;
    return wallNs === undefined ? 0 : wallNs.call(this.#clock) - this.#clock.nowNs();
  }
}
