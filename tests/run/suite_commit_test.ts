import { assertEquals } from "@std/assert";
import { readSuiteCommit } from "../../src/run/suite_commit.ts";
import { temporaryDirectory } from "../cli/sockbench.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

async function checkout(files: Readonly<Record<string, string>>) {
  const directory = await temporaryDirectory();
  for (const [name, text] of Object.entries({ "src/run/suite_commit.ts": "", ...files })) {
    const path = `${directory.path}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
  const root = new URL(`file://${directory.path}/`);
  return { root, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

const HOLDS: readonly [string, Readonly<Record<string, string>>, string | null][] = [
  [
    "a branch",
    { ".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": `${COMMIT}\n` },
    COMMIT,
  ],
  ["a commit", { ".git/HEAD": `${COMMIT}\n` }, COMMIT],
  ["a packed branch", {
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/packed-refs": `# pack-refs\n${
      COMMIT.replace("0", "f")
    } refs/heads/not-main\n${COMMIT} refs/heads/main\n`,
  }, COMMIT],
  ["a worktree", {
    ".git": "gitdir: home/.git/worktrees/w\n",
    "home/.git/worktrees/w/HEAD": "ref: refs/heads/w\n",
    "home/.git/worktrees/w/commondir": "../..\n",
    "home/.git/refs/heads/w": `${COMMIT}\n`,
  }, COMMIT],
  ["a branch without a commit", { ".git/HEAD": "ref: refs/heads/main\n" }, null],
  ["no checkout", {}, null],
  ["something else", { ".git/HEAD": "nothing that git writes\n" }, null],
];

for (const [what, files, commit] of HOLDS) {
  Deno.test(`readSuiteCommit() reads what is checked out: ${what}`, async () => {
    await using tree = await checkout(files);
    assertEquals(readSuiteCommit(tree.root), commit);
  });
}

Deno.test("readSuiteCommit() takes no other repository for the suite's, as around a package", async () => {
  await using tree = await checkout({ ".git/HEAD": `${COMMIT}\n` });
  await Deno.remove(new URL("src", tree.root), { recursive: true });
  assertEquals(readSuiteCommit(tree.root), null);
});
