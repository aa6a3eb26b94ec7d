/**
 * The yardstick: a short fixed measure of the machine, taken between trials and never inside one. What it reads does not
 * depend on the plan, so that readings of two runs tell how fast the machine was in each.
 *
 * It sees what it does itself: system calls on sockets, copying, turns of the event loop. It does not see the network stack
 * beyond AF_UNIX, waking another core, interrupts, or what changes within a trial.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Clock } from "../clock.ts";
import { openKernel } from "../kernel/libc.ts";
import {
  openSocketpairYardstick,
  type SocketpairYardstick,
} from "../kernel/socketpair_yardstick.ts";
import type { Skip } from "../model/case.ts";
import type { YardstickReading, YardstickReadings, YardstickValues } from "../model/run_record.ts";
import { median } from "../stats/mod.ts";

/** Bytes that are copied: more than a core's nearest cache, less than its last. */
const COPY_BYTES = 2 ** 20;
/** A reading is due when so many times the length of the last has passed since: 2 % of a run at most. */
const PAUSE_FACTOR = 49;
/** Readings that a run may have beyond that, one between two rounds: about 0.3 s, and as many as make the interval of a gate narrow. */
const FREE_READINGS = 30;

/** One thing that a reading repeats. */
interface Part {
  readonly name: keyof YardstickValues;
  /** Repetitions per batch; each batch is timed, so that the clock's own cost and steps do not count. */
  readonly perBatch: number;
  /**
   * Batches before the first reading. The compiler replaces a part late and once: for some 600 batches a round trip over a socket pair took
   * 3.5 µs, and 2.75 µs from then on, which over a run would look like a machine that becomes faster.
   */
  readonly rehearsals: number;
  /** No batch begins after so long, in nanoseconds. */
  readonly budgetNs: number;
  readonly repeat: (times: number) => void | Promise<void>;
}

/** What a record calls a part that could not be read. */
const WHAT: Readonly<Record<keyof YardstickValues, string>> = {
  socketpairNs: "yardstick: round trip over a socket pair",
  copyNs: "yardstick: memory copy",
  turnNs: "yardstick: turn of the event loop",
};

/** A reading has at most so many batches a part, and so ends on any clock. */
const MOST_BATCHES = 64;

/** Where a run gets its readings from. */
export interface YardstickSource {
  /** What is not read here and why. */
  readonly missing: readonly Skip[];
  /** Takes one reading, in about 10 ms; before the first of all it rehearses for about 0.2 s. */
  read(): Promise<YardstickValues>;
}

/** The yardstick of this machine, open until it is disposed of. */
export class Yardstick implements YardstickSource, Disposable {
  readonly #missing: Skip[] = [];
  readonly #clock: Pick<Clock, "nowNs">;
  #parts: readonly Part[];
  readonly #socketpair: SocketpairYardstick | undefined;
  #isRehearsed = false;

  /** Opens what can be opened with the permissions at hand; never throws, never prompts. */
  constructor(clock: Pick<Clock, "nowNs">) {
    this.#clock = clock;
    const opened = openSocketpair();
    if ("reason" in opened) this.#missing.push({ what: WHAT.socketpairNs, reason: opened.reason });
    this.#socketpair = "reason" in opened ? undefined : opened;
    this.#parts = partsOf(this.#socketpair);
  }

  /** See {@link YardstickSource.missing}. */
  get missing(): readonly Skip[] {
    return this.#missing;
  }

  /** See {@link YardstickSource.read}: every batch is timed, the first of each part dropped, and the median taken. */
  async read(): Promise<YardstickValues> {
    if (!this.#isRehearsed) {
      this.#isRehearsed = true;
      for (const part of this.#parts) await rehearse(part);
    }
    const values: { -readonly [Name in keyof YardstickValues]: number } = {};
    for (const part of this.#parts) {
      try {
        const value = await this.#measure(part);
        // A clock that stood still has measured nothing.
        if (value > 0) values[part.name] = value;
      } catch (error) {
        // The yardstick must not end the run that it goes along with.
        this.#missing.push({ what: WHAT[part.name], reason: (error as Error).message });
        this.#parts = this.#parts.filter((other) => other !== part);
      }
    }
    return values;
  }

  async #measure({ perBatch, budgetNs, repeat }: Part): Promise<number> {
    await repeat(perBatch);
    const times: number[] = [];
    const startedNs = this.#clock.nowNs();
    let beforeNs = startedNs;
    do {
      // A part that is not asynchronous must not pay for a turn of the event loop.
      const done = repeat(perBatch);
      if (done !== undefined) await done;
      const nowNs = this.#clock.nowNs();
      times.push((nowNs - beforeNs) / perBatch);
      beforeNs = nowNs;
    } while (beforeNs - startedNs < budgetNs && times.length < MOST_BATCHES);
    return median(times);
  }

  /** Closes the socket pair. */
  [Symbol.dispose](): void {
    this.#socketpair?.[Symbol.dispose]();
  }
}

/**
 * Calls a part, just as a reading does, until the compiler is done with it: called for one repetition at a time it would become a part of this
 * loop, and what a reading calls would stay as it was. A part that fails
 * fails in its reading again, where that is written down.
 */
async function rehearse({ rehearsals, perBatch, repeat }: Part): Promise<void> {
  try {
    for (let i = 0; i < rehearsals; i++) {
      const done = repeat(perBatch);
      if (done !== undefined) await done;
    }
  } catch {
    // See above.
  }
}

function openSocketpair(): SocketpairYardstick | { readonly reason: string } {
  const kernel = openKernel();
  if (!kernel.available) return { reason: kernel.reason };
  try {
    return openSocketpairYardstick();
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

function partsOf(socketpair: SocketpairYardstick | undefined): readonly Part[] {
  const source = new Uint8Array(COPY_BYTES).fill(1);
  const target = new Uint8Array(COPY_BYTES);
  return [
    ...(socketpair === undefined ? [] : [
      {
        name: "socketpairNs",
        perBatch: 40,
        rehearsals: 1_000,
        budgetNs: 5e6,
        repeat: (times: number) => socketpair.exchange(times),
      } as const,
    ]),
    {
      name: "copyNs",
      perBatch: 1,
      rehearsals: 100,
      budgetNs: 2e6,
      repeat: (times) => {
        for (let i = 0; i < times; i++) target.set(source);
      },
    },
    {
      name: "turnNs",
      perBatch: 20,
      rehearsals: 1_000,
      budgetNs: 2e6,
      repeat: async (times) => {
        for (let i = 0; i < times; i++) await new Promise<void>((done) => setImmediate(done));
      },
    },
  ];
}

/** The readings of one run, and when to take the next. */
export class YardstickLog {
  readonly #readings: YardstickReading[] = [];
  readonly #source: YardstickSource;
  readonly #elapsedNs: () => number;
  #lastNs = 0;
  #endedNs = 0;

  /**
   * @param source where readings come from
   * @param elapsedNs nanoseconds since the run began
   */
  constructor(source: YardstickSource, elapsedNs: () => number) {
    this.#source = source;
    this.#elapsedNs = elapsedNs;
  }

  /** Takes a reading. */
  async take(): Promise<void> {
    const startedNs = this.#elapsedNs();
    const values = await this.#source.read();
    this.#readings.push({ startedNs, ...values });
    this.#endedNs = this.#elapsedNs();
    this.#lastNs = this.#endedNs - startedNs;
  }

  /** Takes one between two rounds where that is cheap: it is due, or there are few yet. */
  async takeWhereCheap(): Promise<void> {
    if (this.#readings.length < FREE_READINGS) await this.take();
    else await this.takeWhereDue();
  }

  /** Takes one between two trials where the time that passed has paid for it. */
  async takeWhereDue(): Promise<void> {
    const passedNs = this.#elapsedNs() - this.#endedNs;
    if (passedNs >= this.#lastNs * PAUSE_FACTOR) await this.take();
  }

  /** For the record. */
  readings(): YardstickReadings {
    return { readings: this.#readings, missing: this.#source.missing };
  }
}
