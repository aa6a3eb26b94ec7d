import { assert, assertEquals, assertRejects } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020";
import { parse } from "smol-toml";
import { readBudgetFile } from "../../src/gate/budget_file.ts";
import { commands } from "../../src/cli/commands/registry.ts";
import { generatePages, refreshQuotations } from "../../docs/tools/generate.ts";
import { pages, ROOT } from "../../docs/tools/pages.ts";
import { countSessions, replaySessions } from "../../docs/tools/sessions.ts";

Deno.test("generated pages, sessions and quoted lines are what the suite prints now (deno task docs:generate)", async () => {
  const made = await generatePages();
  assert(made.has("docs/reference/command-line.md"));
  for (const [path, text] of made) {
    assertEquals(await Deno.readTextFile(new URL(path, ROOT)), text, path);
  }
  const sessions = (await pages()).map(({ text }) => countSessions(text));
  assert(sessions.reduce((sum, count) => sum + count, 0) >= 4);
});

Deno.test("a session that was pasted differently, or cannot be run again, is found", async () => {
  const session = (text: string) => `\`\`\`console\n${text}\`\`\`\n`;
  const pasted = session("$ deno task sockbench help | head -n 1\nsockbench: faster\n");
  const again = await replaySessions(pasted);
  assertEquals(
    again.split("\n")[2],
    "sockbench: measure this machine's sockets, and find out what made them slower.",
  );
  await assertRejects(() => replaySessions(session("$ rm -rf /\n")), Error, "must begin");
  await assertRejects(
    () => replaySessions(session("$ deno task sockbench report none.json\n")),
    Error,
    "ended with 2",
  );
});

Deno.test("a quoted line whose figures have drifted becomes the report's", async () => {
  const line = "| peer loop waits 50 µs, tcp | 1.0 µs | 2.0 µs | [1.0, 2.0] | +9.99 % | 3 | yes |";
  const text = `<!-- from: reports/known-answers.md -->\n${line}\n<!-- /from -->`;
  const fresh = await refreshQuotations(text);
  assert(fresh !== text && fresh.includes("peer loop waits"), fresh);
});

Deno.test("gate.toml of the reference is a policy, by the suite and by the published JSON Schema", async () => {
  const page = await Deno.readTextFile(new URL("docs/reference/gate-toml.md", ROOT));
  const toml = `"$schema" = "gate.schema.json"\r\n${
    /```toml\n([\s\S]*?)```/.exec(page)![1]!.replaceAll("\n", "\r\n")
  }`;
  assertEquals(readBudgetFile(toml, "gate.toml").limits.length, 1);
  const schema = await Deno.readTextFile(new URL("reports/schema/gate.schema.json", ROOT));
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(schema));
  validate(parse(toml));
  assertEquals(validate.errors, null);
  assert(!validate({ treshold: "5%" }), "a key that is not known");
});

/** Options of Deno, git, npm and other tools that pages name. */
const OTHERS = new Set([
  ...["allow-net", "allow-read", "allow-write", "allow-run", "allow-sys", "allow-ffi", "allow-env"],
  // Of deno, npm, git and gh.
  ...[
    "yes",
    "global",
    "name",
    "config",
    "body-file",
    "edit-last",
    "create-if-none",
    "update-golden",
    "doc",
  ],
  // Of the reference tools, side by side with ours.
  ...[
    "full-rtt",
    "no-delay",
    "tcp",
    "mps",
    "tcp-avoid-nodelay",
    "full-log",
    "dontwarmup",
    "latency",
    "filter",
    "export-json",
    "json",
    "bidir",
  ],
  // Gone, and named as such.
  ...["normalize", "open"],
]);

Deno.test("every --flag of a page exists in --help, and every one of --help stands in the reference", async () => {
  const known = new Set(commands.flatMap(({ options }) => options.map(({ name }) => name)));
  for (const name of ["help", "version"]) known.add(name);
  const reference = await Deno.readTextFile(new URL("docs/reference/command-line.md", ROOT));
  for (const name of known) assert(reference.includes(`\`--${name}`), `--${name}`);
  let count = 0;
  for (const { path, text } of await pages()) {
    if (path === "CHANGELOG.md") continue;
    // Where a command of another program stands, its options are its own.
    const spans = [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)]
      .map(([, span]) => span!).filter((span) => /^(?:--|deno task |sockbench )/.test(span));
    const named = spans.flatMap((span) =>
      [...span.matchAll(/(?<![\w-])--([a-z][a-z-]*[a-z])/g)].map(([, name]) => name!)
    );
    assertEquals(
      [...new Set(named)].filter((name) => !known.has(name) && !OTHERS.has(name)),
      [],
      path,
    );
    count += named.length;
  }
  assert(count > 100);
});

/** What a page's command lines ask of a command. */
function commandLines(text: string): string[] {
  return [...text.matchAll(/(?:^|\$ |`)deno task (?:sockbench|bench) ?([^`\n|#]*)/gm)]
    .map(([line]) => line!.trim());
}

Deno.test("every option of a command line on a page belongs to its command", async () => {
  let count = 0;
  for (const { path, text } of await pages()) {
    for (const line of commandLines(text)) {
      const [, name] = /sockbench (\w+)/.exec(line) ?? [];
      const command = commands.find((one) => one.name === (/task bench/.test(line) ? "run" : name));
      if (command === undefined) continue;
      const options = new Set([...command.options.map(({ name }) => name), "help"]);
      const used = [...line.matchAll(/ --([a-z-]+)/g)].map(([, option]) => option!);
      assertEquals(used.filter((option) => !options.has(option)), [], `${path}: ${line}`);
      count++;
    }
  }
  assert(count > 40, `${count} command lines`);
});

Deno.test("every troubleshooting page is named after a message that the suite prints", async () => {
  const sources = (await sourcesBelow("src/")).join("\n");
  let count = 0;
  for (const { path, text } of await pages()) {
    const [, message] = /^# "(.*)"$/m.exec(text) ?? [];
    if (!path.startsWith("docs/troubleshooting/") || path.endsWith("README.md")) continue;
    assert(message !== undefined && sources.includes(message), `${path}: ${message}`);
    count++;
  }
  assert(count >= 10);
});

async function sourcesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) found.push(...await sourcesBelow(`${folder}${name}/`));
    else if (name.endsWith(".ts")) {
      found.push(await Deno.readTextFile(new URL(folder + name, ROOT)));
    }
  }
  return found;
}
