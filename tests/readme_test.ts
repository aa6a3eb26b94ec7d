import { assert, assertEquals } from "@std/assert";
import { figuresIn, findQuotations, pages, plainLine } from "../docs/tools/pages.ts";

const ROOT = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

Deno.test("every line that a page quotes from a report stands in that report", async () => {
  let count = 0;
  for (const { path, text } of await pages()) {
    for (const { source, lines } of findQuotations(text, "from")) {
      const known = new Set((await read(source)).split("\n").map(plainLine));
      assertEquals(lines.filter((line) => !known.has(plainLine(line))), [], `${path}: ${source}`);
      count += lines.length;
    }
  }
  assert(count > 80, `${count} lines`);
});

/** Whether a figure stands in a text, and not as the end of a longer one: 1.3 µs is not in "11.3 µs". */
function stands(figure: string, text: string): boolean {
  const escaped = figure.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\d.,])${escaped}(?!\\d)`).test(text);
}

Deno.test("every figure that a sentence takes from a report stands in that report", async () => {
  let count = 0;
  for (const { path, text } of await pages()) {
    for (const { source, lines } of findQuotations(text, "figures")) {
      const known = await read(source);
      const figures = figuresIn(lines.join(" "));
      assert(figures.length > 0, `${path}: ${source}`);
      assertEquals(figures.filter((figure) => !stands(figure, known)), [], `${path}: ${source}`);
      count += figures.length;
    }
  }
  assert(count >= 15, `${count} figures`);
});

Deno.test("a figure that is not in the report is found", () => {
  assertEquals(figuresIn("2.08× as fast, 11.3 µs, [0.881, 1.045], 0 of 30, 43.9 ms and 64 B"), [
    "2.08×",
    "11.3 µs",
    "[0.881, 1.045]",
    "0 of 30",
    "43.9 ms",
    "64 B",
  ]);
  assert(stands("11.3 µs", "it took 11.3 µs [11.0, 11.9]"));
  assert(!stands("1.3 µs", "it took 11.3 µs") && !stands("0 of 3", "0 of 30"));
});

Deno.test("the README is a front door: at most 350 lines and 1,500 words", async () => {
  const readme = await read("README.md");
  assert(readme.split("\n").length - 1 <= 350);
  assert(readme.split(/\s+/).filter((word) => word !== "").length <= 1500);
});

Deno.test("each recipe of the README stands in the guide that it links to, word for word", async () => {
  const readme = await read("README.md");
  const rows = [...readme.matchAll(/^\| .*?\| `(.*?)` +\| \[.*?\]\((.*?)\)/gm)];
  assert(rows.length > 8, `${rows.length} recipes`);
  for (const [, command, guide] of rows) {
    // A blank is more of the command: what follows may be the end of a line, of code, or a comment.
    const found = (await read(guide!)).split(`sockbench ${command}`).slice(1);
    assert(found.some((rest) => /^(?:`|\n| +#)/.test(rest)), `${guide}: ${command}`);
  }
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
