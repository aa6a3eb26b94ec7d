/** What a machine meets that has never run sockbench: which packages are fetched, and what is said where they cannot be had. */

import { assert, assertEquals } from "@std/assert";
import {
  assertRefused,
  PERMISSIONS,
  sockbench,
  temporaryDirectory,
  TINY_RUN,
} from "./sockbench.ts";

/** Packages that a first run may fetch. */
const MAX_PACKAGES = 8;

/** Packages that tests alone import. */
const FOR_TESTS = [
  "ajv",
  "axe-core",
  "csv-parse",
  "fast-check",
  "playwright-core",
  "saxes",
  "yaml",
];

/** A registry on loopback that has nothing, and the packages that it was asked for. */
function emptyRegistry(status = 404, body = "") {
  const asked = new Set<string>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, ({ url }) => {
    asked.add(decodeURIComponent(new URL(url).pathname).replace(/\/-\/.*$/, "").slice(1));
    return new Response(body, { status });
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** The environment of a machine with an empty cache, whose registry is `url`. */
const emptyMachine = (directory: string, url: string) => ({
  DENO_DIR: `${directory}/deno`,
  NPM_CONFIG_REGISTRY: url,
  NO_PROXY: "127.0.0.1",
});

Deno.test("a first deno task sockbench fetches at most eight packages, and none that only tests need", async () => {
  await using directory = await temporaryDirectory();
  await using registry = emptyRegistry();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "sockbench", ...TINY_RUN, "--out", directory.path],
    cwd: new URL("../../", import.meta.url),
    env: emptyMachine(directory.path, registry.url),
    stdout: "null",
    stderr: "null",
  }).output();
  assert(!success, "there was nothing to fetch");
  const asked = [...registry.asked].sort();
  assert(asked.length <= MAX_PACKAGES, `${asked.length} packages: ${asked.join(", ")}`);
  assert(asked.includes("zod"), asked.join());
  assertEquals(asked.filter((name) => FOR_TESTS.includes(name)), []);
});

for (
  const [what, registry] of [
    ["has no such package", () => emptyRegistry()],
    ["is out of order", () => emptyRegistry(503)],
    ["answers with something else", () => emptyRegistry(200, "<html>log in first</html>")],
  ] as const
) {
  Deno.test(`sockbench run exits 3 with advice where the registry ${what}`, async () => {
    await using directory = await temporaryDirectory();
    await using there = registry();
    const env = emptyMachine(directory.path, there.url);
    const outcome = await sockbench([...TINY_RUN, "--out", directory.path], { env });
    assertRefused(outcome, /cannot fetch the package \S+@\S+ \(.*NPM_CONFIG_REGISTRY/, 3);
  });
}

Deno.test("sockbench run exits 3 with advice where nothing listens", async () => {
  await using directory = await temporaryDirectory();
  const closed = emptyRegistry();
  await closed[Symbol.asyncDispose]();
  const env = emptyMachine(directory.path, closed.url);
  const outcome = await sockbench([...TINY_RUN, "--out", directory.path], { env });
  assertRefused(outcome, /cannot fetch the package \S+@\S+ \(.*NPM_CONFIG_REGISTRY/, 3);
});

Deno.test("sockbench answers --help and --version where no package can be had, and list says so", async () => {
  await using directory = await temporaryDirectory();
  await using registry = emptyRegistry();
  const env = emptyMachine(directory.path, registry.url);
  for (const args of [["--help"], ["--version"], ["run", "--help"]]) {
    const { code, err } = await sockbench(args, { env });
    assertEquals({ code, err }, { code: 0, err: "" }, args.join(" "));
  }
  assertRefused(await sockbench(["list"], { env }), /cannot fetch the package .*REGISTRY/, 3);
});

Deno.test("sockbench run exits 3 with advice where a user's module needs a package that cannot be had", async () => {
  await using directory = await temporaryDirectory();
  const module = `${directory.path}/mine.ts`;
  await Deno.writeTextFile(module, 'import "npm:no-such-package@1";\nexport default {};\n');
  for (const config of ["", '{ "imports": { "mine": "./mine.ts" } }']) {
    if (config !== "") await Deno.writeTextFile(`${directory.path}/deno.json`, config);
    const outcome = await sockbench(
      [...TINY_RUN, `--module=${module}`, "--out", `${directory.path}/out`],
      // What the suite needs is there already.
      { permissions: [...PERMISSIONS, "--cached-only"] },
    );
    assertRefused(
      outcome,
      /Cannot load module \S+\/mine.ts: cannot fetch the package no-such-package.*NPM_CONFIG_REGISTRY/,
      3,
    );
  }
});

Deno.test("sockbench run with a module exits 3 with advice where the suite's own packages cannot be had", async () => {
  await using directory = await temporaryDirectory();
  await using registry = emptyRegistry();
  await Deno.writeTextFile(`${directory.path}/deno.json`, "{}");
  await Deno.writeTextFile(`${directory.path}/mine.ts`, "export default {};\n");
  const outcome = await sockbench(
    [...TINY_RUN, `--module=${directory.path}/mine.ts`, "--out", `${directory.path}/out`],
    { env: emptyMachine(directory.path, registry.url) },
  );
  assertRefused(outcome, /cannot fetch the package \S+ \(.*NPM_CONFIG_REGISTRY/, 3);
});
