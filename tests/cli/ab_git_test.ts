import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeRecord } from "../../src/record/codec.ts";
import { makeRepository, type Repository } from "./repository.ts";
import { names, type Outcome, sockbench } from "./sockbench.ts";

/** A job over the module of a user's repository; intervals of any width will do. */
async function gate(
  repository: Repository,
  base: string,
  head: string,
  more: readonly string[] = [],
): Promise<Outcome> {
  const outcome = await sockbench(
    [
      "ab",
      `--base=${base}`,
      `--head=${head}`,
      "--module=./bench.ts",
      "--precision=50%",
      "--budget=1s",
      "--quiet",
      // One cell a case: what is judged beside it has tests of its own.
      ...(more.some((one) => one.startsWith("--metric")) ? [] : ["--metric=headline"]),
      // As few generations of agents as can show anything.
      "--pairs=1",
      "--alpha=0.02",
      ...more,
    ],
    { cwd: repository.path, env: { TMPDIR: repository.temporary } },
  );
  assertEquals(names(repository.temporary), []);
  assertEquals(await repository.worktrees(), [repository.path]);
  return outcome;
}

Deno.test("sockbench ab measures each commit's own module, with its own import map, and leaves no worktree", async () => {
  await using repository = await makeRepository();
  // On top of 20 µs of work and the exchange itself: several times as long, whatever else this machine does.
  await repository.commit("slow", 400_000);
  const same = await gate(repository, "git:HEAD", "git:HEAD", ["--threshold=1000%"]);
  assertEquals(same.code, 0, same.err);
  assertStringIncludes(same.out, "spin/tcp p50");
  const slower = await gate(repository, "git:base", "git:slow", ["--threshold=20%"]);
  assertEquals(slower.code, 1, slower.err);
  assertMatch(slower.out, /^Regressed: 1 of 1 cell \(worst: spin\/tcp p50/);
  const faster = await gate(repository, "dir:.", "git:base", ["--threshold=20%"]);
  assertEquals(faster.code, 0, faster.err);
  assertMatch(faster.out, /^improved +spin\/tcp p50/m);
});

Deno.test("sockbench ab finds the module below a folder of the repository", async () => {
  await using repository = await makeRepository();
  const folder = `${repository.path}/packages/one`;
  await Deno.mkdir(folder, { recursive: true });
  for (const name of ["bench.ts", "cost.ts", "deno.json"]) {
    await Deno.copyFile(`${repository.path}/${name}`, `${folder}/${name}`);
  }
  await repository.commit("packages", 0);
  const { out, err } = await sockbench(
    [
      "ab",
      "--base=git:HEAD",
      "--head=git:packages",
      "--module=./bench.ts",
      "--metric=headline",
      // As few generations of agents as there can be: what is measured is looked at, and not judged.
      "--pairs=1",
      "--alpha=0.5",
      "--precision=50%",
      "--budget=1s",
    ],
    { cwd: folder, env: { TMPDIR: repository.temporary } },
  );
  assertStringIncludes(out, "spin/tcp p50", err);
  for (const side of ["base", "head"]) {
    const path = `${folder}/reports/ab-${side}.json`;
    const { trials } = decodeRecord(await Deno.readTextFile(path), path);
    assertEquals(
      new Set(trials.map(({ case: id, error }) => error?.message ?? id)),
      new Set(["spin/tcp"]),
    );
  }
  assertEquals(names(repository.temporary), []);
});

Deno.test("sockbench ab calls a scenario that only head has new, and one that only base has missing", async () => {
  await using repository = await makeRepository();
  const source = await Deno.readTextFile(`${repository.path}/bench.ts`);
  await Deno.writeTextFile(
    `${repository.path}/bench.ts`,
    source.replace("[scenario]", '[scenario, { ...scenario, id: "twice" }]'),
  );
  await repository.commit("two", 0);
  const more = await gate(repository, "git:base", "git:two", ["--threshold=1000%"]);
  assertEquals(more.code, 0, more.err);
  assertMatch(more.out, /^new +twice\/tcp p50/m);
  const fewer = await gate(repository, "git:two", "git:base", ["--threshold=1000%"]);
  assertEquals(fewer.code, 3, fewer.err);
  assertMatch(fewer.out, /^missing +twice\/tcp p50/m);
});

Deno.test("sockbench ab judges by base's own metrics and cases: a head that changes them does not pass", async () => {
  await using repository = await makeRepository();
  const source = await Deno.readTextFile(`${repository.path}/bench.ts`);
  // A scenario for each change, and one that stays, with a headline and another metric of its own.
  const module = (change: Readonly<Record<string, string>>) =>
    source.replace(
      "export default { workloads: [spin], scenarios: [scenario] };",
      `const ids = ["kept", "dropped", "reordered", "neither", "redefined"];
const change = ${JSON.stringify(change)};
export default {
  workloads: [{ ...spin, async drive(context) {
    const outcome = await spin.drive(context);
    const values = ids.flatMap((id) => [[id + "Cost", outcome.elapsedNs / 100], [id + "Tail", outcome.elapsedNs / 50]]);
    return { ...outcome, values: Object.fromEntries(values) };
  } }],
  metrics: ids.flatMap((id) => ["Cost", "Tail"].map((kind) => ({
    id: id + kind, unit: "ns", title: id + kind, description: id + kind,
    better: kind === "Cost" && change[id] === "neither" ? "neither" : "lower",
  }))),
  scenarios: ids.map((id) => ({
    ...scenario, id,
    metrics: change[id] === "drop" ? [id + "Cost"] : change[id] === "swap" ? [id + "Tail", id + "Cost"] : [id + "Cost", id + "Tail"],
    ...(change[id] === "fix" && { fixed: { k: 1 } }),
  })),
};`,
    );
  const commit = async (tag: string, change: Readonly<Record<string, string>>) => {
    await Deno.writeTextFile(`${repository.path}/bench.ts`, module(change));
    await repository.commit(tag, 0);
  };
  await commit("original", {});
  await commit("changed", {
    dropped: "drop",
    reordered: "swap",
    neither: "neither",
    redefined: "fix",
  });
  const found = await gate(repository, "git:original", "git:changed", [
    "--threshold=1000%",
    "--metric=headline,keptTail,droppedTail,reorderedTail,neitherTail,redefinedTail",
  ]);
  assertEquals(found.code, 3, found.err + found.out);
  const out = found.out.replaceAll(/\n +/g, " ");
  assertMatch(out, /^pass +kept\/tcp keptCost/m);
  assertMatch(out, /missing +dropped\/tcp droppedTail/);
  for (const id of ["reordered", "neither", "redefined"]) {
    assertMatch(out, new RegExp(`incomparable +${id}`));
  }
});
