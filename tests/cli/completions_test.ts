import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { commands } from "../../src/cli/commands/registry.ts";
import { gateFormats } from "../../src/report/gate_registry.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { assertRefused, sockbench, temporaryDirectory } from "./sockbench.ts";

async function has(shell: string): Promise<boolean> {
  return await new Deno.Command(shell, { args: ["-c", "true"], stdout: "null", stderr: "null" })
    .output().then(({ success }) => success, () => false);
}
const HAS = { bash: await has("bash"), zsh: await has("zsh"), fish: await has("fish") };
const where = (shell: keyof typeof HAS) => HAS[shell] ? "" : ` (ignored: no ${shell} here)`;

async function scriptFor(shell: string): Promise<string> {
  const { code, out, err } = await sockbench(["completions", shell], { permissions: [] });
  assertEquals({ code, err }, { code: 0, err: "" });
  return out;
}

/** Runs a script in a shell that reads no files of the user's, in a directory of its own. */
async function shell(name: string, args: readonly string[], script: string, cwd: string) {
  const file = `${cwd}/.script`;
  await Deno.writeTextFile(file, script);
  const { code, stdout, stderr } = await new Deno.Command(name, {
    args: [...args, file],
    cwd,
    env: { HOME: cwd, XDG_CONFIG_HOME: cwd, XDG_DATA_HOME: cwd },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals({ code, err }, { code: 0, err: "" });
  return out!;
}

/** What bash offers for the last of each line's words; `=` is a word of its own there. */
async function offeredByBash(lines: readonly (readonly string[])[]): Promise<string[][]> {
  await using directory = await temporaryDirectory();
  await Deno.writeTextFile(`${directory.path}/record 1.json`, "");
  await Deno.mkdir(`${directory.path}/reports`);
  const tries = lines.map((words) =>
    `COMP_WORDS=(sockbench ${words.map((word) => `'${word}'`).join(" ")}); ` +
    `COMP_CWORD=${words.length}; _sockbench; (IFS='|'; echo "\${COMPREPLY[*]}")`
  );
  const script = [await scriptFor("bash"), "complete -p sockbench", ...tries].join("\n");
  const [registered, ...offers] = (await shell("bash", ["--norc"], script, directory.path))
    .replace(/\n$/, "").split("\n");
  assertEquals(registered, "complete -F _sockbench sockbench");
  return offers.map((offer) => offer.split("|").filter((word) => word !== ""));
}

Deno.test({
  name: `bash completes every command and each of its options, as declared${where("bash")}`,
  ignore: !HAS.bash,
  async fn() {
    const names = commands.map(({ name }) => name);
    const [first, ...options] = await offeredByBash([[""], ...names.map((name) => [name, "-"])]);
    assertEquals(first, [...names, "--help", "--version"]);
    for (const [index, command] of commands.entries()) {
      const declared = command.options.flatMap(({ name, short }) =>
        short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]
      );
      assertEquals(options[index], [...declared, "--help", "-h"], command.name);
    }
  },
});

Deno.test({
  name: `bash completes values from the registries, in lists and after "="${where("bash")}`,
  ignore: !HAS.bash,
  async fn() {
    const { scenarios, transports } = createCatalog();
    const offers = await offeredByBash([
      ["run", "--scenario", ""],
      ["run", "-t", ""],
      ["run", "--transport", "tcp,udp"],
      ["run", "--profile", "=", "q"],
      ["run", "--peer", "="],
      ["run", "--param", "byt"],
      ["run", "--format", ""],
      ["gate", "--format", ""],
      ["help", "com"],
      ["completions", ""],
    ]);
    const starting = (start: string) => [...transports.keys()].filter((id) => id.startsWith(start));
    assertEquals(offers, [
      [...scenarios.keys()],
      [...transports.keys()],
      starting("udp").map((id) => `tcp,${id}`),
      ["quick"],
      ["loop", "worker", "process"],
      ["bytes="],
      [...reportFormats.keys()],
      [...gateFormats.keys()],
      ["compare", "completions"],
      ["bash", "zsh", "fish"],
    ]);
  },
});

Deno.test({
  name: `bash completes files and directories, and nothing where nothing is known${where("bash")}`,
  ignore: !HAS.bash,
  async fn() {
    const offers = await offeredByBash([
      ["report", "re"],
      ["run", "--out", "re"],
      ["run", "--rounds", ""],
      ["no-such-command", ""],
      ["list", ""],
    ]);
    assertEquals(offers.map((offer) => offer.toSorted()), [
      ["record 1.json", "reports"],
      ["reports"],
      [],
      [],
      [],
    ]);
  },
});

Deno.test({
  name: `zsh finds no fault in its script, which names every command and option${where("zsh")}`,
  ignore: !HAS.zsh,
  async fn() {
    await using directory = await temporaryDirectory();
    const script = await scriptFor("zsh");
    await shell("zsh", ["-f", "-n"], script, directory.path);
    for (const { name, options } of commands) {
      const part = script.slice(script.indexOf(`\n    ${name})`));
      for (const option of options) {
        assertMatch(part.split("\n      ;;")[0]!, new RegExp(`[)*]--${option.name}=?\\[`));
      }
    }
  },
});

Deno.test({
  name: `zsh registers the function when its script is sourced${where("zsh")}`,
  ignore: !HAS.zsh,
  async fn() {
    await using directory = await temporaryDirectory();
    const script = `autoload -Uz compinit; compinit -u -D\n${await scriptFor("zsh")}\n` +
      `echo $_comps[sockbench] $+functions[_sockbench]`;
    assertEquals(await shell("zsh", ["-f"], script, directory.path), "_sockbench 1\n");
  },
});

Deno.test({
  name: `fish completes commands, options, lists and files as it would at its prompt${
    where("fish")
  }`,
  ignore: !HAS.fish,
  async fn() {
    await using directory = await temporaryDirectory();
    await Deno.writeTextFile(`${directory.path}/record.json`, "");
    const asked = [
      "sockbench ",
      "sockbench run --prof",
      "sockbench run --profile ",
      "sockbench run --transport tcp,unixp",
      "sockbench gate --format ju",
      "sockbench report rec",
      "sockbench completions ",
    ];
    const script = `${await scriptFor("fish")}\n` +
      asked.map((line) => `complete -C '${line}' | cut -f 1 | string join '|'`).join("\n");
    const lines = (await shell("fish", ["--no-config"], script, directory.path)).split("\n");
    assertEquals(lines[0]!.split("|").toSorted(), commands.map(({ name }) => name).toSorted());
    assertEquals(lines[1], "--profile");
    assertEquals(lines[2], "quick|standard|thorough");
    assert(lines[3]!.split("|").includes("tcp,unixpacket"));
    assertEquals(lines.slice(4, 7), ["junit", "record.json", "bash|fish|zsh"]);
  },
});

Deno.test("sockbench completions of a shell it does not know is refused, with what it knows", async () => {
  assertRefused(
    await sockbench(["completions", "fihs"]),
    /<shell> must be one of bash, zsh, fish: "fihs" is not; did you mean fish\?/,
  );
});

Deno.test("no completion script asks for a word to be run: they hold plain words only", async () => {
  for (const name of ["bash", "zsh", "fish"]) {
    const script = await scriptFor(name);
    assertStringIncludes(script, "sockbench");
    assertEquals(script.match(/`|\$\(sockbench|deno task/g), null, name);
  }
});
