import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/clock.ts";

Deno.test("systemClock goes on where a module has put clocks of its own in the place of the runtime's", () => {
  const { now } = performance;
  const wall = Date.now;
  const beforeNs = systemClock.nowNs();
  try {
    performance.now = () => 0;
    Date.now = () => 0;
    assert(systemClock.nowNs() >= beforeNs && beforeNs > 0);
    assert(systemClock.sharedNs!() > 1e18);
    assert(systemClock.wallNs!() > 1e18);
  } finally {
    performance.now = now;
    Date.now = wall;
  }
  assertEquals(performance.now, now);
});
