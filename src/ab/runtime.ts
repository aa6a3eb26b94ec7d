// Runtimes that a subject may have: how each is had, what it says of itself, and how it is started with an agent.

import { mainUrl, SUITE_ROOT } from "../mains.ts";
import { denoRun } from "../peer/line_process.ts";
import { absolute, isFile, plain, removeFolder, runCommand } from "./commands.ts";
import { type Runtime, type Subject, SubjectError } from "./subject.ts";

/** A file that was had. */
export interface Made {
  /** Where it is. */
  readonly path: string;
  /** Removes what was made for it; absent: nothing was. */
  readonly remove?: () => void;
}

/** A runtime that was had: its binary. */
export interface Installed extends Made {
  /** The subject by its name and by what the binary says it is, as in `node:26 (26.12.1)`. */
  readonly label: string;
}

interface RuntimeRow {
  /** As people call it. */
  readonly title: string;
  /** npm's package with its binary for this machine. */
  readonly package: () => string;
  /** The binary within the package. */
  readonly binary: string;
  /** What `--version` prints, its version in a group. */
  readonly version: RegExp;
  /** The oldest major version that reads the agent's JavaScript; absent: any. */
  readonly oldest?: number;
  /** Arguments that start a program, which may force collections. */
  readonly start: readonly string[];
}

const ROWS: Readonly<Record<Runtime, RuntimeRow>> = {
  deno: {
    title: "Deno",
    package: denoPackage,
    binary: Deno.build.os === "windows" ? "deno.exe" : "deno",
    version: /^deno (\d+\.\d+\.\d+\S*)/,
    start: denoRun("--expose-gc"),
  },
  node: {
    title: "Node",
    package: () => `node-${platform()}`,
    binary: "bin/node",
    oldest: 24,
    version: /^v(\d+\.\d+\.\d+\S*)/,
    start: ["--expose-gc", "--min-semi-space-size=16", "--max-semi-space-size=16"],
  },
  bun: {
    title: "Bun",
    package: () => `@oven/bun-${platform()}`,
    binary: "bin/bun",
    version: /^(\d+\.\d+\.\d+\S*)/,
    start: ["run"],
  },
};

/** How long a binary may take to say which version it is, in milliseconds. */
const PATIENCE_MS = 5_000;

/** Arguments of a runtime's own that come before the program's. */
export const startOf = (runtime: Runtime): readonly string[] => ROWS[runtime].start;

/** Finds a runtime's binary, or installs its release, and sees that it starts. Throws SubjectError. */
export async function haveRuntime(
  subject: Extract<Subject, { kind: Runtime }>,
  label: string,
  onMade: (remove: () => void) => void,
): Promise<Installed> {
  const { kind } = subject;
  const found = "path" in subject
    ? ownBinary(subject.path, label)
    : await install(kind, subject.version, label, onMade);
  const { success, stdout } = await runCommand(found.path, ["--version"], {
    patienceMs: PATIENCE_MS,
  });
  const { title, version, oldest = 0 } = ROWS[kind];
  const [, said] = version.exec(stdout) ?? [];
  const isKnown = success && said !== undefined;
  if (isKnown && parseInt(said) >= oldest) {
    return { ...found, label: label.includes(said) ? label : `${label} (${said})` };
  }
  found.remove?.();
  throw new SubjectError(
    isKnown
      ? `${label}: ${title} ${said} is too old for the agent, which needs ${title} ${oldest} or newer`
      : `${label}: ${found.path} does not answer --version as ${title} does`,
    false,
  );
}

function ownBinary(path: string, label: string): Made {
  const file = absolute(path);
  if (!isFile(file)) throw new SubjectError(`${label}: there is no file ${file}`, false);
  return { path: file };
}

/** Installs a release from its npm package into a temporary folder; Deno itself is the npm client, and keeps a cache. */
async function install(
  runtime: Runtime,
  version: string,
  label: string,
  onMade: (remove: () => void) => void,
): Promise<Made> {
  const name = ROWS[runtime].package();
  const folder = await Deno.makeTempDir({ prefix: `sockbench-${runtime}-` });
  const remove = () => removeFolder(folder);
  onMade(remove);
  try {
    await Deno.writeTextFile(
      `${folder}/package.json`,
      JSON.stringify({ dependencies: { [name]: version } }),
    );
    const { success, stderr } = await runCommand(
      Deno.execPath(),
      ["install", "--quiet", "--node-modules-dir=auto"],
      { cwd: folder },
    );
    const path = `${folder}/node_modules/${name}/${ROWS[runtime].binary}`;
    if (!success || !isFile(path)) {
      const why = stderr.split("\n").find((line) => line.includes("rror")) ??
        "it was not installed";
      throw new SubjectError(
        `${label}: this release cannot be had as npm package ${name}: ${plain(why)}`,
        false,
      );
    }
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o755);
    return { path, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** As the packages of Node and Bun are called. */
function platform(): string {
  return `${Deno.build.os}-${cpu()}`;
}

function cpu(): string {
  return Deno.build.arch === "x86_64" ? "x64" : "arm64";
}

function denoPackage(): string {
  if (Deno.build.os === "linux") return `@deno/linux-${cpu()}-glibc`;
  return Deno.build.os === "windows" ? `@deno/win32-${cpu()}` : `@deno/darwin-${cpu()}`;
}

/** The agent as one file of JavaScript for Node and Bun; the package's own is that already. Throws SubjectError. */
export async function bundleAgent(
  label: string,
  onMade: (remove: () => void) => void,
): Promise<Made> {
  const main = mainUrl("agent");
  if (main.pathname.endsWith(".js")) return { path: decodeURIComponent(main.pathname) };
  const folder = await Deno.makeTempDir({ prefix: "sockbench-agent-" });
  const remove = () => removeFolder(folder);
  onMade(remove);
  const path = `${folder}/agent.mjs`;
  const { success, stderr } = await runCommand(
    Deno.execPath(),
    ["bundle", "--quiet", "--frozen", "--output", path, decodeURIComponent(main.pathname)],
    { cwd: decodeURIComponent(SUITE_ROOT.pathname) },
  );
  if (success && isFile(path)) return { path, remove };
  remove();
  throw new SubjectError(`${label}: its agent cannot be bundled: ${plain(stderr)}`, false);
}
