import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  adviseOnHealth,
  describeHealth,
  healthOf,
  keptOff,
  NOTABLE_WAIT,
} from "../../src/compare/health.ts";

const SPAN = 1_000;

/** A trial in which each end ran and waited so long; no other end where the peer is on the driver's thread. */
function trial(
  drive: readonly [run: number, wait: number],
  serve?: readonly [run: number, wait: number],
  more: Readonly<Record<string, number>> = {},
) {
  return {
    counters: {
      "drive.spanNs": SPAN,
      "drive.runNs": drive[0],
      "drive.waitNs": drive[1],
      ...(serve && { "serve.spanNs": SPAN, "serve.runNs": serve[0], "serve.waitNs": serve[1] }),
      ...more,
    },
  };
}

const waitOf = (one: ReturnType<typeof trial>) => keptOff(one)?.waitNs;

Deno.test("keptOff() takes no wait for starvation that the other end's running explains", () => {
  // Two ends on one core, each waiting while the other runs: as measured on an idle machine.
  assertEquals(waitOf(trial([490, 320], [490, 280])), 0);
  assert(waitOf(trial([240, 100], [760, 270]))! < NOTABLE_WAIT * SPAN);
  // Two cores, nobody waits.
  assertEquals(waitOf(trial([500, 10], [500, 20])), 0);
});

Deno.test("keptOff() counts the time in which an end was ready and neither ran, once an end waited longer than the other ran", () => {
  // Two busy loops on two cores, as measured.
  assertEquals(waitOf(trial([270, 322], [300, 466])), 430);
  // Six of them.
  assertEquals(waitOf(trial([110, 501], [130, 900])), 790);
  // At least what cannot be explained, where both ran at once.
  assertEquals(waitOf(trial([700, 100], [600, 800])), 100);
});

Deno.test("keptOff() takes every wait of one thread alone for starvation, and never more than there was time", () => {
  assertEquals(waitOf(trial([600, 400])), 400);
  assertEquals(waitOf(trial([100, 5_000])), SPAN);
  assertEquals(waitOf(trial([10, 5_000], [10, 5_000])), SPAN);
});

Deno.test("keptOff() and healthOf() know nothing where nothing was counted", () => {
  assertEquals(keptOff({}), undefined);
  assertEquals(keptOff({ counters: { "TcpExt.DelayedACKs": 3 } }), undefined);
  assertEquals(healthOf([{}, { counters: {} }], 2), undefined);
  assertEquals(healthOf([], 2), undefined);
});

Deno.test("healthOf() weighs trials by their time, and names quota, host and neighbours as the cause", () => {
  const quiet = trial([900, 0]);
  const health = healthOf([quiet, quiet, trial([100, 900])], 2)!;
  assertEquals(health.waitShare, 0.3);
  assertMatch(
    describeHealth(health, 2),
    /^the processes were kept off the CPU for 30 % of the measured time$/,
  );

  const throttled = healthOf([
    trial([100, 900], [50, 900], {
      "drive.periods": 130,
      "drive.throttledPeriods": 113,
      "serve.periods": 130,
      "serve.throttledPeriods": 113,
    }),
  ], 2)!;
  assertMatch(
    describeHealth(throttled, 2),
    /85 % of the measured time: their CPU quota was used up in 113 of 130 periods$/,
  );
  assertMatch(adviseOnHealth(throttled)!, /no CPU quota/);

  const stolen = healthOf([trial([900, 0], undefined, { "machine.stealNs": 400 })], 2)!;
  assertEquals(stolen.waitShare, 0.2);
  assertMatch(describeHealth(stolen, 2), /the host gave 20 % of the CPU time to others$/);
  assertMatch(adviseOnHealth(stolen)!, /host/);

  const crowded = healthOf([trial([100, 900], undefined, { "machine.runnable": 14 })], 2)!;
  assertMatch(describeHealth(crowded, 2), /: up to 14 threads wanted 2 cores$/);
  assertMatch(adviseOnHealth(crowded)!, /stop what else runs/);
});

Deno.test("adviseOnHealth() has nothing to say of processes that had the CPU", () => {
  const health = healthOf([trial([900, 10])], 2)!;
  assert(health.waitShare < 0.05);
  assertEquals(adviseOnHealth(health), undefined);
});
