import { assertEquals } from "@std/assert";
import { caseDifference } from "../../src/compare/case_difference.ts";
import { compareRecords } from "../../src/compare/compare_records.ts";
import { contrast } from "../../src/compare/contrast.ts";
import type { Case } from "../../src/model/case.ts";
import type { Placement } from "../../src/model/placement.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { caseOf, syntheticRecord } from "./synthetic_records.ts";

const TCP = "round-trip/tcp";
const UNIX = "round-trip/unix";
const values = (value: number) => ({ p50: Array<number>(8).fill(value) });
const SAME: Placement = { peer: "process", pin: "same", cores: { drive: 0, serve: 0 } };
const CROSS: Placement = { peer: "process", pin: "cross", cores: { drive: 0, serve: 1 } };

/** Pins each case as its id says. */
function pinned(record: RunRecord): RunRecord {
  const place = (one: Case): Case => {
    const placement = one.id.endsWith("pin=same")
      ? SAME
      : one.id.endsWith("pin=cross")
      ? CROSS
      : one.placement;
    return { ...one, placement };
  };
  return { ...record, cases: record.cases.map(place) };
}

function withContrasts(record: RunRecord): RunRecord {
  const contrasts = [
    { factor: "transport", base: "tcp", metric: "p50" },
    { factor: "pin", base: "cross", metric: "p50" },
  ];
  return { ...record, scenarios: record.scenarios.map((spec) => ({ ...spec, contrasts })) };
}

Deno.test("contrast() compares across placements by the factor pin alone", () => {
  const record = withContrasts(pinned(syntheticRecord({
    [`${TCP}/pin=same`]: values(10e3),
    [`${TCP}/pin=cross`]: values(80e3),
    [`${UNIX}/pin=same`]: values(5e3),
    [`${UNIX}/pin=cross`]: values(40e3),
    [TCP]: values(20e3),
  })));
  const found = contrast(record).map(({ factor, case: id, base, ratio, value, baseValue }) =>
    [factor, id, base, Math.round(ratio), value, baseValue].join(" ")
  ).sort();
  assertEquals(found, [
    `pin ${TCP} ${TCP}/pin=cross 4 none cross`,
    `pin ${TCP}/pin=same ${TCP}/pin=cross 8 same cross`,
    `pin ${UNIX}/pin=same ${UNIX}/pin=cross 8 same cross`,
    `transport ${UNIX}/pin=cross ${TCP}/pin=cross 2 unix tcp`,
    `transport ${UNIX}/pin=same ${TCP}/pin=same 2 unix tcp`,
  ]);
});

Deno.test("caseDifference() names another pinning, and other cores under the same one", () => {
  const one: Case = { ...caseOf(TCP), placement: SAME };
  assertEquals(caseDifference(one, one), undefined);
  assertEquals(
    caseDifference(one, { ...one, placement: { peer: "process", pin: "none" } }),
    'pinning of the case differs: "same" in base, "none" in head',
  );
  assertEquals(
    caseDifference(one, { ...one, placement: { ...SAME, cores: { drive: 1, serve: 1 } } }),
    "core of the driver of the case differs: 0 in base, 1 in head",
  );
  assertEquals(
    caseDifference(
      { ...one, placement: CROSS },
      { ...one, placement: { ...CROSS, cores: { drive: 0, serve: 2 } } },
    ),
    "core of the peer of the case differs: 1 in base, 2 in head",
  );
});

Deno.test("compareRecords() never sets a case against the same one under another placement, and says which head has", () => {
  const base = pinned(syntheticRecord({ [`${TCP}/pin=same`]: values(10e3) }));
  const head = pinned(syntheticRecord({ [`${TCP}/pin=cross`]: values(80e3) }));
  const { comparisons, missingCells, newCases } = compareRecords(base, head, { paired: false });
  assertEquals(comparisons, []);
  assertEquals(newCases, [`${TCP}/pin=cross`]);
  assertEquals(missingCells.map(({ reason }) => reason), [
    "head does not have this case: it has it with pin cross only, and not same",
  ]);
});

Deno.test("compareRecords() says why head has no pinned case where nothing can be pinned there", () => {
  const base = pinned(syntheticRecord({ [`${TCP}/pin=cross`]: values(10e3) }));
  for (const what of ["pinned cases", "pin cross"]) {
    const skipped = [{ what, reason: "it cannot be had here" }];
    const head = syntheticRecord({ [TCP]: values(10e3) }, { skipped });
    assertEquals(
      compareRecords(base, head, { paired: false }).missingCells.map(({ reason }) => reason),
      ["head does not have this case: it cannot be had here"],
    );
  }
});
