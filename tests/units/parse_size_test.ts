import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseSize } from "../../src/units/parse_size.ts";

Deno.test("parseSize() reads bytes and multiples of 1024 in any case", () => {
  const sizes = {
    "0": 0,
    "64": 64,
    "64B": 64,
    "1k": 1024,
    "16K": 16_384,
    "1KiB": 1024,
    "1kib": 1024,
    "2M": 2_097_152,
    "1MiB": 1_048_576,
    "1GiB": 1_073_741_824,
  };
  for (const [text, bytes] of Object.entries(sizes)) assertEquals(parseSize(text), bytes, text);
});

Deno.test("parseSize() refuses what is no size, 1kB among it, which could mean 1000", () => {
  const nonsense = [
    "",
    "k",
    "1.5k",
    "-1",
    "1e3",
    "1kB",
    "1MB",
    "1 KiB",
    "64 ",
    "0x40",
    "1TiB",
    "NaN",
    "1_000",
  ];
  for (const text of nonsense) assertEquals(parseSize(text), null, text);
});

Deno.test("parseSize() never throws and never yields anything but a whole number", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const size = parseSize(text);
    assert(size === null || (Number.isInteger(size) && size >= 0));
  }));
});
