/** Counting system calls within a run: what a trial holds of it, and what is said where it cannot be. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { findPinning } from "../../src/peer/pin_thread.ts";
import { metricValue } from "../../src/model/metric_value.ts";
import { runPlan } from "../../src/run/run_plan.ts";
import { openTracing } from "../../src/run/tracing.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import type { Availability } from "../../src/transport/transport.ts";
import { NO_ENVIRONMENT, someSettings } from "../support/small_catalog.ts";
import { LIBC, needs, unless } from "../support/needs.ts";

const catalog = createCatalog();
const TRANSPORTS = ["tcp", "tcp@libc", "udp", "udp@libc", "unix", "unix@libc"];

function planOf(loops: readonly string[]): Plan {
  const found = new Map<string, Availability>(TRANSPORTS.map((id) => [id, { available: true }]));
  const settings = someSettings({
    scenarios: ["overhead"],
    transports: TRANSPORTS,
    params: { loop: loops },
    peer: "process",
  });
  return planCases(settings, catalog, found, findPinning());
}

/** Why system calls cannot be counted here. */
const refusal = await (async () => {
  await using tracing = await openTracing(planOf(["traced"]), catalog);
  return tracing.tracer === undefined
    ? tracing.plan.skipped.map(({ reason }) => reason).join("; ") || "nothing can be pinned"
    : undefined;
})();

Deno.test({
  ...needs(
    "runPlan() counts one send and one receive for a blocking exchange, and more for one that waits in an event loop",
    unless(refusal),
  ),
  async fn() {
    await using directory = await createSocketDirectory();
    const { trials, skipped } = await runPlan(planOf(["traced"]), {
      catalog,
      clock: systemClock,
      environment: NO_ENVIRONMENT,
      command: "",
      startedAt: "2026-01-31T12:00:00.000Z",
      directory: directory.path,
    });
    assertEquals(skipped, []);
    assertEquals(trials.length, TRANSPORTS.length);
    for (const trial of trials) {
      assertEquals(trial.error, undefined);
      // Times of a traced thread are the tracer's, its CPU time too.
      assertEquals([trial.histograms, trial.cpu], [{}, undefined]);
      const of = (name: string) => trial.counters?.[`syscall.${name}`] ?? 0;
      const total = metricValue(trial, "systemCallsPerOperation")!;
      assertEquals(of("sendto"), trial.operations, trial.case);
      if (trial.case.includes("@libc")) {
        // One receive for each; a reply that is late by more than a slice is polled for, and then received.
        const again = of("recvfrom") - trial.operations;
        assert(again >= 0 && again <= of("poll"), JSON.stringify(trial.counters));
        assert(total >= 2);
      } else {
        // It asks in vain, waits in its event loop, and asks again.
        assert(of("recvfrom") > trial.operations && of("epoll_wait") + of("epoll_pwait") > 0);
        assert(total > 3, `${trial.case}: ${total}`);
      }
    }
  },
});

Deno.test({
  ...needs("runPlan() exchanges bare at both ends over each of these transports", unless(refusal)),
  async fn() {
    await using directory = await createSocketDirectory();
    const { trials } = await runPlan(planOf(["bare", "suite"]), {
      catalog,
      clock: systemClock,
      environment: NO_ENVIRONMENT,
      command: "",
      startedAt: "2026-01-31T12:00:00.000Z",
      directory: directory.path,
    });
    assertEquals(trials.length, 2 * TRANSPORTS.length);
    for (const trial of trials) {
      assertEquals(trial.error, undefined, trial.case);
      assert(metricValue(trial, "perExchange")! > 0, trial.case);
      const isBareLibc = trial.case.includes("@libc") && trial.case.includes("loop=bare");
      assertEquals(metricValue(trial, "ffiCall") !== undefined, isBareLibc, trial.case);
    }
  },
});

Deno.test({
  ...needs("openTracing() skips what it cannot trace, with the reason, and leaves the rest", LIBC),
  permissions: { run: false, net: true, read: true, write: true, ffi: "inherit" },
  async fn() {
    const plan = planOf(["traced", "suite"]);
    const traced = plan.cases.filter(({ params }) => params.loop === "traced");
    await using tracing = await openTracing(plan, catalog);
    assert(traced.length > 0);
    assertEquals(tracing.tracer, undefined);
    assertEquals(tracing.plan.skipped.map(({ what }) => what), ["cases that count system calls"]);
    assertStringIncludes(tracing.plan.skipped[0]!.reason, "run");
    assertEquals(
      tracing.plan.cases.map(({ id }) => id),
      plan.cases.filter((one) => !traced.includes(one)).map(({ id }) => id),
    );
  },
});

Deno.test("openTracing() starts nothing where no case asks for it", async () => {
  const plan = planOf(["suite"]);
  await using tracing = await openTracing(plan, catalog);
  assertEquals([tracing.tracer, tracing.plan], [undefined, plan]);
});
