// `deno task pack`: makes the npm package. Its code is `deno bundle` of the suite's main modules and entries, its Deno is npm's, and its
// command asks for what the task `sockbench` asks for.

import config from "../../deno.json" with { type: "json" };
import { MAINS } from "../../src/mains.ts";
import { ROOT } from "./pages.ts";

/** The Deno that the package depends on: the one that the suite is tested with. */
const DENO_VERSION = "2.9.6";

/** Packages whose code is in the bundle. */
const BUNDLED = ["smol-toml", "string-width", "zod"];

/** Makes `sockbench.tgz` in a folder. */
export async function pack(folder: string): Promise<string> {
  const stage = await Deno.makeTempDir({ prefix: "sockbench-pack-" });
  try {
    await bundle(`${stage}/dist`);
    await relocate(`${stage}/dist`);
    await Deno.mkdir(`${stage}/bin`);
    await Deno.copyFile(
      new URL("docs/tools/package/sockbench.cjs", ROOT),
      `${stage}/bin/sockbench.cjs`,
    );
    await Deno.chmod(`${stage}/bin/sockbench.cjs`, 0o755);
    await writeJson(`${stage}/bin/flags.json`, flagsOfTask());
    await writeJson(`${stage}/package.json`, manifest());
    await writeJson(`${stage}/deno.json`, ownConfig());
    for (const name of ["README.md", "CHANGELOG.md", "LICENSE"]) {
      await Deno.copyFile(new URL(name, ROOT), `${stage}/${name}`);
    }
    await Deno.writeTextFile(`${stage}/THIRD_PARTY_LICENSES.txt`, await licences());
    return await archive(stage, folder);
  } finally {
    await Deno.remove(stage, { recursive: true });
  }
}

async function bundle(out: string): Promise<void> {
  const mains = Object.values(MAINS).map((path) => path.replace("./", "src/"));
  const options = ["--quiet", "--frozen", "--code-splitting", "--minify", "--keep-names"];
  await run(Deno.execPath(), ["bundle", ...options, "--outdir", out, ...entries(), ...mains]);
  // The main module's own code is in a chunk, which is no main module.
  const start = 'import { start } from "./src/cli/main.js";\nawait start();\n';
  await Deno.writeTextFile(`${out}/start.js`, start);
}

/** What users import; the command is none of it. */
function entries(): string[] {
  return Object.entries(config.exports).filter(([name]) => name !== "./cli").map(([, file]) =>
    file
  );
}

/** Where a bundled file lies, as the file that names it has it. */
const bundled = (path: string) => path.replace("./", "./src/").replace(/\.ts$/, ".js");

/** Puts the places of bundled files into the two chunks that name files: that of `mains.ts`, and that of `deno.json`. */
async function relocate(dist: string): Promise<void> {
  const moves = new Map([
    ...Object.values(MAINS).map((path) => [`"${path}"`, `"${bundled(path)}"`] as const),
    ...entries().map((path) =>
      [`"${path}"`, `"./dist/${path.slice(2).replace(/\.ts$/, ".js")}"`] as const
    ),
  ]);
  const missing = new Set(moves.keys());
  for await (const { name, isFile } of Deno.readDir(dist)) {
    if (!isFile) continue;
    const text = await Deno.readTextFile(`${dist}/${name}`);
    let moved = text;
    for (const [from, to] of moves) {
      if (!text.includes(from)) continue;
      moved = moved.replaceAll(from, to);
      missing.delete(from);
    }
    if (moved !== text) await Deno.writeTextFile(`${dist}/${name}`, moved);
  }
  if (missing.size > 0) throw new Error(`the bundle does not name ${[...missing].join(", ")}`);
}

/** The flags of the task `sockbench`, without those that name files of the clone. */
export function flagsOfTask(): string[] {
  const [, flags] = /deno run (.*) src\/cli\/main\.ts$/.exec(config.tasks.sockbench.command)!;
  return [
    "--quiet",
    "--no-config",
    "--unstable-net",
    ...flags!.split(" ").filter((flag) => flag !== "--frozen"),
  ];
}

function manifest(): Record<string, unknown> {
  return {
    name: "sockbench",
    version: config.version,
    description: "The socket benchmarking suite for Deno",
    license: config.license,
    type: "module",
    bin: { sockbench: "bin/sockbench.cjs" },
    engines: { node: ">=18" },
    dependencies: { deno: DENO_VERSION },
  };
}

/** What users' modules are given: the suite's names and packages. */
function ownConfig(): Record<string, unknown> {
  const { name, version, unstable, imports } = config;
  const exports = Object.fromEntries(
    Object.entries(config.exports).filter(([entry]) => entry !== "./cli")
      .map(([entry, file]) => [entry, `./dist/${file.slice(2).replace(/\.ts$/, ".js")}`]),
  );
  return { name, version, exports, unstable, imports };
}

/** The licences of what is in the bundle, as they ask for. */
async function licences(): Promise<string> {
  const info = await run(Deno.execPath(), ["info", "--json"]);
  const { npmCache } = JSON.parse(info) as { npmCache: string };
  const texts = await Promise.all(BUNDLED.map(async (name) => {
    const { name: id, version } = /npm:(?<name>[^@]+)@(?<version>[^/]+)/
      .exec((config.imports as Record<string, string>)[name]!)!.groups!;
    const folder = `${npmCache}/registry.npmjs.org/${id}/${version}`;
    const files = await Array.fromAsync(Deno.readDir(folder));
    const file = files.find((one) => /^licen[cs]e/i.test(one.name));
    if (file === undefined) throw new Error(`${name} has no licence file in ${folder}`);
    return `${id} ${version}\n\n${await Deno.readTextFile(`${folder}/${file.name}`)}`;
  }));
  return texts.join("\n----\n\n");
}

async function archive(stage: string, folder: string): Promise<string> {
  const printed = await run("npm", ["pack", "--silent", "--pack-destination", folder], stage);
  const path = `${folder}/sockbench.tgz`;
  await Deno.rename(`${folder}/${printed.trim().split("\n").at(-1)}`, path);
  return path;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

async function run(
  program: string,
  args: readonly string[],
  cwd: string | URL = ROOT,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd })
    .output();
  if (!success) throw new Error(`${program} ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  const path = await pack(Deno.cwd());
  const { size } = await Deno.stat(path);
  const line = `${path} (${Math.ceil(size / 1000)} kB): npx ${path} run --profile quick\n`;
  await Deno.stdout.write(new TextEncoder().encode(line));
}
