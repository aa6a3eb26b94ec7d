import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commands } from "../../src/cli/commands/registry.ts";
import { wrapWords } from "../../src/text/wrap_words.ts";
import config from "../../deno.json" with { type: "json" };
import { assertRefused, sockbench } from "./sockbench.ts";

Deno.test("sockbench --help shows every command with its summary and an example", async () => {
  const { code, out, err } = await sockbench(["--help"], { permissions: [] });
  assertEquals({ code, err }, { code: 0, err: "" });
  for (const { name, examples } of commands) {
    assertMatch(out, new RegExp(`^  ${name} +\\w`, "m"));
    assertStringIncludes(out, examples[0]!.line);
  }
});

for (const command of commands) {
  Deno.test(`sockbench ${command.name} --help and help ${command.name} show every option and example`, async () => {
    const { code, out } = await sockbench([command.name, "--help"], { permissions: [] });
    assertEquals(code, 0);
    for (const { name } of command.options) assertStringIncludes(out, `--${name}`);
    for (const { line, description } of command.examples) {
      assertStringIncludes(out, line);
      assertStringIncludes(out, description);
    }
    assertEquals((await sockbench(["help", command.name], { permissions: [] })).out, out);
    assert(out.split("\n").every((line) => line.length <= 100));
  });
}

Deno.test("every example in the help is accepted by its command's declaration", async () => {
  const { parseArguments } = await import("../../src/cli/parse_arguments.ts");
  for (const command of commands) {
    for (const { line } of command.examples) {
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
  assertRefused(await sockbench(["rnu"]), /no command "rnu"; did you mean run\?/);
  assertRefused(await sockbench(["help", "lst"]), /no command "lst"; did you mean list\?/);
  assertRefused(await sockbench(["run", "--seeed=1"]), /no option --seeed; did you mean --seed\?/);
  assertRefused(await sockbench(["--peer", "loop", "run"]), /the command comes first, not --peer/);
});

Deno.test("sockbench suggests nothing where nothing is near", async () => {
  assertRefused(await sockbench(["xyzzy"]), /^sockbench: there is no command "xyzzy"\n$/);
});

Deno.test("wrapWords() breaks at spaces and leaves a long word whole", () => {
  assertEquals(wrapWords("aa bb cc", 5), ["aa bb", "cc"]);
  assertEquals(wrapWords("a bbbbbbbb c", 5), ["a", "bbbbbbbb", "c"]);
  assertEquals(wrapWords("", 5), [""]);
});
