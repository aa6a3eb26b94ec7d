import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parse } from "yaml";
import { commands } from "../../src/cli/commands/registry.ts";
import { temporaryDirectory } from "./sockbench.ts";
import { needs, program } from "../support/needs.ts";

const ROOT = new URL("../../", import.meta.url);
const SCRIPT = new URL(".ci/action", ROOT).pathname;

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { description?: string; default?: unknown }>>;
  readonly outputs: Readonly<Record<string, { description?: string; value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));
const actionText = read("action.yml");
const action = parse(actionText, { strict: true, uniqueKeys: true }) as Action;
const workflowText = read(".github/workflows/sockbench.yml");
const workflow = parse(workflowText, { strict: true, uniqueKeys: true }) as Workflow;

/** What `${{ <context>.name }}` names. */
function namesIn(text: string, context: string): string[] {
  const pattern = new RegExp(`\\$\\{\\{[^}]*\\b${context}\\.([\\w-]+)`, "g");
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name!))].sort();
}

Deno.test("action.yml declares every input that it uses, uses every one, and describes them all", () => {
  assertEquals(namesIn(actionText, "inputs"), Object.keys(action.inputs).sort());
  for (const { description, ...rest } of Object.values(action.inputs)) {
    assert(description);
    assertEquals(typeof rest.default, "string");
  }
  for (const { description } of Object.values(action.outputs)) assert(description);
  assertEquals(action.runs.using, "composite");
  const ids = action.runs.steps.map((step) => step.id);
  for (const { value } of Object.values(action.outputs)) {
    for (const id of namesIn(value, "steps")) assert(ids.includes(id));
  }
});

Deno.test("action.yml hands inputs to its script as variables only, and the script reads them all", () => {
  const script = read(".ci/action");
  for (const step of action.runs.steps) {
    assertEquals(namesIn(step.run ?? "", "inputs"), []);
    assertEquals(step.shell, "bash");
    for (const name of Object.keys(step.env ?? {})) assertStringIncludes(script, name);
  }
  const used = new Set([...script.matchAll(/\bSOCKBENCH_[A-Z_]+/g)].map(([name]) => name));
  const given = new Set(action.runs.steps.flatMap((step) => Object.keys(step.env ?? {})));
  used.delete("SOCKBENCH_DEBUG");
  assertEquals(used, given);
});

/** Flags of `deno run`, without those that say which files are meant. */
function flagsIn(command: string): string[] {
  const words = command.split("src/cli/main.ts")[0]!.split(/[\s\\"]+/);
  return words.filter((word) => word.startsWith("--") && !["--config", "--quiet"].includes(word));
}

Deno.test(".ci/action starts sockbench with the flags of deno.json's task, --allow-ffi among them", async () => {
  const { tasks } = JSON.parse(read("deno.json")) as { tasks: { sockbench: { command: string } } };
  const { flags } = await runScript({ SOCKBENCH_BASE: "self" });
  assert(flags.includes("--allow-ffi"), "the kernel's evidence is missing where the gate runs");
  assertEquals(
    flags.filter((flag) => !["--config", "--quiet"].includes(flag)).toSorted(),
    flagsIn(tasks.sockbench.command).toSorted(),
  );
});

Deno.test(".ci/action passes options that exist", () => {
  const script = read(".ci/action");
  const options = new Set(
    commands.filter(({ name }) => ["ab", "gate"].includes(name))
      .flatMap((command) => command.options.map(({ name }) => `--${name}`)),
  );
  const passed = [...script.matchAll(/^.*args\+?=\(.*$/gm)].flatMap(([line]) => [
    ...line.matchAll(/--[a-z]+/g),
  ]);
  assert(passed.length > 0);
  for (const [option] of passed) assert(options.has(option), option);
});

Deno.test("the workflow gives the action inputs that it declares, and runs what contributors run", () => {
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const uses = steps.filter((step) => step.uses === "./");
  assert(uses.length > 0);
  for (const step of uses) {
    for (const name of Object.keys(step.with ?? {})) assert(name in action.inputs, name);
  }
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const ids = job.steps.map((step) => step.id);
    for (const name of namesIn(JSON.stringify(job), "steps")) {
      assert(ids.includes(name), `${id}: ${name}`);
    }
  }
  assert(steps.some((step) => step.run === "bash .ci/run"));
  // A title or a branch's name of a stranger is never text of a script.
  for (const step of steps) assertEquals(namesIn(step.run ?? "", "github"), []);
});

/** Runs the action's script as GitHub would; a stand-in for deno says what it was called with. */
async function runScript(
  inputs: Readonly<Record<string, string>>,
  exitCode = 0,
  result: string | false = "ab.md",
) {
  await using directory = await temporaryDirectory();
  const bin = `${directory.path}/bin`;
  await Deno.mkdir(bin);
  // An earlier step's.
  await Deno.mkdir(`${directory.path}/reports`);
  await Deno.writeTextFile(`${directory.path}/reports/ab.md`, "old");
  await Deno.writeTextFile(
    `${bin}/deno`,
    `#!/bin/sh\nfor word in "$@"; do echo "[$word]"; done\n${
      result === false ? ":" : `mkdir -p reports; touch reports/${result}`
    }\nexit ${exitCode}\n`,
    { mode: 0o755 },
  );
  const output = `${directory.path}/output`;
  const defaults = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      `SOCKBENCH_${name.toUpperCase().replaceAll("-", "_")}`,
      String(input.default),
    ]),
  );
  const { code, stdout } = await new Deno.Command("bash", {
    args: [SCRIPT],
    cwd: directory.path,
    env: {
      ...defaults,
      SOCKBENCH_ACTION: "/action",
      ...inputs,
      GITHUB_OUTPUT: output,
      PATH: `${bin}:${Deno.env.get("PATH")}`,
    },
  }).output();
  const written = await Deno.readTextFile(output).catch(() => "");
  const out = new TextDecoder().decode(stdout);
  const words = [...out.matchAll(/^\[(.*)\]$/gm)].map(([, word]) => word!);
  const main = words.indexOf("/action/src/cli/main.ts");
  const flags = words.slice(0, main).filter((word) => word.startsWith("--"));
  return { code, out, written, flags, args: words.slice(main + 1) };
}

/** Debian's findutils have it. */
const XARGS = program("xargs");

Deno.test({
  ...needs(
    ".ci/action turns inputs into arguments, splits args as a shell does, and runs nothing in them",
    XARGS,
  ),
  fn: splitsArguments,
});

async function splitsArguments(): Promise<void> {
  const { code, args, written } = await runScript({
    SOCKBENCH_BASE: "git:main; touch /tmp/never",
    SOCKBENCH_MODULE: "./bench.ts",
    SOCKBENCH_ARGS: `--case 'round trip/*' --threshold "5%" $(touch /tmp/never)`,
  });
  assertEquals({ code, written }, { code: 0, written: "exit-code=0\n" });
  assertEquals(args, [
    "ab",
    "--out",
    "reports",
    "--base",
    "git:main; touch /tmp/never",
    "--head",
    "dir:.",
    "--module",
    "./bench.ts",
    "--case",
    "round trip/*",
    "--threshold",
    "5%",
    "$(touch",
    "/tmp/never)",
  ]);
  const gate = await runScript({ SOCKBENCH_COMMAND: "gate", SOCKBENCH_BASELINE: "base.json" });
  assertEquals(gate.args, ["gate", "--out", "reports", "--baseline", "base.json"]);
}

Deno.test(".ci/action hands on the exit code; cannot-judge decides about 3 alone", async () => {
  const base = { SOCKBENCH_BASE: "self" };
  for (const code of [0, 1, 2, 3]) {
    assertEquals((await runScript(base, code)).code, code);
    const lenient = await runScript({ ...base, SOCKBENCH_CANNOT_JUDGE: "warn" }, code);
    assertEquals(lenient.code, code === 3 ? 0 : code);
    assertEquals(lenient.written, `exit-code=${code}\n`);
    assertEquals(lenient.out.includes("::warning"), code === 3);
  }
});

Deno.test(".ci/action measures what is to be a baseline: command run, which leaves latest.json", async () => {
  const inputs = { SOCKBENCH_COMMAND: "run", SOCKBENCH_MODULE: "./bench.ts" };
  const { code, args } = await runScript(inputs, 0, "latest.md");
  assertEquals({ code, args }, {
    code: 0,
    args: ["run", "--out", "reports", "--module", "./bench.ts"],
  });
  assertEquals((await runScript(inputs, 0, false)).code, 3);
});

Deno.test(".ci/action measures a baseline, which leaves run-1.json and goes on with what is there", async () => {
  const inputs = { SOCKBENCH_COMMAND: "baseline" };
  const { code, args } = await runScript(inputs, 0, "run-1.json");
  assertEquals({ code, args }, { code: 0, args: ["baseline", "--out", "reports"] });
  assertEquals((await runScript(inputs, 0, false)).code, 3);
});

Deno.test({
  ...needs(".ci/action refuses inputs that make no command", XARGS),
  fn: refusesInputs,
});

async function refusesInputs(): Promise<void> {
  for (
    const inputs of [
      {},
      { SOCKBENCH_COMMAND: "gate" },
      { SOCKBENCH_COMMAND: "report" },
      { SOCKBENCH_BASE: "self", SOCKBENCH_CANNOT_JUDGE: "maybe" },
      { SOCKBENCH_BASE: "self", SOCKBENCH_ARGS: "--case 'open" },
    ]
  ) {
    const { code, out, args } = await runScript(inputs);
    assertEquals(code, 2);
    assertMatch(out, /^::error title=sockbench::/m);
    assertEquals(args, []);
  }
}

Deno.test(".ci/action takes neither exit code 0 nor 1 for a verdict without a fresh result", async () => {
  for (const code of [0, 1, 2, 3]) {
    const found = await runScript({ SOCKBENCH_BASE: "self" }, code, false);
    const judged = code <= 1 ? 3 : code;
    assertEquals(found.code, judged);
    assertEquals(found.written, `exit-code=${judged}\n`);
    assertEquals(found.out.includes("nothing was judged"), code <= 1);
  }
});

Deno.test({
  ...needs(".ci/action refuses arguments that ask for help and judge nothing", XARGS),
  async fn() {
    for (const args of ["-h", "--help", "--case x -h", "'-h'", '--strict\n"--help"']) {
      const found = await runScript({ SOCKBENCH_BASE: "self", SOCKBENCH_ARGS: args });
      assertEquals(found.code, 2, args);
      assertMatch(found.out, /^::error title=sockbench::args must not hold /m);
      assertEquals(found.args, []);
    }
  },
});

Deno.test(".ci/action echoes no input that a job would obey", async () => {
  const hostile = "x\n::stop-commands::tok\r::add-mask::y%0A\x1b[2J";
  for (
    const inputs of [
      { SOCKBENCH_COMMAND: hostile },
      { SOCKBENCH_BASE: "self", SOCKBENCH_CANNOT_JUDGE: hostile },
      { SOCKBENCH_BASE: "self", SOCKBENCH_OUT: "reports\n::add-mask::x" },
    ]
  ) {
    const found = await runScript(inputs, 0, false);
    // Without the words that the stand-in for deno prints.
    const printed = found.out.replace(/^\[[^]*?\]$/gm, "").split(/[\r\n]+/);
    const commands = printed.filter((line) => line.startsWith("::"));
    assertEquals(commands.length, 1, found.out);
    assertMatch(commands[0]!, /^::error title=sockbench::/);
    assertEquals(commands[0]!.match(/%(?!25|0D|0A)/), null);
    assert(!commands[0]!.includes("\x1b"));
  }
});
