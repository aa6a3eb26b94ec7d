import { assert, assertEquals } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { coldOperations, warmUp } from "../../src/run/warm_up.ts";

/** How many trials of so many operations each it takes. */
async function trials(operations: number, cold = 0, failsAt = Infinity) {
  let count = 0;
  await warmUp(cold, () => {
    const error = ++count === failsAt ? { kind: "broken", message: "on purpose" } : undefined;
    return Promise.resolve({ operations, ...(error !== undefined && { error }) });
  });
  return count;
}

Deno.test("warmUp() runs one trial, and more over a transport that is slow at first, twenty at most", async () => {
  assertEquals(await trials(300), 1);
  assertEquals(await trials(300, 1000), 4);
  assertEquals(await trials(2000, 1000), 1);
  assertEquals(await trials(11, 1000), 20);
});

Deno.test("warmUp() stops after a trial of slow operations, one that failed, and one that was not measured", async () => {
  assertEquals(await trials(3, 1000), 1);
  assertEquals(await trials(100, 1000, 2), 2);
  let count = 0;
  await warmUp(
    1000,
    () => Promise.resolve(++count === 2 ? undefined : { operations: 50 }),
  );
  assertEquals(count, 2);
});

Deno.test("coldOperations() is what the slower of transport and workload needs", () => {
  const catalog = createCatalog();
  const of = (transport: string, workload: string, params = {}) =>
    coldOperations({ transport, workload, params }, catalog);
  assertEquals(of("tcp", "ping-pong"), 0);
  assertEquals(of("tcp", "connect"), 1000);
  assertEquals(of("tcp", "connect", { workers: 4 }), 4000);
  assert(of("udp@node", "ping-pong") > 0);
});
