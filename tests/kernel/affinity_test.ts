import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { coresOfMask, currentCore, getAffinity, setAffinity } from "../../src/kernel/affinity.ts";
import { LIBC, needs } from "../support/needs.ts";

Deno.test({
  ...needs("setAffinity() keeps the thread on the core it names, and getAffinity() says so", LIBC),
  fn() {
    const before = getAffinity();
    try {
      for (const core of before) {
        setAffinity([core]);
        assertEquals([getAffinity(), currentCore()], [[core], core]);
      }
      setAffinity(before.toReversed());
      assertEquals(getAffinity(), before);
    } finally {
      setAffinity(before);
    }
  },
});

Deno.test({
  ...needs(
    "setAffinity() names a core that does not exist and those that do, and changes nothing",
    LIBC,
  ),
  fn() {
    const before = getAffinity();
    for (
      const [cores, core] of [[[8191], 8191], [[before[0]!, 8190], 8190], [[1e6], 1e6]] as const
    ) {
      const error = assertThrows(() => setAffinity(cores), RangeError);
      assert(
        new RegExp(
          `^Cannot pin to core ${core} \\(EINVAL\\): it does not exist, this machine has \\d`,
        )
          .test(error.message),
        error.message,
      );
    }
    for (const core of [-1, 0.5, NaN]) {
      assertThrows(() => setAffinity([core]), RangeError, `Cannot pin to core ${core} (EINVAL)`);
    }
    assertThrows(() => setAffinity([]), RangeError, "name at least one");
    assertEquals(getAffinity(), before);
  },
});

Deno.test("coresOfMask() names each bit that is set, the highest of a word too, in ascending order", () => {
  assertEquals(coresOfMask(Uint32Array.of(0x80000001, 0, 0xffffffff)).slice(0, 4), [0, 31, 64, 65]);
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 8191 })), (cores) => {
      const mask = new Uint32Array(256);
      for (const core of cores) mask[core >> 5]! |= 1 << (core & 31);
      assertEquals(coresOfMask(mask), cores.toSorted((a, b) => a - b));
    }),
  );
});
