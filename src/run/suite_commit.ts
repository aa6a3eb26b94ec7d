// The commit that is checked out where the suite's own sources lie, so that a figure can be traced to the code that measured it.

const ROOT = new URL("../../", import.meta.url);
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Reads what git keeps in its files, without git. Returns `null` where these sources are no checkout (a package, an archive) or may not be read. */
export function readSuiteCommit(root: URL = ROOT): string | null {
  try {
    // A bundle has other folders above it than these: only sources have this file.
    Deno.statSync(new URL("src/run/suite_commit.ts", root));
    const own = directoryOf(new URL(".git", root));
    const head = read(own, "HEAD")!;
    const name = /^ref: (.+)$/.exec(head)?.[1];
    if (name === undefined) return COMMIT.test(head) ? head : null;
    const shared = read(own, "commondir");
    const common = shared === undefined ? own : new URL(`${shared}/`, own);
    const packed = read(common, "packed-refs")?.split("\n").find((line) =>
      line.endsWith(` ${name}`)
    );
    const commit = read(own, name) ?? read(common, name) ?? packed?.split(" ")[0] ?? "";
    return COMMIT.test(commit) ? commit : null;
  } catch {
    return null;
  }
}

/** Git's directory: that of a worktree is named by a file. */
function directoryOf(place: URL): URL {
  if (Deno.statSync(place).isDirectory) return new URL(`${place}/`);
  const path = Deno.readTextFileSync(place).replace(/^gitdir: /, "").trim();
  return new URL(`${path}/`, place);
}

function read(directory: URL, name: string): string | undefined {
  try {
    return Deno.readTextFileSync(new URL(name, directory)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
