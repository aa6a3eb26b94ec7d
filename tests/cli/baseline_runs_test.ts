import { assert, assertEquals } from "@std/assert";
import { digestFiles, findMixture, withCode } from "../../src/cli/baseline_runs.ts";
import { withFacts } from "../../src/model/environment.ts";
import { makeFact } from "../../src/model/fact_rows.ts";
import { syntheticRecord } from "../compare/synthetic_records.ts";
import { alter } from "../support/environments.ts";

const CASE = "round-trip/tcp/bytes=64";
const RUN = syntheticRecord({ [CASE]: { p50: [100, 101, 102] } });
const LATER = syntheticRecord({ [CASE]: { p50: [103, 104, 105] } });

Deno.test("findMixture() finds nothing in runs of one machine, one code and one selection", () => {
  assertEquals(findMixture([]), undefined);
  assertEquals(findMixture([RUN, LATER]), undefined);
  assertEquals(findMixture([withCode(RUN, "a"), withCode(LATER, "a")]), undefined);
});

Deno.test("findMixture() names a run that is there twice: copies differ by nothing, and a gate would judge by that", () => {
  const found = findMixture([RUN, LATER, { ...RUN, startedAt: "2026-02-01T12:00:00.000Z" }]);
  assertEquals(found, "run 3 is a copy of run 1, which shows nothing of how runs differ");
});

Deno.test("findMixture() names the first run that is of another machine, code, selection or setting", () => {
  const others = [
    [{ ...RUN, environment: alter(RUN.environment, { cpu: "Another CPU" }) }, "CPU differs"],
    [{ ...RUN, environment: withFacts(RUN.environment, [makeFact("deno", "2.9.5")]) }, "Deno"],
    [
      { ...RUN, environment: withFacts(RUN.environment, [makeFact("commit", "a".repeat(40))]) },
      "they were measured by two commits of sockbench",
    ],
    [withCode(RUN, "b"), "the code of --module has changed"],
    [syntheticRecord({ "round-trip/unix/bytes=64": { p50: [1, 2, 3] } }), "other cases"],
    [syntheticRecord({ [CASE]: { p50: [100] } }), "rounds differs: 3 in base, 1 in head"],
    [{ ...RUN, cases: RUN.cases.map((one) => ({ ...one, workload: "other" })) }, "workload"],
  ] as const;
  for (const [other, clause] of others) {
    const found = findMixture([RUN, RUN, other]) ?? "";
    assert(found.startsWith("run 3 (head) is not like the first (base): "), `${clause}: ${found}`);
    assert(found.includes(clause), found);
  }
});

Deno.test("digestFiles() changes with what a file holds, and not with its name", async () => {
  const directory = await Deno.makeTempDir({ prefix: "sockbench-test-" });
  const write = async (name: string, text: string) => {
    await Deno.writeTextFile(`${directory}/${name}`, text);
    return await digestFiles([`file://${directory}/${name}`]);
  };
  try {
    const [one, same, other] = [
      await write("a.ts", "1;"),
      await write("b.ts", "1;"),
      await write("a.ts", "2;"),
    ];
    assertEquals(one, same);
    assert(one !== other);
    assertEquals(one.length, 16);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
