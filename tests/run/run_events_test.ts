import { assert, assertEquals } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { metricValue } from "../../src/model/metric_value.ts";
import { type RunEvent, runPlan } from "../../src/run/run_plan.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";
import type { Workload } from "../../src/workload/workload.ts";
import { NO_ENVIRONMENT, someSettings } from "../support/small_catalog.ts";

// The libc table lives as long as its thread: opened here, it is no leak of the first test.
openKernel();

Deno.test("runPlan() tells of a trial between trials only, with the headline figure that the record then holds", async () => {
  let driving = 0;
  const watched: Workload = {
    ...pingPong,
    name: "watched",
    async drive(context) {
      driving++;
      try {
        return await pingPong.drive(context);
      } finally {
        driving--;
      }
    },
  };
  const grid = [{ transports: ["tcp", "unix"], params: { bytes: [8] } }];
  const scenario: Scenario = {
    id: "watched",
    question: "Does it tell?",
    operation: "exchange",
    parameters: [{ name: "bytes", kind: "size", description: "size" }],
    metrics: ["p50", "p99"],
    columns: ["transport"],
    contrasts: [],
    notes: [],
    workload: "watched",
    grid: { quick: grid, standard: grid, thorough: grid },
    budget: () => ({ warmupNs: 0, measureNs: 60e9, maxOperations: 5 }),
    expectedNs: () => 1e6,
  };
  const catalog = createCatalog([{ workloads: [watched], scenarios: [scenario] }]);
  const settings = someSettings({ scenarios: ["watched"], rounds: 2 });
  const available = new Map(["tcp", "unix"].map((id) => [id, { available: true as const }]));
  const events: RunEvent[] = [];
  await using directory = await createSocketDirectory();
  const record = await runPlan(planCases(settings, catalog, available), {
    catalog,
    clock: systemClock,
    environment: NO_ENVIRONMENT,
    command: "sockbench run",
    startedAt: "2026-01-01T00:00:00.000Z",
    directory: directory.path,
    onEvent(event) {
      assertEquals(driving, 0);
      events.push(event);
    },
  });
  const values = events.flatMap((event) => event.kind === "trial" ? [event.value] : []);
  assertEquals(values, record.trials.map((trial) => metricValue(trial, "p50")));
  assert(values.length === 4 && values.every((value) => value! > 0));
});
