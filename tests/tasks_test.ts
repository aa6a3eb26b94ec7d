import { assert, assertEquals, assertMatch } from "@std/assert";
import { YOUNG_GENERATION_FLAG } from "../src/peer/line_process.ts";
import deno from "../deno.json" with { type: "json" };
import forTests from "./deno.json" with { type: "json" };

const tasks: Record<string, { readonly command: string }> = deno.tasks;

Deno.test("every task that measures starts V8 as the peers and agents are started", () => {
  for (
    const name of [
      "bench",
      "sockbench",
      "bench:sandboxed",
      "bench:ratios",
      "bench:slices",
      "gate:self-test",
      "known-answers",
      "null-study",
      "reference-tools",
      "floor",
    ]
  ) {
    // More flags may follow.
    assert(/^[ ,]/.test(tasks[name]!.command.split(` ${YOUNG_GENERATION_FLAG}`)[1] ?? ""), name);
  }
});

Deno.test("no task prompts, and each freezes the lock file", () => {
  for (const [name, { command }] of Object.entries(tasks)) {
    const verb = /^(?:[A-Z_]+=1 )?deno (\w+) /.exec(command)?.[1];
    if (verb === undefined || verb === "task") continue;
    assert(command.includes("--frozen"), name);
    // Checking types runs nothing.
    assert(verb === "check" || command.includes("--no-prompt"), name);
  }
});

Deno.test("no task that runs something asks for newer versions of Deno meanwhile, and sockbench's may keep proxies away", () => {
  for (const [name, { command }] of Object.entries(tasks)) {
    if (/\bdeno (run|bench) /.test(command)) {
      assert(command.startsWith("DENO_NO_UPDATE_CHECK=1 deno "), name);
    }
  }
  for (const name of ["bench", "sockbench", "claims"]) {
    assertMatch(tasks[name]!.command, / --allow-env=NO_PROXY,/);
  }
});

Deno.test("bench is sockbench run with the permissions of sockbench but for CI's variables", () => {
  const bench = tasks.bench!.command.replace(/--allow-env=\S+ /, "");
  const sockbench = tasks.sockbench!.command.replace(/--allow-env=\S+ /, "");
  assertEquals(bench, `${sockbench} run`);
});

Deno.test("the full tasks may call libc; the sandboxed one may not", () => {
  for (const name of ["bench", "sockbench"]) {
    assert(tasks[name]!.command.includes(" --allow-ffi "), name);
  }
  assert(!tasks["bench:sandboxed"]!.command.includes("ffi"));
});

Deno.test("tests/deno.json has the settings and packages of deno.json, and more packages", () => {
  const { imports, ...settings } = forTests;
  const { compilerOptions, unstable, fmt, lint, test } = deno;
  const below = <T extends { readonly exclude: readonly string[] }>(part: T) => ({
    ...part,
    exclude: part.exclude.flatMap((path) => path.startsWith("tests/") ? path.slice(6) : []),
  });
  assertEquals(
    settings,
    { compilerOptions, unstable, fmt: below(fmt), lint: below(lint), test: below(test) },
  );
  for (const [name, target] of Object.entries(deno.imports)) {
    assertEquals((imports as Record<string, string>)[name], target, name);
  }
});

Deno.test("what deno check . leaves out at the root, deno fmt, deno lint and the task check cover", () => {
  assertEquals(deno.exclude, ["tests/"]);
  for (const part of [deno.fmt, deno.lint, deno.test]) assert(part.exclude.includes("!tests/"));
  assertMatch(tasks.check!.command, / --frozen \. && .* --config tests\/deno\.json --frozen \.$/);
});
