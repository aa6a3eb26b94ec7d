import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commands } from "../../src/cli/commands/registry.ts";
import { wrapWords } from "../../src/text/wrap_words.ts";
import config from "../../deno.json" with { type: "json" };
import { assertRefused, sockbench, sockbenchEach } from "./sockbench.ts";

Deno.test("sockbench --help shows every command with its summary and an example", async () => {
  const { code, out, err } = await sockbench(["--help"], { permissions: [] });
  assertEquals({ code, err }, { code: 0, err: "" });
  for (const { name, examples } of commands) {
    assertMatch(out, new RegExp(`^  ${name} +\\w`, "m"));
    assertStringIncludes(out, Object.keys(examples)[0]!);
  }
});

for (const command of commands) {
  Deno.test(`sockbench ${command.name} --help and help ${command.name} show every option and example`, async () => {
    const lines = [[command.name, "--help"], ["help", command.name]];
    const [asked, told] = await sockbenchEach(lines, { permissions: [] });
    const { code, out } = asked!;
    assertEquals(code, 0);
    for (const { name } of command.options) assertStringIncludes(out, `--${name}`);
    for (const [line, description] of Object.entries(command.examples)) {
      assertStringIncludes(out, line);
      assertStringIncludes(out, description);
    }
    assertEquals(told!.out, out);
    assert(out.split("\n").every((line) => line.length <= 100));
  });
}

Deno.test("every example in the help is accepted by its command's declaration", async () => {
  const { parseArguments } = await import("../../src/cli/parse.ts");
  for (const command of commands) {
    for (const line of Object.keys(command.examples)) {
      const words = line.replaceAll("'", "").split(" ");
      assertEquals(words.slice(0, 4), ["deno", "task", "sockbench", command.name]);
      parseArguments(command, words.slice(4));
    }
  }
});

Deno.test("sockbench --version says the version of deno.json and of the runtime", async () => {
  for (const flag of ["--version", "-V"]) {
    const { code, out } = await sockbench([flag], { permissions: [] });
    assertEquals(code, 0);
    assertEquals(
      out,
      `sockbench ${config.version} (deno ${Deno.version.deno}, v8 ${Deno.version.v8})\n`,
    );
  }
});

Deno.test("sockbench without a command shows the help on stderr and exits 2", async () => {
  const { code, out, err } = await sockbench([], { permissions: [] });
  assertEquals({ code, out }, { code: 2, out: "" });
  assertStringIncludes(err, "Usage: sockbench <command>");
});

Deno.test("sockbench suggests the command, the option and the help topic that was meant", async () => {
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [["rnu"], /no command "rnu"; did you mean run\?/],
    [["help", "lst"], /no command "lst"; did you mean list\?/],
    [["run", "--seeed=1"], /no option --seeed; did you mean --seed\?/],
    [["--peer", "loop", "run"], /the command comes first, not --peer/],
  ];
  const outcomes = await sockbenchEach(refusals.map(([args]) => args));
  for (const [index, [, sentence]] of refusals.entries()) {
    assertRefused(outcomes[index]!, sentence);
  }
});

Deno.test("sockbench suggests nothing where nothing is near", async () => {
  assertRefused(await sockbench(["xyzzy"]), /^sockbench: there is no command "xyzzy"\n$/);
});

Deno.test("wrapWords() breaks at spaces and leaves a long word whole", () => {
  assertEquals(wrapWords("aa bb cc", 5), ["aa bb", "cc"]);
  assertEquals(wrapWords("a bbbbbbbb c", 5), ["a", "bbbbbbbb", "c"]);
  assertEquals(wrapWords("", 5), [""]);
});

/** What Deno loads at the start: every module of the graph, or those alone that it also evaluates. */
async function loadedAtStart(isEvaluated: boolean): Promise<readonly string[]> {
  interface Dependency {
    readonly code?: { readonly specifier?: string };
    readonly isDynamic?: boolean;
  }
  const main = new URL("../../src/cli/main.ts", import.meta.url).href;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-remote", main],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { readonly specifier: string; readonly dependencies?: readonly Dependency[] }[];
  };
  const byUrl = new Map(modules.map((module) => [module.specifier, module]));
  const found = new Set([main]);
  for (const url of found) {
    for (const { code, isDynamic } of byUrl.get(url)?.dependencies ?? []) {
      if (code?.specifier !== undefined && !(isEvaluated && isDynamic)) found.add(code.specifier);
    }
  }
  return [...found].map((url) => url.replace(/^.*\/src\//, ""));
}

Deno.test("sockbench --help starts nothing of the engine, no package and no module of Node; reports, claims, gate and ab are not even read", async () => {
  const evaluated = await loadedAtStart(true);
  assert(evaluated.includes("cli/commands/run.ts"), evaluated.join());
  const heavy =
    /^(?:npm:|node:|(?:run|report|compare|gate|ab|claim|record|scenario|workload|peer)\/)/;
  assertEquals(evaluated.filter((module) => heavy.test(module)), []);
  const read = await loadedAtStart(false);
  assert(read.includes("run/session.ts"), "list works without permissions, so that Deno reads it");
  const late = /^(?:report|gate|ab|claim)\//;
  assertEquals(read.filter((module) => late.test(module)), []);
});
