import { assert, assertEquals } from "@std/assert";
import { anchorsOf, linksIn, pages, ROOT, slugOf } from "../../docs/tools/pages.ts";

/** Links that lead nowhere. */
async function brokenLinks(path: string, text: string): Promise<string[]> {
  const broken: string[] = [];
  for (const { path: target, anchor } of linksIn(text)) {
    if (target.includes("://")) continue;
    const url = new URL(target, new URL(path, ROOT));
    const exists = await Deno.stat(url).then(() => true, () => false);
    if (!exists) broken.push(target);
    else if (anchor !== undefined) {
      const there = url.pathname.endsWith(".md") ? await Deno.readTextFile(url) : "";
      if (!anchorsOf(there).has(anchor)) broken.push(`${target}#${anchor}`);
    }
  }
  return broken;
}

Deno.test("every link of a page leads to a file and an anchor that exist", async () => {
  const all = await pages();
  let count = 0;
  for (const { path, text } of all) {
    assertEquals(await brokenLinks(path, text), [], path);
    count += linksIn(text).length;
  }
  assert(count > 100, `${count} links`);
});

Deno.test("a link to no file, or to no heading of a page, is found", async () => {
  const text = "[a](docs/none.md) [b](docs/README.md#how-to) [c](docs/README.md#none) `[d](none)`";
  assertEquals(await brokenLinks("README.md", text), ["docs/none.md", "docs/README.md#none"]);
  assertEquals(slugOf("The driver `libc`, and [why](x.md)"), "the-driver-libc-and-why");
});

Deno.test("every page can be reached from the README by links", async () => {
  const all = new Map((await pages()).map(({ path, text }) => [path, text]));
  const reached = new Set<string>();
  const follow = (path: string) => {
    const text = all.get(path);
    if (text === undefined || reached.has(path)) return;
    reached.add(path);
    for (const { path: target } of linksIn(text)) {
      if (!target.includes("://")) {
        follow(new URL(target, new URL(path, ROOT)).pathname.slice(ROOT.pathname.length));
      }
    }
  };
  follow("README.md");
  assertEquals([...all.keys()].filter((path) => !reached.has(path)), []);
});

/** Paths in code marks that begin with a folder of the repository and name no file; those with a `<name>` to fill in are left out. */
async function missingPaths(text: string): Promise<string[]> {
  const named = [...text.matchAll(/`((?:src|tests|docs|bench|reports|\.ci)\/[\w./-]*)`/g)]
    .map(([, path = ""]) => path);
  const found = await Promise.all(
    named.map((path) => Deno.stat(new URL(path, ROOT)).then(() => true, () => false)),
  );
  return named.filter((_, index) => !found[index]);
}

Deno.test("every path that CONTRIBUTING names exists", async () => {
  const text = await Deno.readTextFile(new URL("CONTRIBUTING.md", ROOT));
  assertEquals(await missingPaths(text), []);
  assertEquals(await missingPaths("`src/clock.ts` `src/none.ts` `src/none/`"), [
    "src/none.ts",
    "src/none/",
  ]);
});

/** Names of hosts in the examples of a page, but for this machine's own and for where sources are cloned from. */
function hostsIn(text: string): string[] {
  const examples = [...text.matchAll(/^```(?!mermaid).*\n([\s\S]*?)^```/gm)].map(([, code]) =>
    code!
  )
    .concat([...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!)).join("\n");
  const isOurs = (host: string) => /^(localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0)$/.test(host);
  return [...examples.replaceAll(/git clone \S+/g, "").matchAll(/\w+:\/\/([\w.-]+|\[[^\]]*\])/g)]
    .map(([, host]) => host!).filter((host) => !isOurs(host));
}

Deno.test("no example of a page asks for a host beyond this machine", async () => {
  for (const { path, text } of await pages()) assertEquals(hostsIn(text), [], path);
  const text =
    "```sh\ncurl http://a.example/\ngit clone https://b.example/c\n```\n`ws://[::1]:80` `tcp://d`";
  assertEquals(hostsIn(text), ["a.example", "d"]);
});
