/** Bulk down and both ways, over one connection and over several, keeps its promises over every stream transport that can. */

import { assert, assertEquals } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { metricValue } from "../../src/model/metric_value.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { runPlan } from "../../src/run/run_plan.ts";
import { probeTransports } from "../../src/transport/probe_transports.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { needs, unless } from "../support/needs.ts";
import { NO_ENVIRONMENT, someSettings } from "../support/small_catalog.ts";
import { untilHeard } from "../support/until_heard.ts";

const catalog = createCatalog();
await using probed = await createSocketDirectory();
const availability = await probeTransports(catalog.transports, probed.path);

for (const [id, transport] of catalog.transports) {
  const found = availability.get(id)!;
  const name = `bulk goes down and both ways over ${id}`;
  if (!found.available) {
    Deno.test({ ...needs(name, unless(found.reason)), fn() {} });
    continue;
  }
  const settings = someSettings({
    scenarios: ["throughput"],
    transports: [id],
    params: { bytes: [4_096, 65_536], direction: ["up", "down", "both"], streams: [2] },
    peer: !transport.blocking ? "loop" : transport.inProcess ? "worker" : "process",
  });
  const one = { ...settings, params: { ...settings.params } };
  delete (one.params as Record<string, unknown>).streams;
  const plans = [settings, one].map((all) => planCases(all, catalog, availability));
  const cases = plans.flatMap((plan) => plan.cases);
  const expected = transport.mode === "datagram" || transport.inTurn
    ? []
    : transport.blocking
    ? ["up", "down"]
    : ["up", "down", "both"];

  const test = async () => {
    const directions = new Set(cases.map(({ params }) => params.direction));
    assertEquals(
      [...directions].filter((one) => transport.mode === "stream" || one !== "up"),
      expected,
    );
    for (const plan of plans) {
      const brief = plan.cases.map((one) => ({
        ...one,
        budget: { warmupNs: 1e6, measureNs: 5e6 },
      }));
      if (brief.length === 0) continue;
      await using directory = await createSocketDirectory();
      const record = await runPlan({ ...plan, cases: brief }, {
        catalog,
        clock: systemClock,
        environment: NO_ENVIRONMENT,
        command: "",
        startedAt: "2026-01-01T00:00:00.000Z",
        directory: directory.path,
      });
      for (const trial of record.trials) {
        assertEquals(trial.error, undefined, trial.case);
        const direction = brief.find((one) => one.id === trial.case)!.params.direction;
        const [sum, up, down] = ["bytesPerSecond", "upBytesPerSecond", "downBytesPerSecond"]
          .map((metric) => metricValue(trial, metric));
        assert(sum! > 0, trial.case);
        assertEquals([up !== undefined, down !== undefined], Array(2).fill(direction === "both"));
        if (direction === "both") assertEquals(sum, up! + down!);
        const { window, tally } = trial;
        // Nothing delivered can exceed what was sent, whichever end that was.
        assert(window!.bytes > 0 && window!.bytes < tally.sentBytes!, trial.case);
      }
    }
    transport.rest?.();
  };
  // A process opens some descriptors with its first worker, and keeps them.
  const isWorker = transport.inProcess && transport.blocking;
  Deno.test(name, () => isWorker ? test() : untilHeard(id, test));
}
