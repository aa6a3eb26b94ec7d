// The gate with its default cells against heads that are worse in a way that a median alone does not show: `deno task gate:heads`. It measures for
// some five minutes and needs a machine that is not starved, so that it is not among the tests that `deno task test` finds by their names.

import { assertEquals } from "@std/assert";
import { runAbGate } from "../../src/ab/ab_gate.ts";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { DEFAULT_POLICY } from "../../src/gate/gate_policy.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { NO_ENVIRONMENT, someSettings } from "../support/small_catalog.ts";
import { faultyModule } from "./faulty_module.ts";
import { self } from "./subjects.ts";

/** By scenario: the cells that must be red, any of them. */
const RED: Readonly<Record<string, readonly string[]>> = {
  "tenth-slow": ["operationsPerSecond", "p90", "p99"],
  "spinning-stall": ["operationsPerSecond"],
  "sleeping-stall": ["operationsPerSecond"],
  "two-fifths-slow": ["operationsPerSecond", "p90"],
  "talkative": ["callsPerOperation"],
  "leaky": ["memoryPerOperation"],
  "refusing": ["failures"],
  "halved": ["bytesPerSecond", "operationsPerSecond"],
};

Deno.test("ab is red by default for stalls, tails, leaks, refusals and halved rates, and not for the same code", () =>
  findFaults(Object.keys(RED), ["unchanged"]));

async function findFaults(faulty: readonly string[], unchanged: readonly string[]) {
  const url = import.meta.resolve("./faulty_module.ts");
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "sockbench-test-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const subject = async (name: string, isFaulty: boolean) => {
    const path = `${folder}/${name}.ts`;
    await Deno.writeTextFile(
      path,
      `import { faultyModule } from "${url}";\nexport default faultyModule(${isFaulty});\n`,
    );
    const prepared = stack.use(await self([path]));
    // The program's own map of imports, as the module lies elsewhere.
    return {
      ...prepared,
      flags: [`--config=${new URL("../../deno.json", import.meta.url).pathname}`, "--no-lock"],
    };
  };
  const { path: directory } = stack.use(await createSocketDirectory());
  const catalog = createCatalog([faultyModule(false)]);
  const cases = [...faulty, ...unchanged].map((id) => `${id}/*`);
  const plan = planCases(someSettings({ cases }), catalog, new Map([["tcp", { available: true }]]));
  const { results: [result] } = await runAbGate(plan, {
    subjects: { base: await subject("base", false), head: await subject("head", true) },
    pairs: 1,
    precision: 1e9,
    budgetNs: 1e9,
    peer: "loop",
    seed: 1,
    clock: systemClock,
    directory,
    environment: NO_ENVIRONMENT,
    command: "test",
    startedAt: new Date(0).toISOString(),
  }, DEFAULT_POLICY);
  const red = result!.cells.filter(({ verdict }) => verdict === "regressed");
  const metricsOf = (id: string) =>
    red.filter((cell) => cell.case.startsWith(`${id}/`)).map(({ metric }) => metric);
  const missed: string[] = [];
  for (const id of faulty) {
    const wanted = RED[id]!;
    const reasons = result!.cells.filter((cell) => cell.case.startsWith(`${id}/`))
      .map(({ metric, verdict, reason }) => `${metric} ${verdict}: ${reason}`).join("\n");
    if (!metricsOf(id).some((metric) => wanted.includes(metric))) missed.push(`${id}\n${reasons}`);
  }
  assertEquals(missed, []);
  for (const id of unchanged) assertEquals(metricsOf(id), []);
  assertEquals(result!.exitCode, 1);
}
