import { assertEquals } from "@std/assert";
import { isPaced, steadyCases, unsteadyCells } from "../../src/ab/steady_transfers.ts";
import { createCatalog } from "../../src/catalog.ts";
import { formatCongestion } from "../../src/compare/not_read.ts";
import { steadyPlan } from "../../src/cli/plan_ab.ts";
import { withFacts } from "../../src/model/environment.ts";
import { makeFact } from "../../src/model/fact_rows.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { NO_ENVIRONMENT, someSettings } from "../support/small_catalog.ts";

const running = (congestion: string) =>
  withFacts(NO_ENVIRONMENT, [makeFact("net.ipv4.tcp_congestion_control", congestion)]);

const settings = (params = {}) =>
  someSettings({
    cases: ["throughput/*", "round-trip/tcp/*"],
    transports: ["tcp", "unix"],
    params,
  });
const AVAILABLE = new Map(["tcp", "unix"].map((id) => [id, { available: true } as const]));
const plan = planCases(settings(), createCatalog(), AVAILABLE);

Deno.test("steadyCases() gives one-way transfers over TCP a congestion control, and nothing else, and not where one is asked for", () => {
  const changed = steadyCases(plan).cases.filter(({ fixed }) => fixed.congestion !== undefined);
  const tcp = plan.cases.map(({ id }) => id).filter((id) => id.startsWith("throughput/tcp/"));
  assertEquals(tcp.length > 0, true);
  assertEquals(
    changed.map(({ id, fixed }) => [id, fixed.congestion]),
    tcp.map((id) => [id, "reno"]),
  );
  const asked = planCases(settings({ congestion: ["bbr"] }), createCatalog(), AVAILABLE);
  assertEquals(steadyCases(asked), asked);
  // Another protocol has none: said, not measured as if it had.
  assertEquals(asked.cases.some(({ transport }) => transport === "unix"), false);
  assertEquals(
    asked.skipped.some(({ reason }) => reason.startsWith("congestion is an option of TCP")),
    true,
  );
});

Deno.test("steadyPlan() changes both sides where all can, sets the headlines aside by name where one cannot, and leaves what the user chose", () => {
  const planned = { plan, ofBase: plan, isSteady: true };
  assertEquals(isPaced(running("bbr")), true);
  assertEquals(steadyPlan(planned, running("cubic"), {}), { planned, ignore: [] });
  const steady = steadyPlan(planned, running("bbr"), {});
  assertEquals(steady.ignore, []);
  assertEquals(steady.planned.plan, steadyCases(plan));
  assertEquals(steady.planned.ofBase, steadyCases(plan));
  const unsteady = { ...planned, isSteady: false };
  const ignore = unsteadyCells(plan.cases);
  assertEquals(
    ignore.map((rule) => rule.case).every((id) => id.startsWith("throughput/tcp/")),
    true,
  );
  assertEquals(ignore.length > 0, true);
  assertEquals(steadyPlan(unsteady, running("bbr"), {}), { planned: unsteady, ignore });
  for (
    const chosen of [{ cases: ["throughput/*"] }, { scenarios: ["throughput"] }, {
      params: { bytes: [1] },
    }]
  ) {
    assertEquals(steadyPlan(unsteady, running("bbr"), chosen).ignore, []);
  }
});

Deno.test("formatCongestion() says which transfers ran with another congestion control, and how to measure with the kernel's own", () => {
  const record = { cases: steadyCases(plan).cases, environment: running("bbr") };
  assertEquals(formatCongestion(record), [
    "throughput over tcp ran with congestion control reno in all subjects: this kernel's own, bbr, draws a speed for each connection " +
    "(--param congestion=bbr measures with it)",
  ]);
  assertEquals(formatCongestion({ ...record, cases: plan.cases }), []);
});
