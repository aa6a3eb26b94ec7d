import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { factOf } from "../../src/model/environment.ts";
import { decodeRecord } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { gateFormats } from "../../src/report/registry.ts";
import { makeRepository } from "./repository.ts";
import {
  assertRefused,
  command,
  names,
  type Outcome,
  PERMISSIONS,
  sockbench,
  sockbenchHere,
  temporaryDirectory,
} from "./sockbench.ts";
import { refusalOf, writeSimulated } from "../ab/subjects.ts";
import { LIBC, LINUX, needs, unless } from "../support/needs.ts";

const CASE = "round-trip/tcp/bytes=64";
/** The smallest job that can be judged: intervals of any width will do. */
const TINY = [
  "ab",
  `--case=${CASE}`,
  "--metric=headline",
  "--pairs=1",
  "--alpha=0.02",
  "--precision=50%",
  "--budget=1s",
];
const SELF = [...TINY, "--base=self", "--head=self"];

async function readRecord(path: string): Promise<RunRecord> {
  return decodeRecord(await Deno.readTextFile(path), path);
}

/** A refusal for lack of a judgement: exit 3, nothing printed, one sentence that names what. */
function assertCannotJudge(outcome: Outcome, sentence: RegExp): void {
  assertRefused(outcome, /^sockbench: cannot judge: /, 3);
  assertMatch(outcome.err, sentence);
}

Deno.test("sockbench ab of the same code is not red, and writes both records and the summary", async () => {
  await using directory = await temporaryDirectory();
  const out = `${directory.path}/out`;
  // Of an earlier job, which had to measure again.
  await Deno.mkdir(out);
  await Deno.writeTextFile(`${out}/ab-head-confirmation.json`, "{}");
  const outcome = await sockbench([...SELF, "--threshold=1000%", "--seed=7", "--out", out]);
  assertEquals(outcome.code, 0, outcome.err);
  assertEquals(names(out), ["ab-base.json", "ab-head.json", "ab.md"]);
  assertMatch(
    outcome.err,
    /^1 case × 6 pairs or more, .*; base self, head self; peer loop; seed 7\n/,
  );
  assertMatch(outcome.out, new RegExp(`^pass +${CASE} p50 `, "m"));
  for (const name of names(out)) assertStringIncludes(outcome.out, `${out}/${name}\n`);
  assert(!(outcome.out + outcome.err).includes("\x1b"));
  const base = await readRecord(`${out}/ab-base.json`);
  // Six generations of a pair: with fewer no regression could be called.
  assertEquals(base.trials.length, 6);
  assertEquals(
    base.settings.command,
    `deno task sockbench ab --base self --head self --case ${CASE} --pairs 1 --precision 50% --budget 1s --threshold 1000% --alpha 0.02 --metric headline --seed 7`,
  );
});

Deno.test("sockbench ab is red for an injected slowdown, and names case, ratio, interval and p in every format", async () => {
  await using directory = await temporaryDirectory();
  const out = directory.path;
  const summary = `${directory.path}/summary.md`;
  await Deno.writeTextFile(summary, "before\n");
  const { code, out: printed, err } = await sockbench(
    [...SELF, "--inject-slowdown=900%", `--format=${[...gateFormats.keys()]}`, "--out", out],
    { env: { GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: "true" } },
  );
  assertEquals(code, 1, err + printed);
  assertMatch(printed, /^Regressed: 1 of 1 cell /);
  assertMatch(
    printed.replaceAll(/\n +/g, " "),
    /Regressed: round-trip\/tcp\/bytes=64 p50: \d+\S* % slower \[\d+\S* %, \d+\S* %\] on fresh pairs .* \(adjusted p = \S+, \d+ pairs in \d+ generations\)/,
  );
  assertMatch(printed, /^::error title=regressed%3A round-trip\/tcp\/bytes=64 p50::/m);
  assertMatch(err, /1 cell flagged; measuring 1 case again on fresh agents/);
  assertEquals(names(out), [
    "ab-action-benchmark-bigger.json",
    "ab-action-benchmark-smaller.json",
    "ab-agent.txt",
    "ab-annotations.txt",
    "ab-base-confirmation.json",
    "ab-base.json",
    "ab-bencher.json",
    "ab-head-confirmation.json",
    "ab-head.json",
    "ab-openmetrics.txt",
    "ab-text.txt",
    "ab.json",
    "ab.md",
    "ab.xml",
    "summary.md",
  ]);
  const markdown = await Deno.readTextFile(`${out}/ab.md`);
  assertEquals(await Deno.readTextFile(summary), `before\n${markdown}\n`);
});

Deno.test("sockbench ab prints annotations when asked, and nothing to stderr with --quiet", async () => {
  await using directory = await temporaryDirectory();
  await writeSimulated(`${directory.path}/one`, 1e4);
  const args = [...TINY, "--base=dir:one", "--head=dir:one", "--annotations", "--quiet"];
  const { code, out, err } = await sockbench(args, { cwd: directory.path });
  assertEquals({ code, err }, { code: 0, err: "" });
  assertMatch(out, /^::notice title=sockbench gate::Passed/m);
});

Deno.test("sockbench ab plans out what cannot run on one event loop, and judges the rest", async () => {
  await using directory = await temporaryDirectory();
  const args = [
    "ab",
    "--base=self",
    "--scenario=throughput",
    "--transport=udp,unix",
    "--param=bytes=1024",
    "--metric=headline",
    "--pairs=1",
    "--alpha=0.02",
    "--precision=50%",
    "--budget=1s",
    "--threshold=1000%",
  ];
  const { code, out, err } = await sockbench([...args, "--out", directory.path]);
  assertEquals(code, 0, err + out);
  assertMatch(out, /^Passed: none of 1 cell regressed/);
  assertMatch(
    err,
    /skipped throughput\/udp: a sender of udp never waits, .*: --peer worker or process/,
  );
});

/** Arguments of `ab` and the sentence that refuses them. */
const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [["--head=self"], /ab needs --base <subject>/],
  [["--base=bogus"], /--base "bogus" is no subject: use self, deno:/],
  [["--base=nodee:26"], /--base "nodee:26" is no subject: .*; did you mean node\?/],
  [["--base=self", "--head=slef"], /--head "slef" is no subject: .*; did you mean self\?/],
  [["--base=self", "--head=git:--x"], /--head "git:--x" is no subject/],
  [["--base=dir:/"], /without a --module of its own both sides would measure the same code/],
  [["--base=dir:/", "--module=/etc/hosts"], /both sides would measure the same code/],
  [["--base=self", "--pairs=0"], /--pairs must be a whole number from 1 to 10000: "0" is not/],
  [["--base=self", "--pairs=ten"], /"ten" is not/],
  [["--base=self", "--threshold=5"], /--threshold must be .* "5%"/],
  [["--base=self", "--alpha=0"], /--alpha must be/],
  [["--base=self", "--metric=p99x"], /no case has a metric "p99x" .*; did you mean p99\?/],
  [["--base=self", "--precision=2"], /precision must be from 0\.1% to 50%/],
  [["--base=self", "--budget=0s"], /budget must be from 1s/],
  [["--base=self", "--peer=proces"], /did you mean process\?/],
  [["--base=self", "--seed=-1"], /seed must be/],
  [
    ["--base=self", "--scenario=rond-trip"],
    /no scenario "rond-trip" .*; did you mean round-trip\?/,
  ],
  [["--base=self", "--case=round-trip/tpc/*"], /--case round-trip\/tpc\/\* matches no case/],
  [
    ["--base=self", "--case=round-trip/tcp/*", "--strict", "round-trip/tpc/*"],
    /--strict round-trip\/tpc\/\* matches no case .*; did you mean round-trip\/tcp\/bytes=/,
  ],
  [["--base=self", "--format=junti"], /no format "junti" .*; did you mean junit\?/],
  [["--base=self", "--budget-file=/nosuch"], /cannot read \/nosuch: there is no such file/],
  [["--base=self", "--inject-slowdown=10"], /--inject-slowdown must be .* as in 10%: "10" is not/],
  [["--base=self", "--inject-slowdown=1%", "--inject-tail=1%"], /contradict each other/],
  [["--base=self", "--scenario=connect", "--transport=udp"], /none of the selected scenarios/],
];

for (const [index, [args, sentence]] of REFUSED.entries()) {
  Deno.test(`sockbench ab ${args.join(" ")} is refused in one sentence`, async () => {
    await using directory = await temporaryDirectory();
    const words = ["ab", ...args];
    // Each in this process; some as a user runs them, too.
    assertRefused(await sockbenchHere(words, directory.path), sentence);
    if (index % 9 === 0) {
      assertRefused(await sockbench(words, { cwd: directory.path }), sentence);
    }
  });
}

Deno.test("sockbench ab refuses a wrong budget file, and one that no permission lets it start agents for", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/gate.toml`;
  await Deno.writeTextFile(file, 'treshold = "5%"\n');
  assertRefused(
    await sockbench([...SELF, "--budget-file", file], { cwd: directory.path }),
    /Cannot use .*gate\.toml as a gate policy: treshold is not a key .* did you mean "threshold"/,
  );
  assertRefused(
    await sockbench([...SELF, "--out", directory.path], {
      permissions: ["--allow-net", "--allow-read", "--allow-write"],
    }),
    /ab needs --allow-run/,
  );
});

Deno.test("sockbench ab exits 3 for subjects that cannot be had, and names them", async () => {
  await using repository = await makeRepository();
  const options = { cwd: repository.path, env: { TMPDIR: repository.temporary } };
  const refuse = async (args: readonly string[], sentence: RegExp) => {
    assertCannotJudge(await sockbench(["ab", ...args], options), sentence);
    assertEquals(names(repository.temporary), []);
    assertEquals(await repository.worktrees(), [repository.path]);
  };
  await refuse(["--base=git:nosuch"], /git:nosuch: this repository has no such commit/);
  await refuse(["--base=dir:/nosuch"], /dir:\/nosuch: there is no folder \/nosuch/);
  await refuse(["--base=deno:/nosuch"], /deno:\/nosuch: there is no file \/nosuch/);
  await refuse(["--base=deno:/bin/sh"], /\/bin\/sh does not answer --version as Deno does/);
  await refuse(
    ["--base=git:HEAD", "--head=self", "--module=./nosuch.ts"],
    /git:HEAD: there is no module \.\/nosuch\.ts/,
  );
  await Deno.writeTextFile(`${repository.path}/newer.ts`, "export default {};");
  await refuse(
    ["--base=self", "--head=git:HEAD", "--module=./newer.ts"],
    /git:HEAD: there is no module \.\/newer\.ts/,
  );
  await Deno.writeTextFile(`${repository.path}/bench.ts`, "export default {");
  await refuse(
    ["--base=git:HEAD", "--head=dir:.", "--module=./bench.ts"],
    /head agent dir:\. \(process \d+\) could not start: Cannot load module .*bench\.ts/,
  );
});

Deno.test("sockbench ab exits 3 for a Deno release that does not exist, and leaves nothing behind", async () => {
  await using directory = await temporaryDirectory();
  const outcome = await sockbench(["ab", "--base=deno:0.0.0"], {
    cwd: directory.path,
    env: { TMPDIR: directory.path },
  });
  // Without a network the reason is another one; which server was asked is told in neither case.
  assertCannotJudge(outcome, /deno:0\.0\.0: this release cannot be had as npm package @deno\//);
  assert(!outcome.err.includes("://"));
  assertEquals(names(directory.path), ["reports"]);
});

Deno.test("sockbench ab exits 3 and names the agent that dies or prints rubbish in the middle", async () => {
  const module = new URL("../ab/misbehaving_module.ts", import.meta.url).pathname;
  for (
    const [scenario, sentence] of [
      ["agent-exits", /agent self \(process \d+\) died \(exit code 9\)/],
      ["agent-prints", /agent self \(process \d+\) wrote something that is no answer: "rubbish"/],
    ] as const
  ) {
    await using directory = await temporaryDirectory();
    const { code, err } = await sockbench(
      ["ab", "--base=self", `--module=${module}`, `--scenario=${scenario}`, "--quiet"],
      { cwd: directory.path, env: { TMPDIR: directory.path } },
    );
    assertEquals(code, 3, err);
    assertMatch(err, sentence);
    assertEquals(names(directory.path), ["reports"]);
    // Not judged, and not thrown away either.
    assertEquals(names(`${directory.path}/reports`), ["ab-base.json", "ab-head.json"]);
    assert((await readRecord(`${directory.path}/reports/ab-head.json`)).partial);
  }
});

Deno.test({
  ...needs("sockbench ab goes on with a new pair of agents when one is killed", LINUX),
  async fn() {
    await using directory = await temporaryDirectory();
    const args = [...SELF.filter((word) => !word.startsWith("--pairs")), "--pairs=17"];
    args.push("--threshold=1000%", "--out", directory.path);
    const child = command(args).spawn();
    const printed = new Response(child.stdout).text();
    let err = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      const isFirst = !err.includes("pair 1/");
      err += text;
      if (isFirst && err.includes("pair 1/")) await killAgentOf(child.pid);
    }
    assertEquals((await child.status).code, 0, err + await printed);
    assertMatch(
      err,
      /agent self \(process \d+\) died \(SIGKILL\); .*a new pair of agents takes over/,
    );
    assert((await readRecord(`${directory.path}/ab-head.json`)).trials.length >= 17);
  },
});

/** Kills one of the agents that a job has started; agents end and others start while it looks, so that it looks until it has met one. */
async function killAgentOf(pid: number): Promise<void> {
  for (;;) {
    // Throws where the job is gone.
    await Deno.stat(`/proc/${pid}/stat`);
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const words = await Deno.readTextFile(`/proc/${name}/cmdline`);
        if (!words.includes("agent_main.ts") || !await isBelow(Number(name), pid)) continue;
        Deno.kill(Number(name), "SIGKILL");
        return;
      } catch { /* it is gone */ }
    }
  }
}

async function isBelow(pid: number, ancestor: number): Promise<boolean> {
  for (let at = pid; at > 1;) {
    const [, parent] = /\) \S (\d+)/.exec(await Deno.readTextFile(`/proc/${at}/stat`)) ?? [];
    at = Number(parent);
    if (at === ancestor) return true;
  }
  return false;
}

Deno.test({
  // The release is fetched through `deno install`, which a machine without a network cannot do.
  ...needs("sockbench ab compares two Deno releases", unless(await refusalOf("deno:2.8.3"))),
  async fn() {
    await using directory = await temporaryDirectory();
    const out = `${directory.path}/out`;
    const { code, err } = await sockbench(
      [
        ...TINY,
        "--base=deno:2.8.3",
        `--head=deno:${Deno.execPath()}`,
        "--threshold=1000%",
        "--out",
        out,
      ],
      { env: { TMPDIR: directory.path } },
    );
    assertEquals(code, 0, err);
    const versionOf = async (side: string) =>
      factOf((await readRecord(`${out}/ab-${side}.json`)).environment, "deno");
    assertEquals(await versionOf("base"), "2.8.3");
    assertEquals(await versionOf("head"), Deno.version.deno);
    assertEquals(names(directory.path), ["out"]);
  },
});

Deno.test({
  ...needs(
    "sockbench ab --inject-slowdown measures cases that need TCP_CORK and TCP_QUICKACK, at the slowed side too",
    LIBC,
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const at = (cork: string, quickack: string) =>
      `nagle/tcp/nagle=on,pattern=write-write-read,header=64,body=256,cork=${cork},quickack=${quickack}`;
    const cases = [at("on", "off"), at("off", "on")];
    const { err } = await sockbench([
      "ab",
      ...cases.map((id) => `--case=${id}`),
      "--base=self",
      "--inject-slowdown=10%",
      "--metric=headline",
      // As few generations of agents as there can be: what is measured is looked at, and not judged.
      "--pairs=1",
      "--alpha=0.5",
      "--precision=50%",
      "--budget=1s",
      `--out=${directory.path}`,
    ], { permissions: [...PERMISSIONS, "--allow-ffi"] });
    for (const side of ["base", "head"]) {
      const { trials } = await readRecord(`${directory.path}/ab-${side}.json`);
      assertEquals(new Set(trials.map((trial) => trial.case)), new Set(cases), err);
      assertEquals(trials.flatMap(({ error }) => error ?? []), []);
    }
  },
});
