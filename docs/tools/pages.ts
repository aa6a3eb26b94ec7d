// The pages of the documentation, and what a page takes from elsewhere: quotations, figures, links, sessions.

/** The repository. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** A page: its path in the repository, and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Pages beside those in docs/. */
const FRONT = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];

/** Every page, by path. */
export async function pages(): Promise<Page[]> {
  const paths = [...FRONT, ...await markdownBelow("docs/")].sort();
  return await Promise.all(
    paths.map(async (path) => ({ path, text: await Deno.readTextFile(new URL(path, ROOT)) })),
  );
}

async function markdownBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) found.push(...await markdownBelow(`${folder}${name}/`));
    else if (name.endsWith(".md")) found.push(`${folder}${name}`);
  }
  return found;
}

/** Lines between `<!-- from: FILE -->` and `<!-- /from -->` (or `figures`), with the file's path. */
export interface Quotation {
  readonly source: string;
  readonly lines: readonly string[];
}

/** Quotations of a page: whole lines (`from`), or sentences whose figures are taken from a report (`figures`). */
export function findQuotations(text: string, kind: "from" | "figures"): Quotation[] {
  const marked = new RegExp(`<!-- ${kind}: (\\S+) -->\\n([\\s\\S]*?)<!-- /${kind} -->`, "g");
  return [...text.matchAll(marked)].map(([, source, body]) => ({
    source: source!,
    lines: body!.split("\n").map((line) => line.trim()).filter((line) => line !== ""),
  }));
}

/** A line without what formatting adds: padded cells of tables, and the lengths of their rules. */
export function plainLine(line: string): string {
  return line.replace(/\s*\|\s*/g, "|").replace(/:?-+:?/g, "-").trim();
}

const FIGURE =
  /\[[\d.]+, [\d.]+\]|\d+ of \d+|\d[\d.,]*(?:×| ?(?:%|ns|µs|ms|[KMG]?i?B(?:\/s)?)(?![\w/]))/g;

/** Figures of a sentence: numbers with a unit, intervals, and counts such as `0 of 30`. */
export function figuresIn(text: string): string[] {
  return text.match(FIGURE) ?? [];
}

/** A link of a page: what stands in its parentheses, split. */
export interface Link {
  /** Address, or path from the page; empty: this page. */
  readonly path: string;
  /** Without #; absent: the top. */
  readonly anchor?: string;
}

/** Links and pictures of a page that stand outside of code. */
export function linksIn(text: string): Link[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => {
    const [path = "", anchor] = target!.split("#");
    return anchor === undefined ? { path } : { path, anchor };
  });
}

/** A text without its fenced blocks and code spans. */
export function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
}

/** Anchors of a page, as code hosts make them of headings, and those set by hand. */
export function anchorsOf(text: string): Set<string> {
  const outside = text.replace(/^```[\s\S]*?^```$/gm, "");
  const seen = new Map<string, number>();
  const headings = [...outside.matchAll(/^#{1,6} (.+)$/gm)].map(([, title]) => {
    const slug = slugOf(title!);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  const byHand = [...outside.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!);
  return new Set([...headings, ...byHand]);
}

/** The anchor of a heading. */
export function slugOf(title: string): string {
  return title.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");
}
