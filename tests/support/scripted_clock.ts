/**
 * A clock that moves only when told, or by a fixed step at every reading: time without waiting.
 *
 * @module
 */

import type { Clock } from "../../src/clock.ts";

/** A Clock for tests. */
export class ScriptedClock implements Clock {
  #nowNs: number;

  /**
   * @param stepNs added at every reading, in nanoseconds
   * @param startNs the first reading
   */
  constructor(readonly stepNs = 0, startNs = 0) {
    this.#nowNs = startNs;
  }

  /** See {@link Clock.nowNs}. */
  nowNs(): number {
    const now = this.#nowNs;
    this.#nowNs += this.stepNs;
    return now;
  }

  /** Jumps to `timeNs`, after letting other work of the event loop run. */
  async sleepUntilNs(timeNs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#nowNs = Math.max(this.#nowNs, timeNs);
  }

  /** Moves the clock. */
  advance(ns: number): void {
    this.#nowNs += ns;
  }
}
