import { assertEquals, assertThrows } from "@std/assert";
import { hasCapability, withoutCapability } from "../../src/kernel/capabilities.ts";
import { LIBC, needs } from "../support/needs.ts";

const NAME = "CAP_NET_BIND_SERVICE";

Deno.test({
  ...needs(
    "withoutCapability() lays a capability down for the length of a call, also when that throws",
    LIBC,
  ),
  fn: () => {
    // Without root there is nothing to lay down, and nothing may appear.
    const before = hasCapability(NAME);
    assertEquals(withoutCapability(NAME, () => hasCapability(NAME)), false);
    assertEquals(hasCapability(NAME), before);
    assertThrows(
      () =>
        withoutCapability(NAME, () => {
          throw new Error("within");
        }),
      Error,
      "within",
    );
    assertEquals(hasCapability(NAME), before);
  },
});
