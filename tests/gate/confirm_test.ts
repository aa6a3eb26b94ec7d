import { alter } from "../support/environments.ts";
import { assert, assertEquals } from "@std/assert";
import { compareRecords } from "../../src/compare/compare_records.ts";
import type { RecordComparison } from "../../src/compare/comparison.ts";
import { confirm, flagged } from "../../src/gate/confirm.ts";
import { createPolicy } from "../../src/gate/gate_policy.ts";
import type { GateResult } from "../../src/gate/gate_result.ts";
import { judge } from "../../src/gate/judge.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { type CaseValues, syntheticRecord } from "../compare/synthetic_records.ts";

const TCP = "round-trip/tcp/bytes=64";
const UNIX = "round-trip/unix/bytes=64";
const STEADY = Array.from({ length: 20 }, (_, index) => 10_000 + (index * 7) % 20);

type Shares = Readonly<Record<string, number | readonly number[]>>;

function headOf(share: number | readonly number[]): CaseValues {
  const shares = typeof share === "number" ? [share] : share;
  return {
    p50: STEADY.map((value, index) => value * (1 + (shares[index % shares.length] as number))),
  };
}

/** Every case of `shares` against itself, slowed down by the share. */
function pairs(shares: Shares, fields: Partial<RunRecord> = {}): RecordComparison {
  const cases = Object.entries(shares);
  return compareRecords(
    syntheticRecord(Object.fromEntries(cases.map(([id]) => [id, { p50: STEADY }]))),
    syntheticRecord(Object.fromEntries(cases.map(([id, share]) => [id, headOf(share)])), fields),
    { paired: true },
  );
}

const POLICY = createPolicy();

function verdictsOf(result: GateResult): Readonly<Record<string, string>> {
  return Object.fromEntries(result.cells.map((cell) => [cell.case, cell.verdict]));
}

Deno.test("flagged() names regressions, and suspicions that the correction hid", () => {
  // 15 of 20 pairs agree: p = 0.021 for this cell alone, far from 1 %.
  const suspicion = [0.1, 0.1, 0.1, -0.4];
  const first = judge(pairs({ [TCP]: 0.2, [UNIX]: suspicion }), POLICY);
  assertEquals(verdictsOf(first), { [TCP]: "regressed", [UNIX]: "inconclusive" });
  assertEquals(flagged(first), [
    { case: TCP, metric: "p50" },
    { case: UNIX, metric: "p50" },
  ]);
  const strictly = judge(pairs({ [UNIX]: suspicion }), createPolicy({ screenAlpha: 1e-6 }));
  assertEquals(flagged(strictly), []);
  assertEquals(flagged(judge(pairs({ [TCP]: 0.04 }), POLICY)), []);
});

Deno.test("confirm() keeps a cell red only when fresh pairs agree", () => {
  const first = judge(pairs({ [TCP]: 0.2, [UNIX]: 0.2 }), POLICY);
  const result = confirm(first, pairs({ [TCP]: 0.18, [UNIX]: 0.01 }), POLICY);
  assertEquals(verdictsOf(result), { [TCP]: "regressed", [UNIX]: "pass" });
  assertEquals(result.exitCode, 1);
  assertEquals(result.cells[0]?.confirmation?.n, 20);
  assertEquals(
    result.cells[0]?.reason,
    "18.0 % slower [18.0 %, 18.0 %] on fresh pairs after 20.0 % slower [20.0 %, 20.0 %]: worse by the sign test " +
      "(adjusted p = 1.9e-6, 20 pairs), and the estimate is beyond the threshold of 5 %.",
  );
  assertEquals(
    result.cells[1]?.reason,
    "Flagged, but cleared: fresh pairs show 1.0 % slower [1.0 %, 1.0 %] (adjusted p = 1.9e-6, 20 pairs).",
  );
});

Deno.test("confirm() turns a gate green whose every flag is cleared, and red on a suspicion confirmed", () => {
  const red = judge(pairs({ [TCP]: 0.2 }), POLICY);
  const cleared = confirm(red, pairs({ [TCP]: 0 }), POLICY);
  assertEquals([red.exitCode, cleared.exitCode], [1, 0]);
  const suspicion = judge(pairs({ [TCP]: [0.1, 0.1, 0.1, -0.4] }), POLICY);
  // Its only cell is not decided.
  assertEquals(suspicion.exitCode, 3);
  assertEquals(confirm(suspicion, pairs({ [TCP]: 0.1 }), POLICY).exitCode, 1);
});

Deno.test("confirm() passes no cell that fresh pairs neither confirm nor clear, alone or under strict", () => {
  const unclear = [0.1, 0.1, 0.1, -0.3, 0.1, -0.3, 0.1];
  const red = { [TCP]: 0.2, [UNIX]: 0 };
  const fresh = pairs({ [TCP]: unclear });
  const alone = confirm(judge(pairs({ [TCP]: 0.2 }), POLICY), fresh, POLICY);
  assertEquals([verdictsOf(alone)[TCP], alone.exitCode], ["inconclusive", 3]);
  // Beside a cell that is decided, it is for --strict to say.
  assertEquals(confirm(judge(pairs(red), POLICY), fresh, POLICY).exitCode, 0);
  const strict = createPolicy({ strict: true });
  assertEquals(confirm(judge(pairs(red), strict), fresh, strict).exitCode, 3);
});

Deno.test("confirm() does not clear a cell that was not measured again, or too seldom", () => {
  const first = judge(pairs({ [TCP]: 0.2 }), POLICY);
  const gone = confirm(first, pairs({ [UNIX]: 0 }), POLICY);
  assertEquals([verdictsOf(gone)[TCP], gone.exitCode], ["missing", 3]);

  const cut = (record: RunRecord) => ({
    ...record,
    settings: { ...record.settings, rounds: 5 },
    trials: record.trials.filter(({ round }) => round <= 5),
  });
  const five = [{ p50: STEADY }, headOf(0.2)].map((values) =>
    cut(syntheticRecord({ [TCP]: values }))
  );
  const few = compareRecords(five[0] as RunRecord, five[1] as RunRecord, { paired: true });
  const seldom = confirm(first, few, POLICY);
  assertEquals([verdictsOf(seldom)[TCP], seldom.exitCode], ["inconclusive", 3]);
  assert(seldom.cells[0]?.unresolvable);

  const { environment } = syntheticRecord({});
  const moved = pairs({ [TCP]: 0 }, { environment: alter(environment, { cpu: "Other" }) });
  const elsewhere = confirm(first, moved, POLICY);
  assertEquals([verdictsOf(elsewhere)[TCP], elsewhere.exitCode], ["incomparable", 3]);

  const failed = compareRecords(
    syntheticRecord({ [TCP]: { p50: STEADY } }),
    syntheticRecord({ [TCP]: { p50: STEADY.map(() => "failed" as const) } }),
    { paired: true },
  );
  assertEquals(confirm(first, failed, POLICY).exitCode, 3);
});

Deno.test("confirm() shares alpha among the flagged cells only, and looks at no other", () => {
  const shares = Object.fromEntries(
    Array.from({ length: 24 }, (_, index) => [`${TCP},${index}`, index === 0 ? 0.2 : 0]),
  );
  const first = judge(pairs(shares), POLICY);
  assertEquals(flagged(first).length, 1);
  // The fresh comparison holds another cell that is now slow; nobody asked.
  const fresh = pairs({ [`${TCP},0`]: 0.2, [`${TCP},1`]: 0.5 });
  const result = confirm(first, fresh, POLICY);
  assertEquals(result.cells[0]?.confirmation?.adjustedP, 2 ** -20);
  assertEquals(result.cells.filter(({ verdict }) => verdict === "regressed").length, 1);
});

Deno.test("confirm() of a result without flags is that result", () => {
  const first = judge(pairs({ [TCP]: 0 }), POLICY);
  assertEquals(confirm(first, pairs({}), POLICY), first);
});
