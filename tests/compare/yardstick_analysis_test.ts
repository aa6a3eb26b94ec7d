import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import {
  cellSpreads,
  correlation,
  countGates,
  type LoadedRecord,
  pairSpread,
} from "../../bench/gate/yardstick_analysis.ts";
import { renderYardstick } from "../../bench/gate/yardstick_report.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { syntheticRecord } from "./synthetic_records.ts";

const TCP = "round-trip/tcp/bytes=64";
const BULK = "throughput/tcp/bytes=65536";
const ROUNDS = 20;

/** Records of machines that were slower or faster as a whole; `follows` is how much of that the yardstick sees. */
function recordsOf(follows: number, count = 12): LoadedRecord[] {
  const prng = createPrng("yardstick analysis");
  return Array.from({ length: count }, (_, index): LoadedRecord => {
    const slow = 1 + (index % 3) / 4;
    const noise = () => 1 + prng.nextFloat() / 100;
    const record = syntheticRecord({
      [TCP]: { p50: Array.from({ length: ROUNDS }, () => 1e4 * slow * noise()) },
      [BULK]: { bytesPerSecond: Array.from({ length: ROUNDS }, () => 2e9 / slow * noise()) },
    });
    const readings = Array.from({ length: ROUNDS + 2 }, (_, at) => {
      const value = (slow ** follows) * noise();
      return { startedNs: at * 1e9, socketpairNs: 3e3 * value, copyNs: 2e4, turnNs: 800 };
    });
    return {
      load: `load ${index % 3}`,
      record: { ...record, yardstick: { readings, missing: [] } },
    };
  });
}

Deno.test("cellSpreads() finds that a yardstick which sees the load narrows times and rates, and one that does not leaves them", () => {
  for (const spread of cellSpreads(recordsOf(1))) {
    assert(spread.plain > 0.15 && spread.normalized.socketpairNs < 0.01, spread.case);
    assert(spread.narrowing.high < 0.2);
    assert(spread.acrossRecords.socketpairNs > 0.99);
    assertAlmostEquals(spread.normalized.copyNs, spread.plain, 1e-12);
    assertEquals(spread.acrossRecords.copyNs, 0);
  }
  for (const spread of cellSpreads(recordsOf(0))) {
    assert(Math.abs(spread.normalized.socketpairNs - spread.plain) < 0.01, spread.case);
    assert(spread.narrowing.low > 0.9 && spread.narrowing.high < 1.1);
  }
  // A yardstick that overdoes it makes matters worse, and that is seen too.
  assert(cellSpreads(recordsOf(3)).every(({ narrowing }) => narrowing.low > 1));
});

Deno.test("countGates() counts false alarms between loads with and without normalizing", () => {
  const records = recordsOf(1, 6);
  const unlike = countGates(records, (base, head) => base !== head);
  assertEquals(unlike.plain[0] + unlike.plain[1] + unlike.plain[3], 6 * 4);
  assert(unlike.plain[1] >= 12);
  assertEquals(unlike.normalized, { 0: 24, 1: 0, 3: 0 });
  const alike = countGates(records, (base, head) => base === head);
  assertEquals([alike.plain, alike.normalized], [{ 0: 6, 1: 0, 3: 0 }, { 0: 6, 1: 0, 3: 0 }]);
});

Deno.test("correlation() is 1 of a rising line, −1 of a falling one, 0 without variation, and never beyond", () => {
  const line = [1, 2, 3, 4];
  assertAlmostEquals(correlation(line, line.map((x) => 3 * x + 1)), 1, 1e-12);
  assertAlmostEquals(correlation(line, line.map((x) => -x)), -1, 1e-12);
  assertEquals(correlation(line, [5, 5, 5, 5]), 0);
  const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(fc.property(fc.array(fc.tuple(value, value), { minLength: 2 }), (pairs) => {
    const found = correlation(pairs.map(([x]) => x), pairs.map(([, y]) => y));
    assert(found >= -1 && found <= 1);
  }));
});

Deno.test("pairSpread() is the median distance of all pairs", () => {
  assertEquals(pairSpread([0, 1, 3]), 2);
  assertEquals(pairSpread([7, 7]), 0);
});

Deno.test("renderYardstick() says of each cell whether normalizing narrows it, and counts false alarms", () => {
  const records = recordsOf(1, 6);
  const text = renderYardstick(["some CPU"], [{
    peer: "loop",
    loads: ["load 0", "load 1", "load 2"],
    repeats: 2,
    spreads: cellSpreads(records),
    alike: countGates(records, (base, head) => base === head),
    unlike: countGates(records, (base, head) => base !== head),
  }]);
  assertStringIncludes(text, "| narrower |");
  assertStringIncludes(text, "| same load | 6 | 0 | 0 | 6 | 0 | 0 |");
  assertStringIncludes(text, "## Peer loop");
});
