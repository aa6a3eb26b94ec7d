import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

/** Text between `<!-- from: FILE -->` and `<!-- /from -->`, with the file's path. */
function quotations(readme: string): { path: string; lines: string[] }[] {
  return [...readme.matchAll(/<!-- from: (\S+) -->\n([\s\S]*?)<!-- \/from -->/g)]
    .map(([, path, text]) => ({
      path: path!,
      lines: text!.split("\n").map((line) => line.trim()).filter((line) => line !== ""),
    }));
}

/** Formatting may pad the cells of a table; what a reader sees is the same. */
const plain = (line: string) => line.replace(/\s*\|\s*/g, "|").replace(/:?-+:?/g, "-").trim();

Deno.test("every line that the README quotes from a report stands in that report", async () => {
  const quoted = quotations(await read("README.md"));
  assert(quoted.length >= 2);
  for (const { path, lines } of quoted) {
    const source = new Set((await read(path)).split("\n").map(plain));
    assert(lines.length >= 4, path);
    assertEquals(lines.filter((line) => !source.has(plain(line))), [], path);
  }
});

Deno.test("the README leaves nothing to be filled in, and every file it links to exists", async () => {
  const readme = await read("README.md");
  assert(!readme.includes("@@"));
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path!)
    .filter((path) => !path.includes("://"));
  assert(links.length > 4);
  for (const path of links) await Deno.stat(new URL(path, ROOT));
});

Deno.test("the README lists every scenario with its question, by default or on demand as it is", async () => {
  const { scenarios } = await import("../src/scenario/registry.ts");
  const section = (await read("README.md")).split("### Scenarios\n")[1]!.split(
    "\nTransports: ",
  )[0]!;
  const [byDefault, onDemand] = section.split("on demand").map((text) =>
    [...text.matchAll(/^\| `([a-z-]+)` +\| ([^|]*\?) +\| (\S[^|]*) \|$/gm)].map((
      [, id, question],
    ) => [id, question])
  );
  const rows = (wanted: boolean) =>
    scenarios.filter((one) => (one.onDemand ?? false) === wanted)
      .map(({ id, question }) => [id, question]);
  assertEquals(byDefault, rows(false));
  assertEquals(onDemand, rows(true));
});

/** Made again by `deno task sockbench report reports/sample.json --out reports/sample.md`. */
Deno.test("the committed sample is what report makes of its record", async () => {
  const { decodeRecord } = await import("../src/record/codec.ts");
  const { reportFormats } = await import("../src/report/registry.ts");
  const record = decodeRecord(await read("reports/sample.json"), "reports/sample.json");
  assertEquals(record.partial, false);
  assertEquals(record.settings.profile, "standard");
  const { text, files } = reportFormats.get("md")!.renderWithFiles!(record, "sample-charts");
  assertEquals(await read("reports/sample.md"), text);
  const written = Deno.readDir(new URL("reports/sample-charts/", ROOT));
  const names = (await Array.fromAsync(written)).map(({ name }) => name).sort();
  assertEquals(names, [...files.keys()].sort());
  for (const [name, svg] of files) assertEquals(await read(`reports/sample-charts/${name}`), svg);
});
