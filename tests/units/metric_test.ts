import { assert, assertEquals, assertThrows } from "@std/assert";
import { defineMetric, isMetricId, METRIC_IDS, metricOf } from "../../src/units/metric.ts";

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
  for (const id of ["p50", "p999", "max", "loss", "stallShare", "cpuPerByte"] as const) {
    assertEquals(metricOf(id).better, "lower", id);
  }
  for (const id of ["exchangesPerSecond", "bytesPerSecond", "connectionsPerSecond"] as const) {
    assertEquals(metricOf(id).better, "higher", id);
  }
  assertEquals(metricOf("bytesPerRead").better, "neither");
});

Deno.test("metricOf() refuses an unknown id and lists the known ones", () => {
  assertThrows(() => metricOf("p51" as "p50"), RangeError, "p50, p90");
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
