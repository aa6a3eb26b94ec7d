import { assert, assertEquals } from "@std/assert";
import { openKernel } from "../../src/kernel/libc.ts";
import { openSocketpair, SOCKETPAIR_BYTES } from "../../src/kernel/socketpair.ts";
import { readSocketpair } from "../../src/run/socketpair_reading.ts";
import { LIBC, needs } from "../support/needs.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";

const kernel = openKernel();
const withoutKernel = kernel.available ? "" : ` (skipped: ${kernel.reason})`;

Deno.test({
  ...needs(`readSocketpair() divides the time of a batch by its round trips${withoutKernel}`, LIBC),
  async fn() {
    // The clock moves by 1 ms at each reading of it, and so at each batch of 40 round trips.
    const clock = new ScriptedClock(1e6);
    const reading = await readSocketpair(clock, { readings: 6, pauseNs: 0 });
    assertEquals(reading, { medianNs: 25_000, lowNs: 25_000, highNs: 25_000, n: 6 });
  },
});

Deno.test({
  ...needs(`readSocketpair() pauses between readings, not around them${withoutKernel}`, LIBC),
  async fn() {
    const clock = new ScriptedClock();
    await readSocketpair(clock, { readings: 20, pauseNs: 40e6 });
    assertEquals(clock.nowNs(), 19 * 40e6);
  },
});

Deno.test("readSocketpair() has figures or a reason, never both", async () => {
  const reading = await readSocketpair(new ScriptedClock(1), { readings: 1, pauseNs: 0 });
  assertEquals("reason" in reading, !kernel.available);
  if ("reason" in reading) assert(reading.reason !== "");
  else assertEquals(reading.n, 1);
});

Deno.test({
  ...needs(
    `a socket pair exchanges as often as it is told, and fails once closed${withoutKernel}`,
    LIBC,
  ),
  fn() {
    const pair = openSocketpair();
    pair.exchange(1000);
    assertEquals(SOCKETPAIR_BYTES, 64);
    pair[Symbol.dispose]();
    let message = "";
    try {
      pair.exchange(1);
    } catch (error) {
      message = (error as Error).message;
    }
    assertEquals(message, "send(socketpair) failed: Bad file descriptor (EBADF)");
  },
});
