import { assertAlmostEquals, assertEquals } from "@std/assert";
import { lagOneAutocorrelation } from "../../src/stats/autocorrelation.ts";

Deno.test("lagOneAutocorrelation() follows its definition", () => {
  // Mean 3: deviations −2, −1, 0, 1, 2; products 2, 0, 0, 2; squares 10.
  assertAlmostEquals(lagOneAutocorrelation([1, 2, 3, 4, 5]), 0.4, 1e-12);
  assertAlmostEquals(lagOneAutocorrelation([1, 9, 1, 9]), -0.75, 1e-12);
  assertAlmostEquals(lagOneAutocorrelation([7, 14, 21, 28, 35]), 0.4, 1e-12);
  for (const values of [[], [3], [2, 2, 2]]) assertEquals(lagOneAutocorrelation(values), 0);
});
