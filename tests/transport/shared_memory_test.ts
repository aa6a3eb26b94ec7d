import { assertEquals } from "@std/assert";
import { mayMissWakes } from "../../src/transport/shared_memory.ts";

Deno.test("shared memory is for releases whose event loop wakes for Atomics.waitAsync", () => {
  const found = ["2.4.0", "2.7.14", "2.8.0", "2.9.6", "3.0.0"].map(mayMissWakes);
  assertEquals(found, [true, true, false, false, false]);
});
