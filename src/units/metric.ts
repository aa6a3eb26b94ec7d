// Metrics: what a number of this suite counts, in which unit, and which direction is better.
//
// A leaf of the import graph: it imports nothing. "Better" belongs to the metric here, so that no
// comparison, gate or chart decides it a second time. The registry is frozen; a user module that
// needs another metric calls {@linkcode defineMetric} and carries the definition itself. Nothing is
// registered globally: two modules may define the same id and never meet.

import { METRIC_ROWS, type MetricDirection, type MetricRow } from "./metric_rows.ts";
import type { Derivation } from "./derivation.ts";
import { METRIC_UNITS, type MetricUnit, SMALLEST_VALUE, UNITS } from "./unit.ts";

export { METRIC_UNITS, type MetricUnit } from "./unit.ts";
export type { MetricDirection } from "./metric_rows.ts";

/** A MetricDefinition is the name, unit and meaning of one number that a trial yields. */
export interface MetricDefinition {
  /** The stable name used in code, records, flags and reports: camelCase, letters and digits. */
  readonly id: string;
  /** The unit of the value as stored; renderers may scale it. */
  readonly unit: MetricUnit;
  /** Which direction is an improvement. */
  readonly better: MetricDirection;
  /** A few words for a column heading. */
  readonly title: string;
  /** One sentence that states what is counted, where, and what it is not. */
  readonly description: string;
}

const DIRECTIONS: readonly MetricDirection[] = ["lower", "higher", "neither"];

/**
 * Checks a metric definition and returns a frozen copy of it; nothing is registered anywhere.
 *
 * @param definition The metric to define.
 * @returns A frozen copy that holds the five known fields only.
 * @throws {RangeError} If the id is not camelCase letters and digits, if unit or direction is
 * unknown, or if title or description is blank.
 */
export function defineMetric(definition: MetricDefinition): MetricDefinition {
  const { id, unit, better, title, description } = definition;
  if (typeof id !== "string" || !/^[a-z][a-zA-Z0-9]*$/.test(id)) {
    throw new RangeError(
      "Cannot define a metric as id must be camelCase letters and digits: " +
        `current value is ${JSON.stringify(id)}`,
    );
  }
  if (!METRIC_UNITS.includes(unit)) {
    throw new RangeError(
      `Cannot define metric "${id}" as unit must be one of ${METRIC_UNITS.join(", ")}: ` +
        `current value is ${JSON.stringify(unit)}`,
    );
  }
  if (!DIRECTIONS.includes(better)) {
    throw new RangeError(
      `Cannot define metric "${id}" as better must be one of ${DIRECTIONS.join(", ")}: ` +
        `current value is ${JSON.stringify(better)}`,
    );
  }
  for (const [field, text] of [["title", title], ["description", description]] as const) {
    if (typeof text !== "string" || text.trim() === "") {
      throw new RangeError(
        `Cannot define metric "${id}" as ${field} must be a text that is not blank: ` +
          `current value is ${JSON.stringify(text)}`,
      );
    }
  }
  return Object.freeze({ id, unit, better, title, description });
}

/** The ids of the suite's own metrics, in the order in which reports list them. */
export const METRIC_IDS: readonly string[] = Object.freeze(Object.keys(METRIC_ROWS));

/** A Map, as an object would answer to `constructor`. */
const REGISTRY: ReadonlyMap<
  string,
  { readonly row: MetricRow; readonly definition: MetricDefinition }
> = new Map(
  Object.entries(METRIC_ROWS).map((
    [id, row],
  ) => [id, { row, definition: defineMetric({ id, ...row }) }]),
);

/** Whether a text is the id of one of the suite's own metrics. Returns `true` if {@linkcode metricOf} knows it. */
export function isMetricId(id: string): boolean {
  return REGISTRY.has(id);
}

/**
 * The suite's own definition of a metric, whatever a record says of it. Returns its frozen definition; `undefined` where the
 * suite has none of that name.
 */
export function ownDefinition(id: string): MetricDefinition | undefined {
  return REGISTRY.get(id)?.definition;
}

/**
 * The definition of one of the suite's own metrics. Returns its frozen definition. Throws RangeError if no metric has that id.
 */
export function metricOf(id: string): MetricDefinition {
  const found = REGISTRY.get(id);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find a metric as id must be one of ${METRIC_IDS.join(", ")}: ` +
        `current value is ${JSON.stringify(id)}`,
    );
  }
  return found.definition;
}

/**
 * How a metric follows from what a trial counted. Returns the derivation; `given` where the suite does not define the metric,
 * so that only its workload can know.
 */
export function derivationOf(id: string): Derivation {
  return REGISTRY.get(id)?.row.from ?? "given";
}

/**
 * The fewest operations of a trial of which a percentile is not simply the maximum: 1 / (1 − p). Returns a whole number;
 * `undefined` where the metric is no percentile above the median.
 */
export function fewestOperations(id: string): number | undefined {
  const from = derivationOf(id);
  if (typeof from !== "object" || !("percentile" in from)) return undefined;
  const { percentile } = from;
  return percentile > 50 && percentile < 100 ? Math.round(100 / (100 - percentile)) : undefined;
}

/** Whether a value can have been measured: 0, or within what any socket on any machine will yield, to either side where the unit has a sign. */
export function isPossible(value: number, { id, unit }: MetricDefinition): boolean {
  const own = REGISTRY.get(id)?.row;
  // A share is at most 1; what is one elsewhere may be any quotient.
  const largest = own?.unit === "ratio" ? 1 : UNITS[unit].largest;
  const smallest = own?.unit === "ns" ? SHORTEST_NS : SMALLEST_VALUE;
  const size = UNITS[unit].signed ? Math.abs(value) : value;
  return value === 0 || (size >= smallest && size <= largest);
}

/** No channel is opened, used or closed within less than a call into the runtime takes; a user's own metric may be of something smaller. */
const SHORTEST_NS = 10;
