/** Users' modules have the names of their own project and `@sockbench/sockbench`, whichever command loads them, at every end of a trial. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  assertRefused,
  names,
  type Outcome,
  PERMISSIONS,
  sockbench,
  temporaryDirectory,
} from "./sockbench.ts";

/** A transport of a project: TCP as the suite has it, under a name that another file of the project holds. */
const BENCH = `
import { tcp, type SockbenchModule } from "@sockbench/sockbench";
import { name } from "#name";
export default { transports: [{ ...tcp, name, title: "TCP of this project" }] } satisfies SockbenchModule;
`;
const NAME = 'export const name = "ours"; // "quoted", and no comment: https://example.com\n';

type Files = Readonly<Record<string, string>>;

/** Ways to say what \`#name\` is; the module is in packages/one/. */
const PROJECTS: Readonly<Record<string, Files>> = {
  "a deno.json beside the module": {
    "packages/one/deno.json": '{ "imports": { "#name": "./name.ts" } }',
  },
  "a deno.json two folders above": {
    "deno.json": '{ "imports": { "#name": "./packages/one/name.ts" } }',
  },
  "a deno.jsonc with comments and an own name for the suite": {
    "deno.jsonc": `{
      // "#name" is /* here */
      "imports": { "#name": "./packages/one/name.ts", "@sockbench/sockbench": "jsr:@sockbench/sockbench@^99", },
    }`,
  },
  "an import map in a file of its own": {
    "deno.json": '{ "importMap": "maps/map.json" }',
    "maps/map.json": '{ "scopes": { "../packages/": { "#name": "../packages/one/name.ts" } } }',
  },
  "a member of a workspace": {
    "deno.json":
      '{ "workspace": ["./packages/*"], "imports": { "#name": "./packages/one/name.ts" } }',
    "packages/one/deno.json": "{}",
  },
  "packages kept in node_modules": {
    "package.json": '{ "dependencies": { "zod": "^3.0.0" } }',
    "deno.json": '{ "nodeModulesDir": "manual", "imports": { "#name": "./packages/one/name.ts" } }',
  },
  "no configuration at all": {
    "packages/one/bench.ts": BENCH.replace('"#name"', '"./name.ts"'),
  },
};

/** A project on disk, with a place for temporary files that shows what is left behind. */
async function project(files: Files) {
  const directory = await temporaryDirectory();
  const all: Files = { "packages/one/bench.ts": BENCH, "packages/one/name.ts": NAME, ...files };
  for (const [path, text] of Object.entries(all)) {
    const whole = `${directory.path}/project/${path}`;
    await Deno.mkdir(whole.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(whole, text);
  }
  const env = { TMPDIR: `${directory.path}/tmp` };
  await Deno.mkdir(env.TMPDIR);
  return {
    out: `${directory.path}/out`,
    async run(
      args: readonly string[],
      more: Record<string, string> = {},
      permissions = PERMISSIONS,
    ): Promise<Outcome> {
      const outcome = await sockbench([...args, "--module=packages/one/bench.ts"], {
        cwd: `${directory.path}/project`,
        env: { ...env, ...more },
        permissions,
      });
      assertEquals(names(env.TMPDIR), [], "something was left behind");
      return outcome;
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

for (const [what, files] of Object.entries(PROJECTS)) {
  Deno.test(`sockbench list knows what a module of a project adds: ${what}`, async () => {
    await using here = await project(files);
    const { code, out, err } = await here.run(["list"]);
    assertEquals({ code, err }, { code: 0, err: "" });
    assertMatch(out, /^ *ours\b/m);
  });
}

const ONE = ["--scenario=round-trip", "--transport=ours", "--param=bytes=64", "--quiet"];
const [OWN, , , , WORKSPACE] = Object.values(PROJECTS) as [Files, Files, Files, Files, Files];

for (const peer of ["loop", "worker", "process"]) {
  Deno.test(`sockbench run measures it with peer ${peer}`, async () => {
    await using here = await project(OWN);
    const args = ["run", "--profile=quick", "--rounds=1", `--peer=${peer}`, ...ONE];
    const { code, err } = await here.run([...args, `--out=${here.out}`]);
    assertEquals(code, 0, err);
    const { trials } = JSON.parse(await Deno.readTextFile(`${here.out}/latest.json`));
    assertEquals(
      trials.map((trial: { case: string; error?: unknown }) => [trial.case, trial.error]),
      [["round-trip/ours/bytes=64", undefined]],
    );
  });
}

Deno.test("sockbench ab measures it on both sides, with processes as peers, and gate what ab has stored", async () => {
  await using here = await project(WORKSPACE);
  const args = ["--peer=process", ...ONE, `--out=${here.out}`];
  const judged = await here.run([
    ...[
      "ab",
      "--base=self",
      "--head=dir:.",
      "--pairs=1",
      "--alpha=0.02",
      "--budget=1s",
      "--threshold=1000%",
    ],
    ...["--metric=headline", "--precision=50%"],
    ...args,
  ]);
  assertEquals(judged.code, 0, judged.err);
  assertMatch(judged.out, /^\w+ +round-trip\/ours\/bytes=64 p50 /m);
  const baseline = `${here.out}/ab-base.json`;
  const gated = await here.run(["gate", `--baseline=${baseline}`, `--out=${here.out}`]);
  assertMatch(gated.out, /round-trip\/ours\/bytes=64/, gated.err);
  const head = JSON.parse(await Deno.readTextFile(`${here.out}/gate-head.json`));
  assert(head.trials.length > 0);
});

Deno.test("a module may lie in a folder whose name means something in an address, beside one of another project", async () => {
  await using directory = await temporaryDirectory();
  const folders = [["a, b 100%#?", "one"], ["plain", "two"]] as const;
  for (const [folder, name] of folders) {
    const path = `${directory.path}/${folder}`;
    await Deno.mkdir(path);
    await Deno.writeTextFile(`${path}/deno.json`, '{ "imports": { "#name": "./name.ts" } }');
    await Deno.writeTextFile(`${path}/name.ts`, `export const name = "${name}";`);
    await Deno.writeTextFile(`${path}/bench.ts`, BENCH);
  }
  const modules = folders.map(([folder]) => `--module=${folder}/bench.ts`);
  for (const peer of ["loop", "process"]) {
    const { code, err } = await sockbench([
      ...["run", "--profile=quick", "--rounds=1", "--scenario=round-trip", "--param=bytes=64"],
      ...["--transport=one,two", "--quiet", `--peer=${peer}`, "--out=out", ...modules],
    ], { cwd: directory.path });
    assertEquals(code, 0, err);
    const { trials } = JSON.parse(await Deno.readTextFile(`${directory.path}/out/latest.json`));
    assertEquals(trials.map((trial: { error?: unknown }) => trial.error), [undefined, undefined]);
  }
});

Deno.test("without --allow-run, with which it is started anew, sockbench says what a module lacks", async () => {
  await using here = await project(OWN);
  const permissions = PERMISSIONS.filter((flag) => flag !== "--allow-run");
  const outcome = await here.run(["list"], {}, permissions);
  assertRefused(
    outcome,
    /Cannot load module \S+: .*"#name".*names of its own project with --allow-run$/m,
  );
});

Deno.test("a configuration that is no JSON is refused in one sentence that names it", async () => {
  await using here = await project({ "deno.json": "{ imports }" });
  for (const args of [["list"], ["run", `--out=${here.out}`]]) {
    const { code, err } = await here.run(args);
    assertMatch(err, /^sockbench: Cannot read \S+\/project\/deno\.json: [^\n]+\n$/);
    assertEquals(code, 2);
  }
});

Deno.test("a job on GitHub that does not start is annotated, and its summary says why", async () => {
  await using here = await project({ "packages/one/name.ts": "import '#nothing';" });
  const GITHUB_STEP_SUMMARY = `${here.out}-summary.md`;
  for (
    const args of [
      ["ab", "--base=self", "--head=self", `--out=${here.out}`],
      ["run", `--out=${here.out}`],
      ["gate", "--baseline=nowhere.json"],
    ]
  ) {
    const { code, out, err } = await here.run(args, {
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY,
    });
    assert([2, 3].includes(code), err);
    const [annotation, ...more] = (out + err).match(/^::error title=sockbench::.+$/gm) ?? [];
    assert(annotation, out + err);
    assertEquals(more, []);
    const why = args[0] === "gate" ? "nowhere.json" : "name";
    assertStringIncludes(annotation!, why);
    const summary = await Deno.readTextFile(GITHUB_STEP_SUMMARY);
    assertMatch(summary, new RegExp(`^\\*\\*sockbench came to no result\\*\\*.*${why}`, "m"));
    await Deno.remove(GITHUB_STEP_SUMMARY);
  }
});
