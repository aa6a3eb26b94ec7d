/** .ci/run with stand-ins for npx and apt-get: what it runs, with what, and what it makes of the outcome. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { names, temporaryDirectory } from "./cli/sockbench.ts";
import { needs, program } from "./support/needs.ts";

const SCRIPT = new URL("../.ci/run", import.meta.url).pathname;

/** What the script itself is written with; Debian's base has it. */
const TOOLS = ["grep", "sed"].map(program);

const IGNORED = "what [it] costs $5 (or more)";
const PASSED = `running 3 tests from ../tmp/a/tests.ts
one ... ok (1ms)
${IGNORED} (ignored: script is not on the PATH) ... ignored (0ms)
sctp keeps the contract (ignored: this kernel has none: Protocol not supported (EPROTONOSUPPORT)) ... ignored (0ms)

ok | 1 passed | 0 failed | 2 ignored (5ms)
ignored in ./tests/a_test.ts
running 1 test from ../tmp/b/tests.ts
two ... ok (1ms)

ok | 1 passed | 0 failed (5ms)

ok | 2 passed | 0 failed | 2 ignored (5ms)
`;
const AGAIN = `running 2 tests from ./tests/a_test.ts
${IGNORED} ... ok (1ms)
sctp keeps the contract (ignored: this kernel has none: Protocol not supported (EPROTONOSUPPORT)) ... ignored (0ms)

ok | 1 passed | 0 failed | 1 ignored | 1 filtered out (5ms)
`;

/** One call of the stand-in for npx. */
interface Call {
  readonly args: string[];
  /** What is on its PATH. */
  readonly bin: string[];
  /** Names of its environment. */
  readonly env: string[];
}

/** What a command prints, and how it ends. */
type Answers = Readonly<Record<string, { readonly out?: string; readonly code?: number }>>;

/** Runs the script; `answers` are those of Deno's subcommands and tasks, which otherwise print nothing and pass. */
async function runScript(answers: Answers): Promise<{ code: number; out: string; calls: Call[] }> {
  await using directory = await temporaryDirectory();
  const bin = `${directory.path}/bin`;
  await Deno.mkdir(bin);
  const cases = await Promise.all(
    Object.entries(answers).map(async ([words, { out = "", code = 0 }], index) => {
      await Deno.writeTextFile(`${directory.path}/out-${index}`, out);
      return `"${words}"*) cat '${directory.path}/out-${index}'; exit ${code} ;;`;
    }),
  );
  const log = `${directory.path}/calls`;
  await Deno.mkdir(log);
  // A file a call, as some run side by side: what follows "deno@…", names on the PATH, names in the environment.
  const npx = `#!/bin/bash
shift 2
{ printf 'arg %s\\n' "$@"
[[ $1 != task ]] || for folder in \${PATH//:/ }; do cd "$folder" 2>/dev/null && printf 'bin %s\\n' *; done
printf 'env %s\\n' $(compgen -e); } >'${log}'/$$
case "$*" in ${cases.join(" ")} esac
`;
  const apt = `#!/bin/sh\necho "apt-get $*" >>'${directory.path}/apt'\n`;
  for (
    const [name, text] of [["npx", npx], ["apt-get", apt], ["dpkg-query", "#!/bin/sh\nexit 1\n"]]
  ) {
    await Deno.writeTextFile(`${bin}/${name}`, text!, { mode: 0o755 });
  }
  const { code, stdout } = await new Deno.Command("bash", {
    args: [SCRIPT],
    env: { PATH: `${bin}:${Deno.env.get("PATH")}`, INSTALLED_BY_HAND: "yes" },
  }).output();
  const calls = names(log).map((name) => {
    const lines = Deno.readTextFileSync(`${log}/${name}`).split("\n");
    const of = (kind: string) =>
      lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(4));
    return { args: of("arg"), bin: of("bin"), env: of("env") };
  });
  return { code, out: new TextDecoder().decode(stdout), calls };
}

/** Runs of tests that were ignored before. */
function secondPasses(calls: readonly Call[]): Call[] {
  return calls.filter(({ args: [word, task, filter] }) =>
    word === "task" && task === "test" && filter !== undefined
  );
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ ...needs(name, ...TOOLS), fn });
}

test(".ci/run gives the README's commands node, npx, git, sh, bash and coreutils, and no more", async () => {
  const { calls } = await runScript({
    "task test --filter": { out: AGAIN },
    "task test": { out: PASSED },
  });
  for (const task of ["bench", "test"]) {
    const call = calls.find(({ args }) => args[0] === "task" && args[1] === task)!;
    assert(call, `task ${task} is not run`);
    for (const name of ["bash", "cat", "env", "git", "npx", "sh", "timeout"]) {
      assert(call.bin.includes(name), `${task} lacks ${name}`);
    }
    const more = ["apt-get", "awk", "chromium", "deno", "fish", "gcc", "grep", "ip", "mount"]
      .concat("perl", "python3", "script", "sed", "tc", "unshare", "xargs", "zsh");
    assertEquals(call.bin.filter((name) => more.includes(name)), [], task);
    assert(call.env.includes("DENO_DIR"), "its cache starts empty");
    assertEquals(call.env.filter((name) => /INSTALLED|LANG|LC_|TERM|SHELL|CI$/.test(name)), []);
  }
});

test(".ci/run then runs what was ignored and nothing else, with the whole PATH, and gives the reasons", async () => {
  const { code, out, calls } = await runScript({
    "task test --filter": { out: AGAIN },
    "task test": { out: PASSED },
  });
  const again = secondPasses(calls);
  assertEquals(again.length, 1);
  const { args, bin } = again[0]!;
  assertEquals(args.slice(3), ["./tests/a_test.ts"]);
  const filter = new RegExp(args[2]!.slice("--filter=/".length, -1));
  assert(filter.test(IGNORED) && filter.test("sctp keeps the contract (ignored: none)"), args[2]);
  for (const name of ["one", "two", `not ${IGNORED}`, `${IGNORED}, and more`]) {
    assert(!filter.test(name), name);
  }
  assert(bin.includes("apt-get"));
  assertMatch(
    out,
    /^2 tests ignored, by reason:\n +1 this kernel .*\n +1 script is not on the PATH$/m,
  );
  assertMatch(out, /^1 tests ignored, by reason:\n +1 this kernel/m);
  for (const name of ["bench", "tests", "more tests", "package", "other Denos", "checks"]) {
    assertMatch(out, new RegExp(`^ *\\d+ s  ${name}: `, "m"));
  }
  // The bench, two tests and one more, the package, the older Denos, five checks.
  assertMatch(out, /\n11 passed, 0 failed\n$/);
  assertEquals(code, 0);
});

test(".ci/run runs no second pass where nothing was ignored", async () => {
  const out =
    "running 1 test from ./tests/a_test.ts\none ... ok (1ms)\n\nok | 1 passed | 0 failed (5ms)\n";
  const { calls, code } = await runScript({ "task test": { out } });
  assertEquals(secondPasses(calls), []);
  assertEquals(code, 0);
});

test(".ci/run fails with the tests, with a check, and where the runner counted nothing", async () => {
  const summary = (text: string) => `x ... ok (1ms)\n\n${text}\n`;
  const tests = { "task test": { out: summary("ok | 1 passed | 0 failed (5ms)") } };
  for (
    const [answers, last] of [
      [
        { "task test": { out: summary("FAILED | 3 passed | 2 failed (5ms)"), code: 1 } },
        "11 passed, 2 failed",
      ],
      [{ "task test": { out: "error: Uncaught\n", code: 1 } }, "8 passed, 1 failed"],
      [{ "task test": { out: "", code: 0 } }, "8 passed, 1 failed"],
      [
        { "task test": { out: summary("ok | 1 passed | 0 failed (5ms)"), code: 1 } },
        "9 passed, 1 failed",
      ],
      [{ ...tests, "lint": { code: 1 } }, "8 passed, 1 failed"],
      [{ ...tests, "task bench": { code: 3 } }, "8 passed, 1 failed"],
    ] as const
  ) {
    const { code, out } = await runScript(answers);
    assert(out.endsWith(`\n${last}\n`), out);
    assertEquals(code, 1, last);
  }
});
