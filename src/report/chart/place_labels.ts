/**
 * placeLabels: moves labels apart as little as it can.
 *
 * @module
 */

/**
 * Places labels along one axis so that none comes nearer to another than a gap.
 *
 * @param wanted Where each would like to be.
 * @param gap Least distance of two.
 * @param low Least place.
 * @param high Largest place; exceeded only where all do not fit.
 * @returns The places, in the order of `wanted`, and in the same order along the axis.
 */
export function placeLabels(
  wanted: readonly number[],
  gap: number,
  low: number,
  high: number,
): readonly number[] {
  const order = wanted.map((_, index) => index)
    .sort((a, b) => (wanted[a] as number) - (wanted[b] as number) || a - b);
  const places = order.map((index) => wanted[index] as number);
  let next = low;
  for (const [rank, place] of places.entries()) {
    places[rank] = Math.max(place, next);
    next = (places[rank] as number) + gap;
  }
  let before = Math.max(high, low + (places.length - 1) * gap);
  for (let rank = places.length - 1; rank >= 0; rank--) {
    places[rank] = Math.min(places[rank] as number, before);
    before = (places[rank] as number) - gap;
  }
  const result = new Array<number>(wanted.length);
  for (const [rank, index] of order.entries()) result[index] = places[rank] as number;
  return result;
}
