// Ticks: round values that cover a range.

/** An Axis range with the values that are written at it. `values`: rising, within its ends, which differ. */
export type Ticks = Readonly<{ low: number; high: number; values: readonly number[] }>;

/** Beyond this a value was never measured; what is beyond it is drawn at it. */
const LARGEST = 1e15;
/** The smallest positive value that a logarithmic axis shows. */
const SMALLEST = 1e-12;
/** A range narrower than this part of its values cannot be told from a point. */
const MIN_PART = 1e-4;

/** Ticks of a linear axis, at multiples of 1, 2 or 5 times a power of ten. The axis starts and ends at a tick. */
export function linearTicks(low: number, high: number, most: number): Ticks {
  let from = Math.min(Math.max(low, -LARGEST), LARGEST);
  let to = Math.min(Math.max(high, from), LARGEST);
  const size = Math.max(Math.abs(from), Math.abs(to));
  const least = size === 0 ? 1 : Math.max(size * MIN_PART, SMALLEST);
  if (to - from < least) [from, to] = [from - least / 2, to + least / 2];
  for (let exponent = Math.floor(Math.log10((to - from) / most)) - 1;; exponent++) {
    for (const factor of [1, 2, 5]) {
      const first = Math.floor(over(from, factor, exponent) + 1e-9);
      const last = Math.ceil(over(to, factor, exponent) - 1e-9);
      if (last - first + 1 > most) continue;
      const values = Array.from(
        { length: last - first + 1 },
        (_, index) => times((first + index) * factor, exponent),
      );
      return { low: values[0] as number, high: values.at(-1) as number, values };
    }
  }
}

/** Dividing by 10 is exact where multiplying by 0.1 is not: ticks are to be 0.3, not 0.30000000000000004. */
function times(whole: number, exponent: number): number {
  return (exponent < 0 ? whole / 10 ** -exponent : whole * 10 ** exponent) + 0;
}

function over(value: number, factor: number, exponent: number): number {
  return (exponent < 0 ? value * 10 ** -exponent : value / 10 ** exponent) / factor;
}

/** Powers of ten, with 2 and 5 times them where there is room; over less than half a decade, ticks of a linear axis. */
export function logTicks(low: number, high: number, most: number): Ticks {
  const from = Math.min(Math.max(low, SMALLEST), LARGEST);
  const to = Math.min(Math.max(high, from), LARGEST);
  if (to / from < 3) {
    const linear = linearTicks(from, to, most);
    if (linear.low > 0) return linear;
  }
  for (const ladder of [[1, 2, 5], [1, 3]]) {
    const values = climb(from, to, ladder, 1);
    if (values.length <= most) return toTicks(values);
  }
  for (let step = 1;; step++) {
    const values = climb(from, to, [1], step);
    if (values.length <= most) return toTicks(values);
  }
}

/** From the last rung at or below `from` to the first at or above `to`, every `step` decades. */
function climb(from: number, to: number, ladder: readonly number[], step: number) {
  const values: number[] = [];
  const start = Math.floor(Math.floor(Math.log10(from) - 1e-9) / step) * step - step;
  for (let exponent = start;; exponent += step) {
    for (const factor of ladder) {
      const value = times(factor, exponent);
      if (value <= from) values.length = 0;
      values.push(value);
      if (value >= to && values.length > 1) return values;
    }
  }
}

function toTicks(values: readonly number[]): Ticks {
  return { low: values[0] as number, high: values.at(-1) as number, values };
}

/** Powers of two, every one, every second, …; the axis reaches from the smallest to the largest size. */
export function sizeTicks(low: number, high: number, most: number): Ticks {
  const from = Math.min(Math.max(low, 1), LARGEST);
  const to = Math.min(Math.max(high, from), LARGEST);
  const first = Math.ceil(Math.log2(from) - 1e-9);
  const last = Math.floor(Math.log2(to) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / most));
  const aligned = Math.ceil(first / step) * step;
  const values: number[] = [];
  for (let exponent = aligned; exponent <= last; exponent += step) {
    const value = 2 ** exponent;
    // The logarithms above are rounded, and may be so to the wrong side of a power.
    if (value >= from && value <= to) values.push(value);
  }
  return { low: from, high: to > from ? to : from * 2, values };
}

/** Percentiles on a logarithmic tail: 0, 50, 90, 99, 99.9 and so on. Percentiles from 0 to 100, rising. */
export function percentileTicks(decades: number): readonly number[] {
  const nines = Array.from(
    { length: Math.max(1, Math.min(9, Math.floor(decades + 1e-9))) },
    (_, index) => Number((100 - 100 / 10 ** (index + 1)).toFixed(9)),
  );
  return [0, 50, ...nines];
}

export type Projection = (value: number) => number;

/** A linear projection; what lies outside is drawn at the end. */
export function projectLinear({ low, high }: Ticks, start: number, end: number): Projection {
  return (value) => {
    const part = (Math.min(Math.max(value, low), high) - low) / (high - low);
    return start + part * (end - start);
  };
}

/** A logarithmic projection; what lies outside is drawn at the end. */
export function projectLog({ low, high }: Ticks, start: number, end: number): Projection {
  const [from, to] = [Math.log(low), Math.log(high)];
  return (value) => {
    const part = (Math.log(Math.min(Math.max(value, low), high)) - from) / (to - from);
    return start + part * (end - start);
  };
}
