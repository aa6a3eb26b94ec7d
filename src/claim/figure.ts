// Figures of claims: a number with its unit and its interval.

import type { MetricUnit } from "../units/unit.ts";

/** A number with its unit and, where it was measured more than once, its interval. */
export interface Figure {
  /** In `unit`; a median where there is an interval. */
  readonly value: number;
  /** The unit. */
  readonly unit: MetricUnit;
  /** Lower bound of its 95 % interval. */
  readonly low?: number;
  /** Upper bound of its 95 % interval. */
  readonly high?: number;
  /** Trials, pairs or observations that it rests on. */
  readonly n?: number;
}
