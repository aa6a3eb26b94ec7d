import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  linearTicks,
  logTicks,
  percentileTicks,
  projectLinear,
  projectLog,
  sizeTicks,
  type Ticks,
} from "../../../src/report/chart/ticks.ts";

/** Whether a value is 1, 2, 3 or 5 times a power of ten, or a multiple of such a step. */
function isRound(values: readonly number[]): boolean {
  const step = Math.min(
    ...values.slice(1).map((value, index) => value - (values[index] as number)),
  );
  const exponent = Math.floor(Math.log10(step) + 1e-5);
  const factor = step / 10 ** exponent;
  return [1, 2, 5].some((one) => Math.abs(factor - one) < 1e-4) &&
    values.every((value) => {
      const steps = value / step;
      return Math.abs(steps - Math.round(steps)) < 1e-3 * Math.max(1, Math.abs(steps) * 1e-6);
    });
}

function covers({ low, high, values }: Ticks, from: number, to: number): boolean {
  const slack = 1e-6 * (high - low);
  return low <= from + slack && high >= to - slack && low < high && values.length >= 2 &&
    values.every((value, index) => index === 0 || value > (values[index - 1] as number)) &&
    values.every((value) => value >= low && value <= high && !Object.is(value, -0));
}

const most = fc.integer({ min: 3, max: 20 });

Deno.test("linearTicks() covers any range with at most so many ticks, all round", () => {
  const value = fc.double({ min: -1e15, max: 1e15, noNaN: true });
  fc.assert(fc.property(value, value, most, (a, b, count) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)];
    const ticks = linearTicks(from, to, count);
    assert(ticks.values.length <= count, `${ticks.values.length} ticks`);
    assert(covers(ticks, from, to), JSON.stringify(ticks));
    assert(isRound(ticks.values), JSON.stringify(ticks));
    assertEquals([ticks.values[0], ticks.values.at(-1)], [ticks.low, ticks.high]);
  }));
});

Deno.test("linearTicks() survives values that nobody measured", () => {
  for (const [from, to] of [[-1e308, 1e308], [5e-324, 5e-324], [-0, 0], [1e300, 1e301]] as const) {
    const ticks = linearTicks(from, to, 5);
    assert(ticks.values.length >= 2 && ticks.values.every(Number.isFinite), JSON.stringify(ticks));
  }
});

Deno.test("linearTicks() writes 0.3 and not 0.30000000000000004", () => {
  assertEquals(linearTicks(0, 0.5, 6).values, [0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  assertEquals(linearTicks(-3, 12, 6).values, [-5, 0, 5, 10, 15]);
});

Deno.test("logTicks() covers any range above 0 with at most so many ticks, all round", () => {
  const exponent = fc.double({ min: -12, max: 15, noNaN: true });
  fc.assert(fc.property(exponent, exponent, most, (a, b, count) => {
    const [from, to] = [10 ** Math.min(a, b), 10 ** Math.max(a, b)];
    const ticks = logTicks(from, to, count);
    assert(ticks.values.length <= count, `${ticks.values.length} ticks`);
    assert(covers(ticks, from, to), JSON.stringify(ticks));
    assert(ticks.low > 0);
    const isLadder = ticks.values.every((value) => {
      const factor = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
      return [1, 2, 3, 5].some((one) => Math.abs(factor - one) < 1e-6);
    });
    assert(isLadder || isRound(ticks.values), JSON.stringify(ticks));
  }));
});

Deno.test("logTicks() takes 1, 2, 5 where there is room, and decades where there is not", () => {
  assertEquals(logTicks(12, 180, 8).values, [10, 20, 50, 100, 200]);
  assertEquals(logTicks(12, 18e6, 8).values, [10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]);
  assertEquals(logTicks(10, 11, 8).values, [10, 10.2, 10.4, 10.6, 10.8, 11]);
  assertEquals(logTicks(0.95, 1.05, 8).values.includes(1), true);
});

Deno.test("sizeTicks() are powers of two within the range, at most so many", () => {
  const size = fc.integer({ min: 1, max: 2 ** 40 });
  fc.assert(fc.property(size, size, fc.integer({ min: 2, max: 20 }), (a, b, count) => {
    const { low, high, values } = sizeTicks(Math.min(a, b), Math.max(a, b), count);
    assert(values.length <= count);
    assert(low === Math.min(a, b) && high >= Math.max(a, b) && high > low);
    assert(values.every((value) => Number.isInteger(Math.log2(value))));
    assert(values.every((value) => value >= low && value <= high));
  }));
});

Deno.test("percentileTicks() go from the minimum by nines", () => {
  assertEquals(percentileTicks(1), [0, 50, 90]);
  assertEquals(percentileTicks(4.2), [0, 50, 90, 99, 99.9, 99.99]);
});

Deno.test("projections hit both ends and never leave them", () => {
  for (const project of [projectLinear, projectLog]) {
    const at = project({ low: 1, high: 100, values: [] }, 10, 110);
    assertEquals([at(1), Math.round(at(100)), at(0), Math.round(at(1e9))], [10, 110, 10, 110]);
  }
});
