import { assertAlmostEquals, assertEquals } from "@std/assert";
import { shrinkVariances } from "../../src/stats/shrink_variances.ts";

Deno.test("shrinkVariances() gives what limma's squeezeVar() does by Smyth's moments, computed with scipy", () => {
  const found = shrinkVariances([1, 2, 4, 8, 100], 5);
  const expected = [
    1.4825276818168187,
    2.2565494594026023,
    3.80459301457417,
    6.900680124917304,
    78.11068366280941,
  ];
  expected.forEach((value, index) => assertAlmostEquals(found[index]!, value, 1e-8));
});

Deno.test("shrinkVariances() takes variances that differ by chance alone for one", () => {
  for (const one of shrinkVariances([1, 1.1, 0.9, 1.2], 4)) {
    assertAlmostEquals(one, 1.3681105819560386, 1e-9);
  }
});

Deno.test("shrinkVariances() leaves alone what is 0, and what has no company", () => {
  assertEquals(shrinkVariances([4, 9], 4), [4, 9]);
  assertEquals(shrinkVariances([], 4), []);
  assertEquals(shrinkVariances([0, 0, 4, 9], 4), [0, 0, 4, 9]);
  assertEquals(shrinkVariances([0, 1, 1, 1], 4)[0], 0);
  assertEquals(shrinkVariances([1, 2, 3], 0), [1, 2, 3]);
});
