import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  defineMetric,
  fewestOperations,
  isMetricId,
  isPossible,
  METRIC_IDS,
  metricOf,
} from "../../src/units/metric.ts";
import { METRIC_ROWS } from "../../src/units/metric_rows.ts";
import { METRIC_UNITS, UNITS } from "../../src/units/unit.ts";

const VALID = {
  id: "queueDepth",
  unit: "count",
  better: "lower",
  title: "queue",
  description: "Messages waiting.",
} as const;

Deno.test("metricOf() gives every listed id a frozen definition with its own id", () => {
  for (const id of METRIC_IDS) {
    const definition = metricOf(id);
    assertEquals(definition.id, id);
    assert(Object.isFrozen(definition));
    assert(isMetricId(id));
  }
  assertEquals(new Set(METRIC_IDS).size, METRIC_IDS.length);
});

Deno.test("metricOf() calls latency, loss and CPU better when lower, and rates when higher", () => {
  for (const id of ["p50", "p999", "p9999", "max", "loss", "stallShare", "cpuPerByte"]) {
    assertEquals(metricOf(id).better, "lower", id);
  }
  for (const id of ["exchangesPerSecond", "bytesPerSecond", "connectionsPerSecond"]) {
    assertEquals(metricOf(id).better, "higher", id);
  }
  assertEquals(metricOf("bytesPerRead").better, "neither");
});

Deno.test("metricOf() refuses an unknown id and lists the known ones", () => {
  assertThrows(() => metricOf("p51"), RangeError, "p50, p90");
  assert(!isMetricId("p51"));
  assert(!isMetricId("toString"));
});

Deno.test("defineMetric() returns a frozen copy and registers nothing", () => {
  const definition = defineMetric({ ...VALID });
  assertEquals(definition, VALID);
  assert(Object.isFrozen(definition));
  assert(!isMetricId("queueDepth"));
});

Deno.test("defineMetric() refuses a bad id, unit, direction or blank text in one sentence", () => {
  const wrong = (change: Record<string, unknown>) => () =>
    defineMetric({ ...VALID, ...change } as typeof VALID);
  assertThrows(wrong({ id: "Queue depth" }), RangeError, "id must be camelCase");
  assertThrows(wrong({ unit: "ms" }), RangeError, 'current value is "ms"');
  assertThrows(wrong({ better: "faster" }), RangeError, 'current value is "faster"');
  assertThrows(wrong({ title: " " }), RangeError, "title must be");
  assertThrows(wrong({ description: "" }), RangeError, "description must be");
});

Deno.test("fewestOperations() is 1 / (1 − p) of percentiles above the median, whatever they are of", () => {
  const expected = { p90: 10, p99: 100, p999: 1_000, p9999: 10_000, connectP99: 100 };
  for (const [id, fewest] of Object.entries(expected)) {
    assertEquals(fewestOperations(id), fewest, id);
  }
  for (const id of ["min", "p50", "max", "firstP50", "loss", "queueDepth"]) {
    assertEquals(fewestOperations(id), undefined, id);
  }
});

Deno.test("isPossible() takes 0 and what a socket can yield, below 0 where the unit has a sign, and no share above 1", () => {
  for (const [id, { unit }] of Object.entries(METRIC_ROWS)) {
    const metric = metricOf(id);
    assert(isPossible(0, metric), id);
    assertEquals(isPossible(-1, metric), UNITS[unit].signed === true, id);
    assert(!isPossible(-2 * UNITS[unit].largest, metric), id);
    assert(!isPossible(NaN, metric), id);
    assert(!isPossible(2 * UNITS[unit].largest, metric), id);
    if (unit === "ratio") {
      assertEquals([1, 1.01].map((share) => isPossible(share, metric)), [true, false]);
    }
  }
});

Deno.test("UNITS have rising scales, and no two spell the same word", () => {
  const spellings = METRIC_UNITS.flatMap((unit) => Object.keys(UNITS[unit].spellings));
  assertEquals(new Set(spellings).size, spellings.length);
  for (const unit of METRIC_UNITS) {
    const divisors = UNITS[unit].scales.map(({ divisor }) => divisor);
    assertEquals(divisors, divisors.toSorted((a, b) => a - b), unit);
  }
});
