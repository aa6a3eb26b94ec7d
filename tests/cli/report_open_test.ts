import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  assertRefused,
  names,
  type Outcome,
  PERMISSIONS,
  sockbench,
  temporaryDirectory,
} from "./sockbench.ts";
import { needs, NOT_WINDOWS } from "../support/needs.ts";

const SAMPLE = new URL("../../reports/sample.json", import.meta.url);

/** A directory with a record and an opener of its own, which writes down what it is asked to open. */
async function desktop(script: string) {
  const directory = await temporaryDirectory();
  const { path } = directory;
  const opener = `${path}/bin/${Deno.build.os === "darwin" ? "open" : "xdg-open"}`;
  await Deno.mkdir(`${path}/bin`);
  await Deno.writeTextFile(opener, `#!/bin/sh\n${script}\n`);
  await Deno.chmod(opener, 0o755);
  await Deno.copyFile(SAMPLE, `${path}/run 1.json`);
  return {
    path,
    record: `${path}/run 1.json`,
    open: (args: readonly string[], permissions = PERMISSIONS): Promise<Outcome> =>
      sockbench(["report", `${path}/run 1.json`, "--open", ...args], {
        permissions,
        cwd: path,
        env: { PATH: `${path}/bin:/usr/bin:/bin` },
      }),
    opened: () => Deno.readTextFile(`${path}/opened`),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

const NOTE = 'printf %s "$*" > "$(dirname "$0")/../opened"';

Deno.test({
  ...needs("sockbench report --open writes the page beside the record and opens it", NOT_WINDOWS),
  async fn() {
    await using desk = await desktop(NOTE);
    const page = `${desk.path}/run 1.html`;
    assertEquals(await desk.open([]), { code: 0, out: "", err: `${page}\n` });
    assertEquals(await desk.opened(), page);
    assertMatch(await Deno.readTextFile(page), /^<!doctype html>\n/);
  },
});

Deno.test({
  ...needs(
    "sockbench report --open opens another format, and another file, where it is told to",
    NOT_WINDOWS,
  ),
  async fn() {
    await using desk = await desktop(NOTE);
    // A name that could be taken for an option.
    const { code, err } = await desk.open(["--format=md", "--out=-x.md"]);
    assertEquals({ code, err }, { code: 0, err: "-x.md\n" });
    assertMatch(await desk.opened(), /^\/.*\/-x\.md$/);
    assertEquals(names(desk.path), ["-x.md", "bin", "opened", "run 1.json"]);
  },
});

Deno.test({
  ...needs(
    "sockbench report --open says why nothing could be opened, and where the page is",
    NOT_WINDOWS,
  ),
  async fn() {
    await using desk = await desktop("exit 3");
    const page = `${desk.path}/run 1.html`;
    const failed = await desk.open([]);
    assertEquals([failed.code, failed.out], [0, ""]);
    assertMatch(
      failed.err,
      /^.*run 1\.html\nsockbench: it is written and could not be opened: (xdg-)?open ended with exit code 3\n$/,
    );
    const forbidden = await desk.open([], ["--allow-read", "--allow-write"]);
    assertEquals(forbidden.code, 0);
    assertStringIncludes(forbidden.err, "could not be opened: permission missing (--allow-run)\n");
    await Deno.remove(`${desk.path}/bin`, { recursive: true });
    const { code, err } = await sockbench(["report", desk.record, "--open"], {
      env: { PATH: desk.path },
    });
    assertEquals(code, 0);
    assertMatch(err, /could not be opened: there is no (xdg-)?open on this system\n$/);
    assertMatch(await Deno.readTextFile(page), /<\/html>\n$/);
  },
});

Deno.test("sockbench report --open refuses what cannot be opened or would be lost", async () => {
  await using desk = await desktop(NOTE);
  assertRefused(await desk.open(["--out=-"]), /--open needs a file: name one with --out/);
  const record = await Deno.readTextFile(SAMPLE);
  assertRefused(
    await sockbench(["report", "-", "--open"], { input: "" }),
    /--open needs a file: name one with --out/,
  );
  assertRefused(await desk.open(["--format=json"]), /would write over .*run 1\.json: name another/);
  assertRefused(await desk.open(["--out=missing/x.html"]), /cannot write missing\/x\.html: /);
  assertEquals(await Deno.readTextFile(desk.record), record);
});
