import { assertEquals } from "@std/assert";
import { warmUp } from "../../src/run/warm_up.ts";

const BUDGET = { warmupNs: 0, measureNs: 1e6 };

/** How many trials of so many operations each it takes. */
async function trials(operations: number, budget: object = BUDGET, failsAt = Infinity) {
  let count = 0;
  await warmUp({ budget: { ...BUDGET, ...budget } }, () => {
    const error = ++count === failsAt ? { kind: "broken", message: "on purpose" } : undefined;
    return Promise.resolve({ operations, ...(error !== undefined && { error }) });
  });
  return count;
}

Deno.test("warmUp() goes on for a thousand operations, twenty trials at most", async () => {
  assertEquals(await trials(2000), 1);
  assertEquals(await trials(300), 4);
  assertEquals(await trials(11), 20);
});

Deno.test("warmUp() stops after one trial of slow operations, of a case with a number of its own, or that failed", async () => {
  assertEquals(await trials(3), 1);
  assertEquals(await trials(100, { maxOperations: 100 }), 1);
  assertEquals(await trials(100, BUDGET, 2), 2);
});

Deno.test("warmUp() stops where a trial was not measured at all", async () => {
  let count = 0;
  await warmUp(
    { budget: BUDGET },
    () => Promise.resolve(++count === 2 ? undefined : { operations: 50 }),
  );
  assertEquals(count, 2);
});
