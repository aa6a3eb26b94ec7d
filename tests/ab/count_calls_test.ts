import { assertEquals, assertMatch } from "@std/assert";
import { runAbGate } from "../../src/ab/ab_gate.ts";
import { countCalls } from "../../src/ab/count_calls.ts";
import { CaseSides } from "../../src/ab/case_sides.ts";
import { PairedTrials } from "../../src/ab/paired_trials.ts";
import { createCatalog } from "../../src/catalog.ts";
import { systemClock } from "../../src/clock.ts";
import { createPolicy } from "../../src/gate/gate_policy.ts";
import { startTracer } from "../../src/peer/tracer.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { CallCount } from "../../src/run/tracing.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { PERMISSIONS, sockbench, temporaryDirectory } from "../cli/sockbench.ts";
import { LIBC, needs, unless } from "../support/needs.ts";
import { NO_ENVIRONMENT, someSettings } from "../support/small_catalog.ts";
import { faultyModule } from "./faulty_module.ts";
import { writeHostileSubject } from "./hostile_subject.ts";
import { self } from "./subjects.ts";

/** Why system calls cannot be counted here. */
const refusal = await (async () => {
  try {
    await using tracer = await startTracer();
    const own = new CallCount(tracer);
    await own.begin();
    await own.end();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
})();
const TRACING = unless(refusal);

const CALLS = createPolicy({ metrics: ["callsPerOperation"], alpha: 0.5 });

/** What a job of one pair of the module, as it is and with its faults, has by default. */
async function jobOf(cases: readonly string[]) {
  const stack = new AsyncDisposableStack();
  const url = import.meta.resolve("./faulty_module.ts");
  const folder = await Deno.makeTempDir({ prefix: "sockbench-test-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const subject = async (name: string, isFaulty: boolean) => {
    const path = `${folder}/${name}.ts`;
    const program =
      `import { faultyModule } from "${url}";\nexport default faultyModule(${isFaulty});\n`;
    await Deno.writeTextFile(path, program);
    const config = new URL("../../deno.json", import.meta.url).pathname;
    return { ...stack.use(await self([path])), flags: [`--config=${config}`, "--no-lock"] };
  };
  const { path: directory } = stack.use(await createSocketDirectory());
  const available = new Map(["tcp", "unix"].map((id) => [id, { available: true } as const]));
  const plan = planCases(
    someSettings({ cases }),
    createCatalog([faultyModule(false)]),
    available,
  );
  const options = {
    subjects: { base: await subject("base", false), head: await subject("head", true) },
    pairs: 1,
    askedPairs: 1,
    precision: 1e9,
    budgetNs: 1e9,
    peer: "loop",
    seed: 1,
    clock: systemClock,
    directory,
    environment: NO_ENVIRONMENT,
    command: "test",
    startedAt: new Date(0).toISOString(),
  } as const;
  return { plan, options, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test({
  ...needs(
    "runAbGate() is red with one pair for one system call more an exchange, and not for the same code",
    TRACING,
  ),
  async fn() {
    await using job = await jobOf(["talkative/*", "unchanged/*"]);
    const { records, results, confirmation, exitCode } = await runAbGate(
      job.plan,
      job.options,
      CALLS,
    );
    assertEquals([records.head.trials.length, exitCode, confirmation], [2, 1, undefined]);
    const [red, same] = results[0]!.cells;
    assertEquals([red!.case, red!.verdict], ["talkative/tcp/bytes=64", "regressed"]);
    assertMatch(
      red!.reason,
      /^(0\.9\d|1\.0\d) calls\/op more: .* in head and .* in base, counted .*; 0\.5 more are allowed\.$/,
    );
    assertEquals([same!.case, same!.verdict], ["unchanged/tcp/bytes=64", "pass"]);
    assertMatch(results[0]!.summary, /^Regressed: 1 of 2 cells \(worst: talkative/);
  },
});

Deno.test({
  ...needs(
    "runAbGate() counts nothing that varies or goes one way, says why, and does not pass for it",
    TRACING,
  ),
  async fn() {
    await using job = await jobOf(["fickle/*", "halved/*"]);
    const { records, results, exitCode } = await runAbGate(job.plan, job.options, CALLS);
    assertEquals([exitCode, results[0]!.cells], [3, []]);
    const notes = results[0]!.notes.join("\n");
    assertMatch(
      notes,
      /System calls of fickle\/tcp\/bytes=64 were not counted in head: its count varies/,
    );
    assertMatch(
      notes,
      /System calls of halved\/tcp\/bytes=64 were not counted: how often a transfer/,
    );
    // Base, which is the same every time, was counted.
    const counted = records.base.trials.filter(({ values }) => values?.callsPerOperation);
    assertEquals(counted.map((trial) => trial.case), ["fickle/tcp/bytes=64"]);
  },
});

Deno.test({
  ...needs(
    "countCalls() finds the calls of a round trip, to a few hundredths, on fresh agents each time",
    TRACING,
  ),
  async fn() {
    await using job = await jobOf(["unchanged/*"]);
    const { plan, options } = job;
    const sides = new CaseSides(plan, options, new PairedTrials(new Map()));
    const counts = await countCalls(sides, options);
    const [c] = plan.cases;
    for (const side of ["base", "head"] as const) {
      // Two sends, two receives and as many that had to wait, and a wait of the loop for each end.
      assertEquals(Math.round(counts.value(side, c!)!), 8);
      assertEquals(counts.skipped(side), []);
    }
  },
});

const TINY = [
  "ab",
  "--base=self",
  "--case=round-trip/tcp/bytes=64",
  "--pairs=1",
  "--alpha=0.02",
  "--threshold=1000%",
  "--precision=50%",
  "--budget=1s",
  "--seed=7",
  "--format=json",
];

for (
  const [what, permissions, via, reason] of [
    ["without FFI", PERMISSIONS, [], /System calls were not counted: it needs --allow-ffi/],
    [
      "where ptrace is refused",
      [...PERMISSIONS, "--allow-ffi"],
      [
        ...[Deno.execPath(), "run", "--no-check", "--allow-ffi", "--allow-run"],
        new URL("../support/without_system_calls.ts", import.meta.url).pathname,
        ...["1", "ptrace"],
      ],
      /System calls were not counted: thread \d+ could not be traced: .*\(EPERM\)/,
    ],
  ] as const
) {
  Deno.test({
    ...needs(
      `sockbench ab passes ${what} by its other cells, and says that calls were not counted`,
      LIBC,
    ),
    async fn() {
      await using directory = await temporaryDirectory();
      const job = async (metric: string) => {
        const args = [...TINY, `--metric=${metric}`, `--out=${directory.path}`];
        const { code, err } = await sockbench(args, {
          permissions,
          ...(via.length > 0 && { via }),
        });
        const { cells, notes } = JSON.parse(
          await Deno.readTextFile(`${directory.path}/ab.json`),
        );
        assertMatch(notes.join("\n"), reason, err);
        return { code, metrics: cells.map((cell: { metric: string }) => cell.metric) };
      };
      assertEquals(await job("headline,callsPerOperation"), { code: 0, metrics: ["p50"] });
      assertEquals(await job("callsPerOperation"), { code: 3, metrics: [] });
    },
  });
}

Deno.test({
  ...needs("sockbench ab cannot judge a head that fails while its calls are counted", TRACING),
  async fn() {
    await using directory = await temporaryDirectory();
    await writeHostileSubject(
      `${directory.path}/head`,
      `if (message.answer === "trial" && "systemCallsPerOperation" in (message.outcome.values ?? {})) {
        message.outcome.error = { kind: "shy", message: "not while you watch" };
      }
      return message;`,
    );
    const { code, out } = await sockbench([
      ...TINY,
      "--metric=headline,callsPerOperation",
      "--format=text",
      `--head=dir:${directory.path}/head`,
      `--out=${directory.path}/out`,
    ], { permissions: [...PERMISSIONS, "--allow-ffi"], cwd: directory.path });
    assertEquals(code, 3, out);
    const { cells } = JSON.parse(await Deno.readTextFile(`${directory.path}/out/ab.json`));
    const [cell] = cells.filter(({ metric }: { metric: string }) => metric === "callsPerOperation");
    assertEquals([cell.verdict, cell.reason], [
      "missing",
      "Its trial failed while its system calls were counted: shy: not while you watch.",
    ]);
  },
});
