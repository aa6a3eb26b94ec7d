import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { flagsOfTask, pack } from "../../docs/tools/pack.ts";
import { temporaryDirectory } from "../cli/sockbench.ts";
import { needs, program } from "../support/needs.ts";

/** Packed once for all tests. */
let packed: Promise<Uint8Array<ArrayBuffer>> | undefined;

async function packOnce(): Promise<Uint8Array<ArrayBuffer>> {
  await using directory = await temporaryDirectory();
  const path = await pack(directory.path);
  assert((await Deno.stat(path)).size < 1e6, "the package is too large");
  return await Deno.readFile(path);
}

/** The package as npm unpacks it, with this Deno in the place of npm's. */
async function install(folder: string): Promise<string> {
  const path = `${folder}/sockbench.tgz`;
  await Deno.writeFile(path, await (packed ??= packOnce()));
  await Deno.mkdir(`${folder}/node_modules/sockbench`, { recursive: true });
  await run("tar", ["xzf", path, "--strip-components=1", "-C", "node_modules/sockbench"], folder);
  await Deno.mkdir(`${folder}/node_modules/deno`);
  await Deno.writeTextFile(
    `${folder}/node_modules/deno/install_api.cjs`,
    `module.exports = { runInstall: () => ${JSON.stringify(Deno.execPath())} };\n`,
  );
  return `${folder}/node_modules/sockbench/bin/sockbench.cjs`;
}

async function run(name: string, args: readonly string[], cwd: string, env = {}) {
  const { code, stdout, stderr } = await new Deno.Command(name, { args: [...args], cwd, env })
    .output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

const MODULE = `
import type { SockbenchModule } from "@sockbench/sockbench/extend";
import { unix } from "@sockbench/sockbench";
export default { transports: [{ ...unix, name: "mine" }] } satisfies SockbenchModule;
`;

Deno.test({
  ...needs(
    "the npm package measures, and loads a module into its peers, from its tarball in an empty directory",
    program("npm"),
    program("tar"),
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const { path } = directory;
    const command = await install(path);
    const sockbench = (...args: readonly string[]) => run("node", [command, ...args], path);
    const version = await sockbench("--version");
    assertEquals({ code: version.code, err: version.err }, { code: 0, err: "" });
    assertMatch(version.out, new RegExp(`^sockbench ${config.version} `));
    const one = [
      "--profile",
      "quick",
      "--rounds",
      "1",
      "--quiet",
      "--case",
      "round-trip/unix/bytes=64",
    ];
    await Deno.writeTextFile(`${path}/bench.ts`, MODULE);
    // .ci/run tries it with npm's own Deno, other peers and ab.
    for (const peer of ["worker", "process"]) {
      const { code, err } = await sockbench(
        "run",
        ...one,
        "--peer",
        peer,
        "--module",
        "./bench.ts",
        "--out",
        peer,
      );
      assertEquals(code, 0, err);
      const { settings, trials } = JSON.parse(
        await Deno.readTextFile(`${path}/${peer}/latest.json`),
      );
      assertEquals([settings.peer, trials.length, trials[0].error], [peer, 1, undefined]);
    }
  },
});

Deno.test({
  ...needs(
    "the package's command says in a sentence that there is no Deno, and hands on the exit code",
    program("npm"),
    program("tar"),
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const { path } = directory;
    const command = await install(path);
    assertEquals((await run("node", [command, "run", "--no-such-flag"], path)).code, 2);
    await Deno.remove(`${path}/node_modules/deno`, { recursive: true });
    const node = (await run("sh", ["-c", "command -v node"], path)).out.trim();
    const { code, out, err } = await run(node, [command, "--version"], path, { PATH: path });
    assertEquals({ code, out }, { code: 3, out: "" });
    assertMatch(err, /^sockbench: there is no Deno for \w+ \w+ here [^\n]* PATH\n$/);
  },
});

Deno.test("the package's command asks for what the task sockbench asks for, and never for all", () => {
  const task = config.tasks.sockbench.command.split(" ");
  const asked = flagsOfTask().filter((flag) => flag.startsWith("--allow"));
  assertEquals(asked, task.filter((flag) => flag.startsWith("--allow")));
  assert(!flagsOfTask().some((flag) => flag === "-A" || flag === "--allow-all"));
});
