/** The suite as another project sees it: that project's compiler options hold for the suite's sources too. */

import { assertEquals } from "@std/assert";
import runtime from "../deno.json" with { type: "json" };
import { temporaryDirectory } from "./cli/sockbench.ts";

const ROOT = new URL("../", import.meta.url).href;

/** As in the README and in CONTRIBUTING: types, values and the kernel room. */
const CONSUMER = `
import { compareRecords, measure, type RunRecord, type SockbenchModule, summarize, unix } from "@sockbench/sockbench";
import { getOption } from "@sockbench/sockbench/kernel";
const module: SockbenchModule = { transports: [{ ...unix, name: "unix-again", title: "once more" }] };
export default module;
export const record: Promise<RunRecord> = measure({ scenarios: ["round-trip"] });
export const all = [compareRecords, getOption, summarize];
`;

const names = ["lib: dom", "default"] as const;
const OPTIONS: Readonly<Record<typeof names[number], Readonly<Record<string, unknown>>>> = {
  "default": {},
  "lib: dom": { lib: ["dom", "dom.iterable", "dom.asynciterable", "deno.ns", "deno.unstable"] },
};

for (const name of names) {
  Deno.test(`deno check finds nothing in the suite from a project with its own compiler options: ${name}`, async () => {
    await using directory = await temporaryDirectory();
    const exports = Object.entries(runtime.exports).map(([path, file]) => [
      `@sockbench/sockbench${path.slice(1)}`,
      new URL(file, ROOT).href,
    ]);
    const config = {
      imports: { ...runtime.imports, ...Object.fromEntries(exports) },
      compilerOptions: OPTIONS[name],
    };
    await Deno.writeTextFile(`${directory.path}/deno.json`, JSON.stringify(config));
    await Deno.writeTextFile(`${directory.path}/bench.ts`, CONSUMER);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--no-lock", "bench.ts", ...exports.map(([, url]) => url!)],
      cwd: directory.path,
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals({ code, err: new TextDecoder().decode(stderr) }, { code: 0, err: "" });
  });
}
