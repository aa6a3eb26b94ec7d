import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import {
  openSocketpairYardstick,
  SOCKETPAIR_BYTES,
} from "../../src/kernel/socketpair_yardstick.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { decodeRecord, encodeRecord, RecordError } from "../../src/record/codec.ts";
import { MIN_YARDSTICK_READINGS, type RunRecord } from "../../src/model/run_record.ts";
import { runPlan } from "../../src/run/run_plan.ts";
import { Yardstick, YardstickLog, type YardstickSource } from "../../src/run/yardstick.ts";
import { minimumValues } from "../../src/stats/mod.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { sampleRecord } from "../record/sample_record.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { NO_ENVIRONMENT, someSettings } from "../support/small_catalog.ts";
import { LIBC, needs } from "../support/needs.ts";

const kernel = openKernel();
const withoutKernel = kernel.available ? "" : ` (skipped: ${kernel.reason})`;
/** As many as a run may have beyond its share of the time. */
const FREE_READINGS = 30;
const NOT_READ = [{ what: "yardstick: memory copy", reason: "there is no memory" }];

/** Reads the same each time and takes so long by the clock. */
function scripted(clock: ScriptedClock, lengthNs: number): YardstickSource & { count: number } {
  return {
    count: 0,
    missing: NOT_READ,
    read() {
      this.count++;
      clock.advance(lengthNs);
      return Promise.resolve({ socketpairNs: 3000, turnNs: 1000 });
    },
  };
}

Deno.test("Yardstick reads every part in batches and ends on any clock", async () => {
  for (const clock of [systemClock, new ScriptedClock(1e6), new ScriptedClock(0.5)]) {
    using yardstick = new Yardstick(clock);
    const values = await yardstick.read();
    const expected = ["copyNs", "turnNs", ...(kernel.available ? ["socketpairNs"] : [])];
    assertEquals(Object.keys(values).sort(), expected.sort());
    for (const value of Object.values(values)) assert(Number.isFinite(value) && value > 0);
    assertEquals(yardstick.missing.length, kernel.available ? 0 : 1);
  }
});

Deno.test("Yardstick divides the time of a batch by its repetitions", async () => {
  // The clock moves by 1 ms at each reading, and so at each batch: of 40 round trips, 1 copy, 20 turns.
  using yardstick = new Yardstick(new ScriptedClock(1e6));
  const { socketpairNs = 25_000, copyNs, turnNs } = await yardstick.read();
  assertEquals({ socketpairNs, copyNs, turnNs }, {
    socketpairNs: 25_000,
    copyNs: 1e6,
    turnNs: 50_000,
  });
});

Deno.test("Yardstick has nothing to say where the clock stands still", async () => {
  using yardstick = new Yardstick(new ScriptedClock(0));
  assertEquals(await yardstick.read(), {});
});

Deno.test({
  ...needs(
    `the socket-pair yardstick exchanges, and names what fails once it is closed${withoutKernel}`,
    LIBC,
  ),
  fn() {
    const pair = openSocketpairYardstick();
    pair.exchange(1000);
    assertEquals(SOCKETPAIR_BYTES, 64);
    pair[Symbol.dispose]();
    let message = "";
    try {
      pair.exchange(1);
    } catch (error) {
      message = (error as Error).message;
    }
    assertEquals(message, "send(socketpair) failed: Bad file descriptor (EBADF)");
  },
});

Deno.test({
  ...needs(
    `a Yardstick whose socket pair breaks goes on without it and says so${withoutKernel}`,
    LIBC,
  ),
  async fn() {
    const yardstick = new Yardstick(systemClock);
    yardstick[Symbol.dispose]();
    assertEquals(Object.keys(await yardstick.read()).sort(), ["copyNs", "turnNs"]);
    assertEquals(yardstick.missing, [{
      what: "yardstick: round trip over a socket pair",
      reason: "send(socketpair) failed: Bad file descriptor (EBADF)",
    }]);
  },
});

Deno.test("YardstickLog takes a reading between rounds while there are few, and then 2 % of the time at most", async () => {
  const clock = new ScriptedClock();
  const log = new YardstickLog(scripted(clock, 10e6), () => clock.nowNs());
  const count = () => log.readings().readings.length;
  await log.take();
  // A round takes 5 ms, half as long as a reading.
  for (let round = 1; round < 100; round++) {
    clock.advance(5e6);
    await log.takeWhereCheap();
  }
  // One more is due every 490 ms: with thirty readings done, 70 rounds of 5 ms are 350 ms.
  assertEquals(count(), FREE_READINGS);
  clock.advance(140e6);
  await log.takeWhereDue();
  assertEquals(count(), FREE_READINGS + 1);
  await log.takeWhereDue();
  await log.takeWhereCheap();
  assertEquals(count(), FREE_READINGS + 1);
  clock.advance(490e6);
  await log.takeWhereCheap();
  assertEquals(count(), FREE_READINGS + 2);
});

Deno.test("YardstickLog keeps to its share of the time whatever rounds and readings take", async () => {
  await fc.assert(fc.asyncProperty(
    fc.integer({ min: 0, max: 2e9 }),
    fc.integer({ min: 0, max: 20e6 }),
    fc.integer({ min: 1, max: 60 }),
    async (roundNs, readingNs, rounds) => {
      const clock = new ScriptedClock();
      const source = scripted(clock, readingNs);
      const log = new YardstickLog(source, () => clock.nowNs());
      await log.take();
      for (let round = 1; round < rounds; round++) {
        clock.advance(roundNs / 2);
        await log.takeWhereDue();
        clock.advance(roundNs / 2);
        await log.takeWhereCheap();
      }
      await log.take();
      const { readings, missing } = log.readings();
      assertEquals(missing, NOT_READ);
      const starts = readings.map(({ startedNs }) => startedNs);
      assertEquals(starts, [...starts].sort((a, b) => a - b));
      // At least enough for a gate where there are rounds enough; beyond the free ones, 2 % of the run.
      assert(readings.length >= Math.min(rounds + 1, FREE_READINGS));
      const paidFor = readings.length - FREE_READINGS - 1;
      assert(paidFor <= 0 || paidFor * 49 * readingNs <= clock.nowNs());
    },
  ));
});

Deno.test("the fewest readings are those with which a gate at its default alpha can be sure enough", () => {
  assertEquals(MIN_YARDSTICK_READINGS, minimumValues({ confidence: 0.998 }));
});

async function runWith(yardstick?: YardstickSource): Promise<RunRecord> {
  const catalog = createCatalog();
  const settings = someSettings({
    scenarios: ["round-trip"],
    transports: ["tcp"],
    params: { bytes: [64] },
    profile: "quick",
    rounds: 3,
    peer: "loop",
  });
  await using directory = await createSocketDirectory();
  return await runPlan(
    planCases(settings, catalog, new Map([["tcp", { available: true as const }]])),
    {
      catalog,
      clock: systemClock,
      environment: NO_ENVIRONMENT,
      command: "sockbench run",
      startedAt: "2026-01-01T00:00:00.000Z",
      directory: directory.path,
      ...(yardstick !== undefined && { yardstick }),
    },
  );
}

Deno.test("runPlan() reads the yardstick at the start, between rounds and at the end, never inside a trial", async () => {
  using yardstick = new Yardstick(systemClock);
  const record = await runWith(yardstick);
  const { readings } = record.yardstick!;
  assert(readings.length >= 4);
  assertEquals(record.trials.length, 3);
  for (const { startedNs, elapsedNs } of record.trials) {
    assert(
      readings.every((one) => one.startedNs <= startedNs || one.startedNs >= startedNs + elapsedNs),
    );
  }
  assertEquals(decodeRecord(encodeRecord(record), "memory"), record);
});

Deno.test("runPlan() without a yardstick writes none into the record", async () => {
  assert(!Object.hasOwn(await runWith(), "yardstick"));
});

Deno.test("a record's yardstick survives the codec, and a false one is refused with its place", () => {
  const yardstick = {
    readings: [{ startedNs: 0, socketpairNs: 3000.5 }, { startedNs: 1e9, copyNs: 1, turnNs: 2 }],
    missing: NOT_READ,
  };
  const record = { ...sampleRecord(), yardstick };
  const text = encodeRecord(record);
  assertEquals(decodeRecord(text, "memory"), record);
  const refused: readonly (readonly [string, string, string])[] = [
    ['"socketpairNs":3000.5', '"socketpairNs":0', "socketpairNs must be a number > 0: it is 0"],
    [
      '"startedNs":1000000000,"copyNs"',
      '"startedNs":-1,"copyNs"',
      "startedNs must be a number ≥ 0",
    ],
    [
      '"startedNs":0,"socketpairNs"',
      '"startedNs":2000000000,"socketpairNs"',
      "yardstick.readings[1].startedNs must be at least that of the reading before",
    ],
    [
      '"startedNs":1000000000,"copyNs"',
      '"startedNs":900000000000,"copyNs"',
      "yardstick.readings[1].startedNs must be at most durationNs",
    ],
  ];
  for (const [from, to, sentence] of refused) {
    assert(text.includes(from), from);
    let message = "";
    try {
      decodeRecord(text.replace(from, to), "memory");
    } catch (error) {
      assert(error instanceof RecordError);
      message = (error as Error).message;
    }
    assert(message.includes(sentence), message);
  }
});
