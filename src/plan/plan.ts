// Plans: which cases a run will measure, how often, and how long that takes.

import type { MetricDefinition } from "../units/metric.ts";
import type { ScenarioSpec } from "../model/scenario_spec.ts";
import type { Case, Skip } from "../model/case.ts";
import type { Settings } from "./settings.ts";

/** PlannedCases are the cases to measure with what they refer to, and what was skipped with the reason. */
export interface PlannedCases {
  /** The cells, in scenario order; rounds shuffle them. */
  readonly cases: readonly Case[];
  /** What cannot be measured here. */
  readonly skipped: readonly Skip[];
  /** The scenarios of the cases, as data. */
  readonly scenarios: readonly ScenarioSpec[];
  /** The metrics of the scenarios. */
  readonly metrics: readonly MetricDefinition[];
}

/** A Plan is cases to measure, how often, and how long that takes. */
export interface Plan extends PlannedCases {
  /** What was asked for. */
  readonly settings: Settings;
  /** Passes over all cases. */
  readonly rounds: number;
  /** Expected wall time of the run in nanoseconds. */
  readonly estimateNs: number;
}
