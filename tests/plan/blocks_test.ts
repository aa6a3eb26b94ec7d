import { assert, assertEquals } from "@std/assert";
import type { Case } from "../../src/model/case.ts";
import type { Pin } from "../../src/model/placement.ts";
import type { ScenarioSpec } from "../../src/model/scenario_spec.ts";
import { type Block, blocksOf, MAX_BLOCK_CASES } from "../../src/plan/blocks.ts";
import { emptyRecord } from "../support/sample_record.ts";
import { someCase } from "../support/small_catalog.ts";

const BYTES = Array.from({ length: 14 }, (_, index) => 2 ** index);

function spec(factor: string, base: string | number): ScenarioSpec {
  return {
    ...emptyRecord().scenarios[0],
    id: "test",
    contrasts: [{ factor, base, metric: "p50" }],
  } as ScenarioSpec;
}

function cell(transport: string, bytes: number, pin: Pin = "none"): Case {
  const one = someCase("ping-pong", transport, { bytes });
  return { ...one, id: `${transport} ${bytes} ${pin}`, placement: { peer: "process", pin } };
}

const idsOf = (blocks: readonly Block[]) => blocks.map(({ cases }) => cases.map(({ id }) => id));

Deno.test("blocksOf() puts the cases of one placement side by side, and those that cannot pause apart", () => {
  const set = [cell("tcp", 1), cell("tcp", 1, "same"), cell("unix", 1), cell("unix", 1, "same")];
  const blocks = blocksOf(
    [...set, cell("udp", 1)],
    [spec("transport", "tcp")],
    (c) => c.transport !== "udp",
  );
  assertEquals(idsOf(blocks), [
    ["tcp 1 none", "unix 1 none"],
    ["tcp 1 same", "unix 1 same"],
    ["udp 1 none"],
  ]);
  assertEquals(blocks.map(({ isSliced }) => isSliced), [true, true, false]);
});

Deno.test("blocksOf() splits what is too much, with the base of the others in each block", () => {
  const set = BYTES.map((bytes) => cell("tcp", bytes));
  const blocks = blocksOf(set, [spec("bytes", 64)], () => true);
  assertEquals(blocks.length, 3);
  for (const { cases } of blocks) {
    assert(cases.length <= MAX_BLOCK_CASES);
    assert(cases.some(({ params }) => params.bytes === 64));
  }
  const others = idsOf(blocks).flat().filter((id) => id !== "tcp 64 none");
  assertEquals(others.length, new Set(others).size);
  assertEquals(new Set(idsOf(blocks).flat()), new Set(set.map(({ id }) => id)));
});

Deno.test("blocksOf() keeps each case with what it is compared with, and loses none that is compared with nothing", () => {
  const set = BYTES.flatMap((bytes) => [cell("tcp", bytes), cell("unix", bytes)]);
  const blocks = blocksOf([...set, cell("udp", 3)], [spec("transport", "tcp")], () => true);
  for (const ids of idsOf(blocks)) {
    assert(ids.length <= MAX_BLOCK_CASES);
    for (const id of ids.filter((id) => id.startsWith("unix"))) {
      assert(ids.includes(id.replace("unix", "tcp")), `${id} is alone in ${ids}`);
    }
  }
  assertEquals(new Set(idsOf(blocks).flat()).size, set.length + 1);
});
