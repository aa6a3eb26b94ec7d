/**
 * A small repository of a user who gates socket code of their own, for tests of `ab`.
 *
 * @module
 */

import { assert } from "@std/assert";

/** A temporary repository, with a place for temporary files beside it that shows what is left behind. */
export interface Repository extends AsyncDisposable {
  /** The working tree; also the repository. */
  readonly path: string;
  /** Value of TMPDIR for what is tested. */
  readonly temporary: string;
  /** Commits the module with so many nanoseconds of extra work per exchange, under a tag. */
  commit(tag: string, extraNs: number): Promise<void>;
  /** Paths that git knows as worktrees. */
  worktrees(): Promise<string[]>;
}

/** A user's module: exchanges over TCP, each with 20 µs of work, and what `#cost` says on top. Bare names come from an import map. */
const BENCH = `
import { extraNs } from "#cost";

const spin = {
  name: "spin",
  modes: ["stream"],
  async drive(context) {
    const channel = await context.open();
    const buffer = new Uint8Array(1);
    await context.begin();
    const startNs = context.clock.nowNs();
    for (let k = 0; k < 100; k++) {
      await channel.write(buffer);
      await channel.read(buffer);
      const untilNs = context.clock.nowNs() + 20_000 + extraNs;
      while (context.clock.nowNs() < untilNs);
    }
    const elapsedNs = context.clock.nowNs() - startNs;
    await context.end();
    return { elapsedNs, operations: 100, histograms: {}, tally: {}, values: { p50: elapsedNs / 100 } };
  },
  async serve(context) {
    const channel = await context.accept();
    const buffer = new Uint8Array(1);
    while (await channel.read(buffer)) await channel.write(buffer);
    channel.close();
  },
};
const grid = [{ transports: ["tcp"], params: {} }];
const scenario = {
  id: "spin", question: "What does one exchange cost?", operation: "exchange", parameters: [],
  metrics: ["p50"], columns: ["transport"], contrasts: [], notes: [], workload: "spin",
  grid: { quick: grid, standard: grid, thorough: grid },
};
export default { workloads: [spin], scenarios: [scenario] };
`;

/** Makes the repository, with a first commit tagged \`base\`. */
export async function makeRepository(): Promise<Repository> {
  const root = await Deno.makeTempDir({ prefix: "sockbench-test-" });
  const path = `${root}/repository`;
  const temporary = `${root}/tmp`;
  for (const folder of [path, temporary]) await Deno.mkdir(folder);
  const git = (...args: string[]) => runGit(path, args);
  const repository: Repository = {
    path,
    temporary,
    async commit(tag, extraNs) {
      await Deno.writeTextFile(`${path}/cost.ts`, `export const extraNs = ${extraNs};\n`);
      await git("add", ".");
      await git("commit", "--allow-empty", "-m", tag);
      await git("tag", tag);
    },
    async worktrees() {
      const list = await git("worktree", "list", "--porcelain");
      return [...list.matchAll(/^worktree (.*)$/gm)].map(([, path]) => path!);
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
  await git("init", "--quiet");
  await Deno.writeTextFile(`${path}/bench.ts`, BENCH);
  await Deno.writeTextFile(`${path}/deno.json`, '{ "imports": { "#cost": "./cost.ts" } }\n');
  await repository.commit("base", 0);
  return repository;
}

async function runGit(cwd: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=test", "-c", "user.email=test@example.invalid", ...args],
    cwd,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
