import { assert, assertEquals } from "@std/assert";
import { DrivingEnd } from "../../src/run/driving_end.ts";
import { tcp } from "../../src/transport/tcp.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";
import { systemClock } from "../../src/clock.ts";
import { someCase } from "../support/small_catalog.ts";

const CALLED_NS = 10e6;
const ANSWERED_NS = 90e6;

/** When a driver takes its connections to have been closed at the other end, which says so some milliseconds later. */
async function settledNs(servedNs: number | null, hasShared = true): Promise<number> {
  let ns = CALLED_NS;
  const slot = {
    settle: () => {
      ns = ANSWERED_NS;
      return Promise.resolve(servedNs);
    },
  };
  const clock = {
    nowNs: () => ns,
    sleepUntilNs: () => Promise.resolve(),
    // The other end's clock began elsewhere.
    ...(hasShared && { sharedNs: () => ns + 1_000e6 }),
  };
  const driver = new DrivingEnd({
    case: someCase("ping-pong", "tcp", { bytes: 64 }),
    transport: tcp,
    workload: pingPong,
    link: { serve: () => Promise.resolve(slot) } as never,
    clock,
    directory: "",
  });
  await driver.serve();
  return await driver.settle(3);
}

Deno.test("settle() gives the time at which the other end was done, not that at which its answer came", async () => {
  assertEquals(await settledNs(1_000e6 + 25e6), 25e6);
});

Deno.test("settle() gives no time before it was called or after the answer, whatever a clock was set to", async () => {
  assertEquals(await settledNs(1_000e6 + 3e6), CALLED_NS);
  assertEquals(await settledNs(1_000e6 + 95e6), ANSWERED_NS);
});

Deno.test("settle() gives the time of the answer where the clocks cannot be set against each other", async () => {
  assertEquals(await settledNs(null), ANSWERED_NS);
  assertEquals(await settledNs(1_000e6 + 25e6, false), ANSWERED_NS);
});

Deno.test("two processes of a machine read the shared clock alike, to a fraction of what a message takes", async () => {
  const clock = JSON.stringify(import.meta.resolve("../../src/clock.ts"));
  const before = systemClock.sharedNs!();
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-config",
      `import { systemClock } from ${clock}; console.log(systemClock.sharedNs());`,
    ],
  }).output();
  const there = Number(new TextDecoder().decode(stdout));
  const after = systemClock.sharedNs!();
  assert(before < there && there < after, `${before} < ${there} < ${after}`);
});
