import { assertEquals } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { confirm, flagged } from "../../src/gate/confirm.ts";
import { createPolicy, type PolicyInput } from "../../src/gate/gate_policy.ts";
import type { GateResult } from "../../src/gate/gate_result.ts";
import { judge } from "../../src/gate/judge.ts";
import { type CaseValues, syntheticRecord } from "../compare/synthetic_records.ts";

const TCP = "round-trip/tcp/bytes=64";
const STEADY = Array.from({ length: 20 }, (_, index) => 10_000 + (index * 7) % 20);

type Limits = NonNullable<PolicyInput["limits"]>;

function gate(values: CaseValues, limits: Limits, base: CaseValues = values): GateResult {
  const records = [syntheticRecord({ [TCP]: base }), syntheticRecord({ [TCP]: values })] as const;
  return judge(compareRecords(...records, { paired: true }), createPolicy({ limits }));
}

/** The verdicts of limits, with their sentence, and the exit code. */
function limitsOf({ cells, exitCode }: GateResult): readonly unknown[] {
  return [
    ...cells.filter(({ rule }) => rule === "limit").flatMap(({ verdict, reason }) => [
      verdict,
      reason,
    ]),
    exitCode,
  ];
}

const LIMIT = { case: TCP, metric: "p99" };

Deno.test("judge() breaks a limit only when the whole interval is beyond it", () => {
  const p99 = (values: readonly number[]): CaseValues => ({ p50: STEADY, p99: values });
  const twenty = (value: number) => STEADY.map(() => value);
  const wide = STEADY.map((_, index) => index < 9 ? 190e3 : 230e3);
  const of = (values: readonly number[], max: string) =>
    limitsOf(gate(p99(values), [{ ...LIMIT, max }]));
  assertEquals(of(twenty(210e3), "200 µs"), [
    "regressed",
    "The median is 210 µs [210 µs, 210 µs] and must be at most 200 µs.",
    1,
  ]);
  assertEquals(of(twenty(200e3), "200 µs"), [
    "pass",
    "The median is 200 µs [200 µs, 200 µs] and must be at most 200 µs.",
    0,
  ]);
  assertEquals(of(wide, "200 µs"), [
    "inconclusive",
    "The median is 230 µs [190 µs, 230 µs] and must be at most 200 µs, but its interval reaches within.",
    0,
  ]);
  assertEquals(of([...wide].map((value) => 420e3 - value), "200 µs"), [
    "pass",
    "The median is 190 µs [190 µs, 230 µs] and must be at most 200 µs, though its interval reaches beyond.",
    0,
  ]);
  assertEquals(of(twenty(210e3).slice(0, 3), "200 µs").at(-1), 3);
});

Deno.test("judge() takes no limit for kept by too few trials, nor by the survivors of many", () => {
  const limits = [{ case: TCP, metric: "p50", max: "1 ms" }];
  const unix = { "round-trip/unix": { p50: STEADY } };
  const ofNew = (p50: CaseValues[string]) => {
    const base = syntheticRecord(unix);
    const head = syntheticRecord({ ...unix, [TCP]: { p50 } });
    return limitsOf(judge(compareRecords(base, head, { paired: true }), createPolicy({ limits })));
  };
  const failing = (count: number) =>
    STEADY.map((value, index) => index < count ? "failed" as const : value);
  assertEquals(ofNew(failing(2)).at(-1), 0);
  assertEquals(ofNew(failing(3)), [
    "inconclusive",
    "The median is 10 µs [10 µs, 10 µs] and must be at most 1 ms, but 3 of 20 trials failed, " +
    "so that the rest may not stand for all.",
    3,
  ]);
  assertEquals(ofNew(STEADY.slice(0, 1)), [
    "inconclusive",
    "The median is 10 µs [10 µs, 10 µs] and must be at most 1 ms, but 1 trial is too few to tell.",
    3,
  ]);
  assertEquals([ofNew(failing(17)).at(-1), ofNew(STEADY.slice(0, 5)).at(-1)], [3, 3]);
  assertEquals(ofNew(STEADY.slice(0, 6)).at(-1), 0);
});

Deno.test("judge() bounds rates from below", () => {
  const id = "throughput/tcp";
  const record = syntheticRecord({ [id]: { bytesPerSecond: STEADY.map(() => 1e9) } });
  const compared = compareRecords(record, record, { paired: true });
  const of = (min: string) =>
    judge(compared, createPolicy({ limits: [{ case: id, metric: "bytesPerSecond", min }] }));
  assertEquals([of("1 GB/s").exitCode, of("1.1 GB/s").exitCode], [0, 1]);
});

Deno.test("judge() never takes a limit without a cell for kept", () => {
  const result = gate({ p50: STEADY }, [{ case: "round-trip/tpc/*", metric: "p99", max: "1 s" }]);
  assertEquals(limitsOf(result), [
    "missing",
    "Head has no usable p99 here, which must be at most 1 s.",
    3,
  ]);
  assertEquals(limitsOf(gate({ p50: STEADY }, [{ ...LIMIT, max: "1 s" }])).at(-1), 3);
  const failed = { p50: STEADY.map(() => "failed" as const), p99: STEADY };
  assertEquals(limitsOf(gate(failed, [{ case: "*", metric: "p99", max: "1 s" }])).at(-1), 3);
  // A case that only head planned, and that failed there.
  const compared = compareRecords(
    syntheticRecord({ [TCP]: { p50: STEADY, p99: STEADY } }),
    syntheticRecord({
      [TCP]: { p50: STEADY, p99: STEADY },
      "round-trip/new": { p50: STEADY.map(() => "failed" as const) },
    }),
    { paired: true },
  );
  const limits = [{ case: "*", metric: "p99", max: "1 s" }];
  assertEquals(judge(compared, createPolicy({ limits })).exitCode, 3);
});

Deno.test("judge() holds a new case to its limit", () => {
  const compared = compareRecords(
    syntheticRecord({ "round-trip/unix": { p50: STEADY } }),
    syntheticRecord({ "round-trip/unix": { p50: STEADY }, [TCP]: { p50: STEADY } }),
    { paired: true },
  );
  const limits = [{ case: TCP, metric: "p50", max: "9 µs" }];
  assertEquals(judge(compared, createPolicy({ limits })).exitCode, 1);
});

Deno.test("judge() takes the last limit that matches, and none where the cell is ignored", () => {
  const values = { p50: STEADY, p99: STEADY };
  const limits = [{ case: "*", metric: "p99", max: "1 µs" }, { ...LIMIT, max: "1 ms" }];
  assertEquals(gate(values, limits).exitCode, 0);
  assertEquals(gate(values, [...limits].reverse()).exitCode, 1);
  const record = syntheticRecord({ [TCP]: values });
  const ignore = [{ case: TCP, metric: "p99", reason: "known" }];
  const result = judge(
    compareRecords(record, record, { paired: true }),
    createPolicy({ limits: [...limits].reverse(), ignore }),
  );
  assertEquals([result.exitCode, result.ignored.length], [0, 1]);
});

Deno.test("judge() does not bound a user's metric in another unit", () => {
  const record = syntheticRecord({ "custom/tcp": { turnaround: STEADY } });
  const compared = compareRecords(record, record, { paired: true });
  const of = (max: string) =>
    limitsOf(judge(
      compared,
      createPolicy({ limits: [{ case: "custom/*", metric: "turnaround", max }] }),
    ));
  assertEquals(of("1 ms")[0], "pass");
  assertEquals(of("1 MB"), [
    "incomparable",
    "The limit 1 MB is in bytes, but the metric in ns.",
    3,
  ]);
});

Deno.test("judge() gives values that cannot have been measured no place under a limit", () => {
  const absurd = STEADY.map((_, index) => index % 2 === 0 ? Number.MAX_VALUE : -1);
  const result = gate({ p50: STEADY, p99: absurd }, [{ ...LIMIT, max: "1 s" }]);
  assertEquals([result.exitCode, limitsOf(result)[0]], [3, "missing"]);
});

Deno.test("confirm() decides a broken limit on fresh trials", () => {
  const limits = [{ ...LIMIT, max: "200 µs" }];
  const policy = createPolicy({ limits });
  const of = (p99: number, fewer = 20) => {
    const record = syntheticRecord({
      [TCP]: { p50: STEADY.slice(0, fewer), p99: STEADY.slice(0, fewer).map(() => p99) },
    });
    return compareRecords(record, record, { paired: true });
  };
  const first = judge(of(210e3), policy);
  assertEquals(flagged(first), [{ case: TCP, metric: "p99" }]);
  assertEquals(limitsOf(confirm(first, of(220e3), policy)), [
    "regressed",
    "The median is 220 µs [220 µs, 220 µs] and must be at most 200 µs, confirmed on fresh trials.",
    1,
  ]);
  assertEquals(limitsOf(confirm(first, of(190e3), policy)), [
    "inconclusive",
    "Beyond its limit, but not confirmed on fresh trials: The median is 190 µs [190 µs, 190 µs] and must be at most 200 µs.",
    0,
  ]);
  assertEquals(limitsOf(confirm(first, of(220e3, 3), policy)).at(-1), 3);
  const none = compareRecords(syntheticRecord({}), syntheticRecord({}), { paired: true });
  assertEquals(limitsOf(confirm(first, none, policy)).at(-1), 3);
});
