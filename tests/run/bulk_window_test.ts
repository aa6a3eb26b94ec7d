import { assert, assertEquals } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { createSettings } from "../../src/plan/settings.ts";
import { runPlan } from "../../src/run/run_plan.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { NO_ENVIRONMENT } from "../support/small_catalog.ts";

const WARMUP_NS = 10e3;
const MEASURE_NS = 50e3;
/** When the receiver gets the CPU: the sender's own time is long over then. */
const LATE_NS = 500e3;

/** A transport in memory whose receiver is kept off the CPU at first. */
function lateStream(clock: ScriptedClock): StreamTransport {
  const transport = memoryStream(64 * 1_024);
  return {
    ...transport,
    name: "late",
    async listen(options) {
      const listener = await transport.listen(options);
      return {
        ...listener,
        async accept() {
          const channel = await listener.accept();
          return {
            ...channel,
            async read(buffer) {
              while (clock.nowNs() < LATE_NS) await Promise.resolve();
              return await channel.read(buffer);
            },
          };
        },
      };
    },
  };
}

const scenario: Scenario = {
  id: "bulk",
  question: "How long does the receiver measure?",
  operation: "message",
  parameters: [{ name: "bytes", kind: "size", description: "size of each write" }],
  metrics: ["bytesPerSecond"],
  columns: ["transport"],
  contrasts: [],
  notes: [],
  workload: "bulk",
  fixed: { read: 64 * 1_024 },
  grid: Object.fromEntries(
    ["quick", "standard", "thorough"].map((profile) => [
      profile,
      [{ transports: ["late", "memory-datagram"], params: { bytes: [512] } }],
    ]),
  ) as unknown as Scenario["grid"],
  budget: () => ({ warmupNs: WARMUP_NS, measureNs: MEASURE_NS }),
  expectedNs: () => 1e9,
};

async function measureBulk(
  transports: readonly string[],
  clock: ScriptedClock,
): Promise<RunRecord> {
  const datagrams = { ...memoryDatagram(), name: "memory-datagram" };
  const catalog = createCatalog([{
    transports: [lateStream(clock), datagrams],
    scenarios: [scenario],
  }]);
  const settings = createSettings({
    scenarios: ["bulk"],
    transports: [...transports],
    profile: "quick",
    rounds: 3,
    peer: "loop",
    seed: 1,
  }, catalog);
  const available = new Map(transports.map((name) => [name, { available: true } as const]));
  return await runPlan(planCases(settings, catalog, available), {
    catalog,
    clock,
    environment: NO_ENVIRONMENT,
    command: "test",
    startedAt: new Date(0).toISOString(),
    directory: "",
  });
}

Deno.test("a receiver that is kept off the CPU for all of the sender's time measures for as long as it should", async () => {
  const { trials } = await measureBulk(["late"], new ScriptedClock(1_000));
  assertEquals(trials.map((trial) => trial.error), [undefined, undefined, undefined]);
  for (const { window } of trials) {
    assert(window !== undefined, "a trial has no window");
    const { elapsedNs, bytes } = window!;
    assert(elapsedNs >= MEASURE_NS, `${elapsedNs} ns`);
    assert(bytes > 0);
  }
});

Deno.test("a receiver of datagrams measures for as long as it should, and no longer", async () => {
  const { trials } = await measureBulk(["memory-datagram"], new ScriptedClock(1_000));
  assertEquals(trials.map((trial) => trial.error), [undefined, undefined, undefined]);
  for (const { window } of trials) {
    assert(window !== undefined, "a trial has no window");
    // It closes with the first datagram after its time.
    const { elapsedNs } = window!;
    assert(elapsedNs >= MEASURE_NS && elapsedNs < 2 * MEASURE_NS, `${elapsedNs} ns`);
  }
});
