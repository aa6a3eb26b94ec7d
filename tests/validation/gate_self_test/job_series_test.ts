import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type JobPlan,
  type JobResult,
  MixedCodeError,
  runSeries,
} from "../../../bench/validation/gate_self_test/job_series.ts";
import { renderSelfTest } from "../../../bench/validation/gate_self_test/self_test_report.ts";

const PLANS: readonly JobPlan[] = [1, 2, 3].map((index) => ({
  name: `same-${index}`,
  kind: "same",
  args: ["ab", `--seed=${index}`],
}));

function outcome(exitCode: number): Omit<JobResult, keyof JobPlan | "code"> {
  const cell = { case: "round-trip/tcp", metric: "p50", rule: "slowdown", headline: true };
  return {
    startedAt: "2026-01-31T12:00:00.000Z",
    tookS: 60,
    load: 0.5,
    exitCode,
    summary: "Passed",
    cells: [
      { ...cell, verdict: "pass", pValue: 0.5 },
      { ...cell, verdict: "inconclusive", pValue: 0.01 },
    ],
  };
}

async function temporary() {
  const path = await Deno.makeTempDir({ prefix: "sockbench-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("runSeries() goes on with the job in which it was killed", async () => {
  await using directory = await temporary();
  const ran: string[] = [];
  const series = (dies: string) =>
    runSeries(PLANS, {
      directory: directory.path,
      code: "abc",
      run: ({ name }) => {
        if (name === dies) throw new Error("killed");
        ran.push(name);
        return Promise.resolve(outcome(0));
      },
    });
  await assertRejects(() => series("same-2"), Error, "killed");
  assertEquals(ran, ["same-1"]);
  const jobs = await series("none");
  assertEquals(ran, ["same-1", "same-2", "same-3"]);
  assertEquals(jobs.map(({ name, args }) => [name, args[1]]), [
    ["same-1", "--seed=1"],
    ["same-2", "--seed=2"],
    ["same-3", "--seed=3"],
  ]);
  assertEquals((await series("none")).length, 3);
  assertEquals(ran.length, 3);
});

Deno.test("runSeries() mixes neither code nor arguments", async () => {
  await using directory = await temporary();
  const series = (code: string, plans = PLANS) =>
    runSeries(plans, {
      directory: directory.path,
      code,
      run: () => Promise.resolve(outcome(0)),
    });
  await series("abc");
  await assertRejects(() => series("def"), MixedCodeError, "of other code (abc, and this is def)");
  const others = PLANS.map((plan) => ({ ...plan, args: ["ab", "--threshold=2%"] }));
  await assertRejects(() => series("abc", others), MixedCodeError, "other arguments");
});

Deno.test("renderSelfTest() counts exit codes, low p-values and found slowdowns", () => {
  const of = (plan: JobPlan, exitCode: number): JobResult => ({
    ...plan,
    code: "abc",
    ...outcome(exitCode),
  });
  const slowed: JobPlan = {
    name: "slowed-1",
    kind: "slowed",
    args: ["ab", "--inject-slowdown=5%", "--threshold=2%"],
  };
  const cell = { case: "round-trip/tcp", metric: "p50", rule: "slowdown", headline: true };
  const at = (slowdown: number, verdict: string) => ({
    ...cell,
    verdict,
    ratio: { estimate: 1 / (1 + slowdown), low: 0.9, high: 1, n: 16 },
  });
  const job = {
    ...of(slowed, 1),
    cells: [at(0.05, "regressed"), at(0.055, "inconclusive"), at(0.02, "pass")],
  };
  const text = renderSelfTest([of(PLANS[0]!, 0), of(PLANS[1]!, 1), of(PLANS[2]!, 3), job], {
    command: "deno task gate:self-test",
    code: "abc",
    machine: "2 cores",
  });
  assertStringIncludes(text, "| 1 red | 1 of 3 | 33.3 % [6.1 %, 79.2 %] |");
  assertStringIncludes(text, "3 of 6 headline cells (50.0 %)");
  assertStringIncludes(text, "## --inject-slowdown=5% --threshold=2%");
  assertStringIncludes(text, "| all | 1 of 3 |");
  assertStringIncludes(text, "within a fifth of what was injected | 1 of 2 |");
});
