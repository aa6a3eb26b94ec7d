import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { SequenceCheck } from "../../src/workload/sequence_check.ts";

function counts(numbers: readonly number[]): { reordered: number; duplicated: number } {
  const check = new SequenceCheck();
  for (const number of numbers) check.take(number);
  return { reordered: check.reordered, duplicated: check.duplicated };
}

Deno.test("SequenceCheck counts what came after a higher number, and copies apart from it", () => {
  assertEquals(counts([]), { reordered: 0, duplicated: 0 });
  assertEquals(counts([0, 1, 2]), { reordered: 0, duplicated: 0 });
  // A gap is a loss, not a reordering.
  assertEquals(counts([0, 5, 6]), { reordered: 0, duplicated: 0 });
  assertEquals(counts([0, 2, 1, 3]), { reordered: 1, duplicated: 0 });
  assertEquals(counts([0, 0, 1, 1, 1]), { reordered: 0, duplicated: 3 });
  // The second copy of 1 comes late, but only the first is looked at for its order.
  assertEquals(counts([0, 1, 2, 1]), { reordered: 0, duplicated: 1 });
  assertEquals(counts([0, 2, 1, 1]), { reordered: 1, duplicated: 1 });
  // RFC 4737, section 3.3: each of those that were overtaken counts, however many overtook it.
  assertEquals(counts([3, 0, 1, 2]), { reordered: 3, duplicated: 0 });
  assertEquals(counts([2 ** 32 - 1, 0, 2 ** 32 - 1]), { reordered: 1, duplicated: 1 });
});

Deno.test("SequenceCheck agrees with the definition on every sequence within its memory", () => {
  fc.assert(fc.property(
    fc.array(fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 4_000 })), { maxLength: 200 }),
    (numbers) => {
      const firsts = numbers.filter((number, at) => numbers.indexOf(number) === at);
      const reordered = firsts.filter((number, at) =>
        firsts.slice(0, at).some((before) => before > number)
      );
      assertEquals(counts(numbers), {
        reordered: reordered.length,
        duplicated: numbers.length - firsts.length,
      });
    },
  ));
});

Deno.test("SequenceCheck still knows copies after millions of messages, and late ones of a slot taken over", () => {
  const check = new SequenceCheck();
  for (let number = 0; number < 3_000_000; number++) check.take(number);
  check.take(2_999_999);
  check.take(2_995_000);
  assertEquals([check.reordered, check.duplicated], [0, 2]);
  // Beyond what is remembered a copy looks like a late message; the later owner of its slot is still known.
  check.take(2_999_999 - 8_192);
  check.take(2_999_999);
  assertEquals([check.reordered, check.duplicated], [1, 3]);
});
