import { assertEquals } from "@std/assert";
import { boundWindow } from "../../src/run/both_ends.ts";

const window = { bytes: 49_900, messages: 499, reads: 499, elapsedNs: 91.7e6 };

Deno.test("boundWindow() lengthens a window that a late first read made too short, to what the messages took to be sent", () => {
  // 5.44 k/s delivered of 5.00 k/s offered, as it was once seen.
  const driven = { operations: 500, elapsedNs: 100e6, values: { offeredPerSecond: 5_000 } };
  const bound = boundWindow(window, driven);
  assertEquals(bound, { ...window, elapsedNs: 99.8e6 });
  assertEquals(bound.messages! / (bound.elapsedNs / 1e9), 5_000);
});

Deno.test("boundWindow() goes by operations where the workload states no rate, and leaves a longer window alone", () => {
  assertEquals(boundWindow(window, { operations: 500, elapsedNs: 100e6 }).elapsedNs, 99.8e6);
  const slow = { ...window, elapsedNs: 150e6 };
  assertEquals(boundWindow(slow, { operations: 500, elapsedNs: 100e6 }), slow);
});

Deno.test("boundWindow() leaves bytes without messages alone", () => {
  const bytes = { bytes: 1e9, reads: 10, elapsedNs: 1e6 };
  assertEquals(boundWindow(bytes, { operations: 5, elapsedNs: 100e6 }), bytes);
});
