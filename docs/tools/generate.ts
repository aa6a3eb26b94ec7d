// `deno task docs:generate`: makes again what pages take from elsewhere: the generated reference, sessions, and lines quoted from reports.

import { budgetJsonSchema } from "../../src/gate/budget_file.ts";
import { pages, plainLine, ROOT } from "./pages.ts";
import { TERMINAL, terminalPicture } from "./pictures.ts";
import { referencePages } from "./reference_pages.ts";
import { replaySessions } from "./sessions.ts";

const GATE_SCHEMA = "reports/schema/gate.schema.json";

/** Every page that anything is generated for, by path, as it should be now. */
export async function generatePages(): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  for (const [path, text] of referencePages()) made.set(path, await format(text));
  made.set(GATE_SCHEMA, `${JSON.stringify(budgetJsonSchema(), null, 2)}\n`);
  made.set(TERMINAL, await terminalPicture());
  for (const { path, text } of await pages()) {
    if (made.has(path)) continue;
    const fresh = await refreshQuotations(await replaySessions(text));
    if (fresh !== text || fresh.includes("```console")) made.set(path, await format(fresh));
  }
  return made;
}

/** The text as `deno fmt` leaves it. */
async function format(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--ext", "md", "--line-width", "100", "--prose-wrap", "preserve", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

const QUOTED = /(<!-- from: (\S+) -->\n)([\s\S]*?)(?=<!-- \/from -->)/g;

/** Puts the line of the report in the place of each quoted line that differs from it in figures alone. */
export async function refreshQuotations(text: string): Promise<string> {
  const reports = new Map<string, readonly string[]>();
  for (const [, , source] of text.matchAll(QUOTED)) {
    reports.set(source!, (await Deno.readTextFile(new URL(source!, ROOT))).split("\n"));
  }
  return text.replace(
    QUOTED,
    (_, open: string, source: string, body: string) =>
      open + body.split("\n").map((line) => nearest(line, reports.get(source)!)).join("\n"),
  );
}

/** The report's line with the same words; of several the one that begins most alike. */
function nearest(line: string, report: readonly string[]): string {
  if (line.trim() === "" || report.some((one) => plainLine(one) === plainLine(line))) return line;
  const same = report.filter((one) => withoutFigures(one) === withoutFigures(line))
    .map((one) => ({ one, alike: lengthAlike(plainLine(one), plainLine(line)) }))
    .sort((a, b) => b.alike - a.alike);
  const [first, second] = same;
  return first === undefined || first.alike === second?.alike ? line : first.one;
}

function lengthAlike(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function withoutFigures(line: string): string {
  return plainLine(line).replace(/\*\*/g, "").replace(/[+-]?\d[\d.,\u202f\u2009]*/g, "#")
    .replace(/(?:[kMG]i?)?B\/s|[nµm]s\b/g, "unit");
}

if (import.meta.main) {
  for (const [path, text] of await generatePages()) {
    if (await Deno.readTextFile(new URL(path, ROOT)).catch(() => "") === text) continue;
    await Deno.writeTextFile(new URL(path, ROOT), text);
    await Deno.stdout.write(new TextEncoder().encode(`${path}\n`));
  }
}
