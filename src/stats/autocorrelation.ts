/**
 * The lag-1 autocorrelation of values in the order of time: Σ (xᵢ − x̄)(xᵢ₊₁ − x̄) / Σ (xᵢ − x̄)² (Box, Jenkins and Reinsel,
 * Time Series Analysis, 4th ed., 2008, section 2.1.6). Failure case: of n independent values it spreads by 1/√n. Returns −1 to
 * 1; 0 of values that are all alike, or fewer than two.
 */
export function lagOneAutocorrelation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [shared, all] = [0, 0];
  for (const [index, value] of values.entries()) {
    if (index > 0) shared += (value - mean) * (values[index - 1]! - mean);
    all += (value - mean) ** 2;
  }
  return all > 0 ? shared / all : 0;
}
