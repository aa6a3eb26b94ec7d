import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import {
  commitOf,
  COVERS,
  describeStale,
  gitChangedSince,
  readReport,
} from "../../docs/tools/stale_reports.ts";
import { temporaryDirectory } from "../cli/sockbench.ts";

const ROOT = new URL("../../", import.meta.url);
const REPORT = "# Floor\n\nA CPU, 2 cores · Deno 2.9.6 · sockbench 0.2.0 (1a2b3c4) · 2026-11-28\n";

Deno.test("every committed report has what it covers, and every path of it exists", async () => {
  const listed = new Deno.Command("git", { args: ["ls-files", "reports/*.md"], cwd: ROOT });
  const { stdout } = await listed.output();
  const names = new TextDecoder().decode(stdout).trim().split("\n")
    .map((name) => name.replace("reports/", ""));
  // One whose task is there and that nobody has measured yet may be missing.
  assertEquals(names.filter((name) => COVERS[name] === undefined), []);
  const commands = Object.values(config.tasks).map(({ command }) => command);
  for (const name of Object.keys(COVERS).filter((name) => !names.includes(name))) {
    assert(commands.some((command) => command.includes(`reports/${name}`)), name);
  }
  const paths = [...new Set(Object.values(COVERS).flat())];
  const found = paths.map((path) => existing(path) || existing(sibling(path)));
  assertEquals(paths.filter((_, index) => !found[index]), []);
});

Deno.test("the docs name every report", async () => {
  const docs = await Deno.readTextFile(new URL("docs/README.md", ROOT));
  for (const name of Object.keys(COVERS)) assertStringIncludes(docs, `reports/${name}`);
});

Deno.test("readReport() knows no report where there is no file", async () => {
  assertEquals(await readReport(new URL("reports/never-measured.md", ROOT)), undefined);
  assert((await readReport(new URL("reports/floor.md", ROOT)))!.startsWith("# "));
});

/** A proof is a file, a folder, or both. */
const sibling = (path: string) => path.endsWith(".ts") ? path.slice(0, -3) : `${path}.ts`;

function existing(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}

Deno.test("commitOf() reads the commit that a report or the claims name", () => {
  assertEquals(commitOf(REPORT), "1a2b3c4");
  assertEquals(
    commitOf("# Claims\n\nDeno 2.9.6, 2 cores, 2026-11-28, commit 0f0f0f0.\n"),
    "0f0f0f0",
  );
  assertEquals(commitOf("# Floor\n\nDeno 2.9.6 · sockbench 0.1.0 · 2026-11-21\n"), undefined);
});

Deno.test("describeStale() says what changed since, that the commit is not known, or nothing", async () => {
  const say = (changed: string[] | undefined) =>
    describeStale("floor.md", REPORT, () => Promise.resolve(changed));
  assertEquals(await say([]), undefined);
  assertEquals(await say(["a.ts"]), "reports/floor.md is of 1a2b3c4; since then a.ts changed");
  assertEquals(
    await say(["a.ts", "b.ts"]),
    "reports/floor.md is of 1a2b3c4; since then a.ts and 1 more changed",
  );
  assertEquals((await say(undefined))!.includes("does not have"), true);
  assertEquals(
    (await describeStale("floor.md", "# Floor\n", () => Promise.resolve([])))!.includes(
      "no commit",
    ),
    true,
  );
});

Deno.test("gitChangedSince() lists what differs under the paths alone, and knows no foreign commit", async () => {
  await using directory = await temporaryDirectory();
  const git = async (...args: string[]) => {
    const { stdout } = await new Deno.Command("git", {
      args: ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args],
      cwd: directory.path,
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  await git("init", "-q");
  for (const name of ["a", "b"]) await Deno.writeTextFile(`${directory.path}/${name}`, "1");
  await git("add", ".");
  await git("commit", "-qm", "first");
  const first = (await git("rev-parse", "HEAD")).slice(0, 7);
  for (const name of ["a", "b"]) await Deno.writeTextFile(`${directory.path}/${name}`, "2");
  await git("commit", "-qam", "second");
  assertEquals(await gitChangedSince(first, ["a"], directory.path), ["a"]);
  assertEquals(await gitChangedSince("1234567", ["a"], directory.path), undefined);
});
