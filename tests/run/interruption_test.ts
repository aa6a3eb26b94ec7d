import { assertEquals, assertRejects } from "@std/assert";
import { openLoopLink } from "../../src/peer/loop_link.ts";
import { guarded } from "../../src/run/guarded.ts";
import { BEAT_MS, InterruptionWatch, isVoid } from "../../src/run/interruption.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { catalogWith } from "../support/small_catalog.ts";

/** A clock whose two times are moved together, or apart. */
class TwoClocks extends ScriptedClock {
  apartNs = 1_700_000_000e9;

  wallNs(): number {
    return this.nowNs() + this.apartNs;
  }
}

const BEAT_NS = BEAT_MS * 1e6;

Deno.test("InterruptionWatch says that a machine slept, or that its clock was set", () => {
  for (const jumpNs of [3.2e9, -3.2e9]) {
    const clock = new TwoClocks();
    const watch = new InterruptionWatch(clock, () => 0);
    clock.advance(BEAT_NS);
    watch.beat();
    clock.apartNs += jumpNs;
    const found = watch.found();
    assertEquals(found?.kind, "clock-jumped");
    assertEquals(
      found?.message,
      `the wall clock moved by ${
        jumpNs / 1e9
      } s against the monotonic one: the machine slept, or its clock was set`,
    );
  }
});

Deno.test("InterruptionWatch says for how long the process was stopped", () => {
  const clock = new TwoClocks();
  const watch = new InterruptionWatch(clock, () => 0);
  clock.advance(BEAT_NS + 7e9);
  watch.beat();
  clock.advance(BEAT_NS);
  watch.beat();
  assertEquals(watch.found()?.kind, "stopped");
  assertEquals(
    watch.found()?.message,
    "the driving process did not run for 7.0 s: it was stopped, or its group frozen",
  );
});

Deno.test("InterruptionWatch is silent on late beats, a clock that is slewed, work that takes long, and where there is no wall clock", () => {
  const late = new TwoClocks();
  const watch = new InterruptionWatch(late, () => 0);
  for (let beat = 0; beat < 100; beat++) {
    late.advance(BEAT_NS + 4.9e9);
    late.apartNs += 0.4e6;
    watch.beat();
  }
  assertEquals(watch.found(), undefined);
  const busy = new TwoClocks();
  let usedNs = 0;
  const working = new InterruptionWatch(busy, () => usedNs);
  busy.advance(60e9);
  usedNs = 59.5e9;
  assertEquals(working.found(), undefined);
  const blind = new ScriptedClock();
  const none = new InterruptionWatch(blind, () => 0);
  blind.advance(60e9);
  assertEquals(none.found(), undefined);
});

Deno.test("guarded() makes void what was measured or failed while the machine slept, and does not blame the peer", async () => {
  const clock = new TwoClocks();
  const link = openLoopLink(catalogWith(), clock);
  for (const fails of [false, true]) {
    const work = () => {
      clock.apartNs += 60e9;
      return fails ? Promise.reject(new Error("the peer did not answer")) : Promise.resolve(1);
    };
    const error = await assertRejects(() => guarded({ link, clock }, 1e6, work), Error, "60.0 s");
    assertEquals(isVoid(error as unknown as { kind: string }), true);
  }
  assertEquals(await guarded({ link, clock }, 1e6, () => Promise.resolve(7)), 7);
});
