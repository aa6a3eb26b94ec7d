import { assertAlmostEquals, assertEquals } from "@std/assert";
import { binomialProbabilities } from "../../src/stats/binomial.ts";

Deno.test("binomialProbabilities() gives Pascal's triangle for a fair coin", () => {
  const rows = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1], [1, 4, 6, 4, 1], [1, 5, 10, 10, 5, 1]];
  for (const [n, row] of rows.entries()) {
    assertEquals([...binomialProbabilities(n, 0.5)], row.map((ways) => ways / 2 ** n));
  }
});

Deno.test("binomialProbabilities() gives SciPy's values where p is not a half", () => {
  // scipy.stats.binom.pmf([0, 3, 10], 10, 0.3)
  const probabilities = binomialProbabilities(10, 0.3);
  assertAlmostEquals(probabilities[0] as number, 0.0282475249, 1e-14);
  assertAlmostEquals(probabilities[3] as number, 0.266827932, 1e-14);
  assertAlmostEquals(probabilities[10] as number, 5.9049e-6, 1e-18);
});

Deno.test("binomialProbabilities() neither overflows nor underflows at large n", () => {
  const probabilities = binomialProbabilities(100_000, 0.999);
  assertAlmostEquals(probabilities.reduce((sum, one) => sum + one, 0), 1, 1e-12);
  // Mean np.
  assertAlmostEquals(probabilities.reduce((sum, one, k) => sum + k * one, 0), 99_900, 1e-6);
});
