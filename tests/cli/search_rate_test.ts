import { assert, assertEquals, assertThrows } from "@std/assert";
import { parsePromise, searchRate, type Step } from "../../src/cli/search_rate.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { UsageError } from "../../src/cli/failure.ts";

/** A system that keeps its promise up to a rate. */
const upTo = (limit: number) => (rate: number): Promise<Step> =>
  Promise.resolve({ offered: rate, verdict: rate <= limit ? "kept" : "broken" });

Deno.test("searchRate() closes in on the highest rate that keeps a promise", async () => {
  for (const limit of [500, 2_300, 9_000]) {
    const { steps, ...found } = await searchRate(10_000, upTo(limit));
    const [kept, broken] = [found.kept!, found.broken!];
    assert(kept.offered <= limit && broken.offered > limit);
    assert(broken.offered / kept.offered < 1.3, `${kept.offered} to ${broken.offered}`);
    assert(steps.length <= 12);
  }
});

Deno.test("searchRate() names no rate that none was tried for, and nothing above what was offered", async () => {
  const never = await searchRate(10_000, upTo(0));
  assertEquals(never.kept, undefined);
  const always = await searchRate(10_000, upTo(Infinity));
  assertEquals(always.broken, undefined);
  assert(always.kept!.offered <= 40_000);
  // A sender that cannot keep up: what it offered counts.
  const slow = await searchRate(
    10_000,
    (rate) => Promise.resolve({ offered: Math.min(rate, 3_000), verdict: "kept" }),
  );
  assertEquals(slow.kept!.offered, 3_000);
});

Deno.test("searchRate() keeps the steps before one that was cut short", async () => {
  let count = 0;
  const found = await searchRate(
    10_000,
    (rate) =>
      Promise.resolve(++count > 2 ? undefined : { offered: rate, verdict: "kept" as const }),
  );
  assertEquals(found.steps.length, 2);
  assertEquals(found.kept!.offered, 2_000);
});

function recordOf(p99Ns: readonly (number | undefined)[], values = {}): RunRecord {
  const trials = p99Ns.map((p99) => ({
    histograms: {},
    values: {
      offeredPerSecond: 1_000,
      askedPerSecond: 1_000,
      achievedPerSecond: 1_000,
      timeoutShare: 0,
      dropShare: 0,
      ...(p99 !== undefined && { p99 }),
      ...values,
    },
  }));
  return { trials } as unknown as RunRecord;
}

Deno.test("a promise is kept where the one-sided bound keeps it, broken where it breaks it, and open between", () => {
  const promise = parsePromise("p99<=1ms");
  const around = (ns: number, step = 1e3) => Array.from({ length: 8 }, (_, k) => ns + k * step);
  assertEquals(promise.judge(recordOf(around(0.5e6))).verdict, "kept");
  assertEquals(promise.judge(recordOf(around(1.5e6))).verdict, "broken");
  assertEquals(promise.judge(recordOf(around(0.6e6, 0.1e6))).verdict, "open");
  // An overload has no latency at all.
  assertEquals(promise.judge(recordOf(Array(8).fill(undefined))).verdict, "broken");
  // What was not sent, or not answered, keeps no promise.
  assertEquals(promise.judge(recordOf(around(0.5e6), { offeredPerSecond: 900 })).verdict, "open");
  assertEquals(promise.judge(recordOf(around(0.5e6), { achievedPerSecond: 900 })).verdict, "open");
  assertEquals(promise.judge(recordOf(around(0.5e6), { timeoutShare: 0.1 })).verdict, "open");
});

Deno.test("parsePromise() takes a percentile and a limit, and nothing else", () => {
  for (const good of ["p99<=1ms", "p50<=200us", "p99.9 <= 2s", "p90<0.5ms"]) parsePromise(good);
  for (
    const bad of ["", "p99", "p98<=1ms", "p99<=0ms", "p99>=1ms", "p99<=1", "mean<=1ms", "p99<=-1ms"]
  ) {
    assertThrows(() => parsePromise(bad), UsageError, "--slo must be a percentile and a limit");
  }
});
