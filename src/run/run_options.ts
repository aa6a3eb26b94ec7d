// What a run is given besides its plan, and what it reports while it goes on.

import type { Catalog } from "../catalog.ts";
import type { Clock } from "../clock.ts";
import type { Environment } from "../model/environment.ts";

/** What a run reports while it goes on, between trials and never inside one. */
export type RunEvent =
  | {
    readonly kind: "trial";
    readonly round: number;
    readonly rounds: number;
    /** Position within the round, from 0. */
    readonly index: number;
    /** Cases per round. */
    readonly cases: number;
    readonly caseId: string;
    /** The scenario's headline metric in this trial, where it has a value. */
    readonly value?: number;
    /** Why the trial failed, where it did. */
    readonly error?: string;
    readonly elapsedNs: number;
    readonly remainingNs: number;
  }
  | {
    readonly kind: "round";
    readonly round: number;
    readonly rounds: number;
    /** Failed trials so far. */
    readonly failed: number;
    readonly elapsedNs: number;
    readonly remainingNs: number;
  }
  | {
    readonly kind: "peer";
    /** One sentence: a peer was replaced, and why. */
    readonly message: string;
  };

export interface RunOptions {
  /** What the plan's names stand for. */
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** Written into the record. */
  readonly environment: Environment;
  /** The command that repeats this run; written into the record. */
  readonly command: string;
  /** ISO 8601 start time, UTC; written into the record. */
  readonly startedAt: string;
  /** Private directory for socket files; the caller owns and removes it. */
  readonly directory: string;
  /** Ends the run at once; the trial under way is dropped and the record is then partial. */
  readonly signal?: AbortSignal;
  onEvent?(event: RunEvent): void;
}
