import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { METRIC_UNITS, UNITS } from "../../src/units/unit.ts";
import { formatQuantity } from "../../src/units/format_quantity.ts";
import { parseQuantity } from "../../src/units/parse_quantity.ts";

Deno.test("parseQuantity() reads every unit as people write it", () => {
  const expected: readonly (readonly [string, number, string])[] = [
    ["200 µs", 200e3, "ns"],
    ["200us", 200e3, "ns"],
    ["200 μs", 200e3, "ns"], // Greek mu, the other of the two
    ["1.5ms", 1.5e6, "ns"],
    ["2 s", 2e9, "ns"],
    ["12 µs/op", 12e3, "ns/op"],
    ["3 ns/B", 3, "ns/byte"],
    ["64 KiB", 65_536, "bytes"],
    ["64 kB", 64_000, "bytes"],
    ["1.5 GB/s", 1.5e9, "bytes/s"],
    ["10 Gbit/s", 1.25e9, "bytes/s"],
    ["50k/s", 50e3, "1/s"],
    ["7/s", 7, "1/s"],
    ["16/MiB", 16, "1/MiB"],
    ["5%", 0.05, "ratio"],
    [" 0.1 % ", 0.001, "ratio"],
    ["12", 12, "count"],
  ];
  for (const [text, value, unit] of expected) {
    const found = parseQuantity(text);
    assertEquals([found?.value, found?.unit, found?.text], [value, unit, text.trim()], text);
  }
});

Deno.test("parseQuantity() refuses what is no quantity", () => {
  const wrong = [
    "",
    "fast",
    "-5%",
    "5 MS",
    "1e3 ns",
    "NaN ms",
    "Infinity",
    "1.ms",
    ".5ms",
    "5 % %",
  ];
  for (const text of wrong) assertEquals(parseQuantity(text), undefined, text);
});

Deno.test("UNITS give an example of the unit that they stand for", () => {
  for (const unit of METRIC_UNITS) {
    assertEquals(parseQuantity(UNITS[unit].example)?.unit, unit);
  }
});

Deno.test("formatQuantity() writes what parseQuantity() reads, to three digits", () => {
  const numbers = fc.double({ min: 1e-3, max: 1e11, noNaN: true });
  fc.assert(fc.property(fc.constantFrom(...METRIC_UNITS), numbers, (unit, value) => {
    const found = parseQuantity(formatQuantity(value, unit));
    return found?.unit === unit && Math.abs(found.value - value) <= 0.0051 * value;
  }));
  assertEquals(formatQuantity(187_400, "ns"), "187 µs");
  assertEquals(formatQuantity(0, "ns"), "0 ns");
  assertEquals(formatQuantity(50_000, "1/s"), "50 k/s");
});
