// `deno task docs`: the documentation and the reports as a static site, written with the suite's own page: no framework, no request beside
// the pages themselves, by day and by night, on a phone, under a Content-Security-Policy.

import { extname, relative } from "node:path/posix";
import { Html, markup } from "../../src/report/write/html/html_text.ts";
import { openPart, renderPage } from "../../src/report/write/html/page.ts";
import { type HtmlPage, markdownPage } from "./markdown_html.ts";
import { type Page, pages, ROOT } from "./pages.ts";

/** Pages of the site, by their path in it. */
export type Site = ReadonlyMap<string, string>;

/** Makes the site. */
export async function buildSite(): Promise<Site> {
  const sources = [...await pages(), ...await reports()];
  const places = new Map(sources.map(({ path }) => [path, placeOf(path)]));
  const pictures = await picturesOf(sources);
  const read = sources.map(({ path, text }) => ({
    place: places.get(path)!,
    page: markdownPage(text, (target) => resolve(target, path, places, pictures)),
  }));
  return new Map([
    ...read.map(({ place, page }) => [place, pageHtml(place, page)] as const),
    ["search.html", searchPage(read)],
  ]);
}

async function reports(): Promise<Page[]> {
  const found: Page[] = [];
  for await (const { name } of Deno.readDir(new URL("reports/", ROOT))) {
    if (!name.endsWith(".md") || name.startsWith("latest")) continue;
    const path = `reports/${name}`;
    found.push({ path, text: await Deno.readTextFile(new URL(path, ROOT)) });
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

function placeOf(path: string): string {
  return path.replace(/README\.md$/, "index.html").replace(/\.md$/, ".html");
}

/** Where a file of the repository is, as a page names it. */
function fileAt(target: string, path: string): string {
  return new URL(target, new URL(path, ROOT)).pathname.slice(ROOT.pathname.length);
}

function resolve(
  target: string,
  path: string,
  places: ReadonlyMap<string, string>,
  pictures: ReadonlyMap<string, string>,
): string | undefined {
  if (target.includes("://") || target.startsWith("#")) return target;
  const [file = "", anchor] = target.split("#");
  const source = fileAt(file, path);
  const picture = pictures.get(source);
  if (picture !== undefined) return picture;
  const place = places.get(source);
  if (place === undefined) return undefined;
  const from = placeOf(path).replace(/[^/]*$/, "");
  return relative(from, place) + (anchor === undefined ? "" : `#${anchor}`);
}

/** Pictures stand in the page: its policy admits no other. */
async function picturesOf(sources: readonly Page[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { path, text } of sources) {
    for (const [, target] of text.matchAll(/!\[[^\]]*\]\(([^)\s]+)\)/g)) {
      const file = fileAt(target!, path);
      if (found.has(file)) continue;
      const type = extname(file) === ".svg" ? "image/svg+xml" : "image/png";
      const bytes = await Deno.readFile(new URL(file, ROOT));
      found.set(file, `data:${type};base64,${bytes.toBase64()}`);
    }
  }
  return found;
}

const SITE_STYLE = `
.part>*,.lead{max-width:60rem}
.lead{margin-top:1.25rem}
img{max-width:100%;height:auto}
pre{background:var(--shade);border-radius:6px;padding:.75rem 1rem;overflow-x:auto;margin:.75rem 0}
blockquote{margin:.75rem 0;padding:0 0 0 1rem;border-left:3px solid var(--line)}
.scroll{overflow-x:auto;max-width:100%;margin:.75rem 0}
.plain{border-collapse:collapse;font-size:.9375rem}
.plain th,.plain td{padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;min-width:6rem;overflow-wrap:break-word}
.plain td.number{text-align:right;font-variant-numeric:tabular-nums}
.search{font:inherit;width:100%;max-width:36rem;padding:.5rem .75rem;border:1px solid var(--muted);border-radius:6px;background:var(--card);color:var(--ink)}
.hits{list-style:none;padding:0}
.hits li{padding:.3rem 0}
`;

function pageHtml(place: string, page: HtmlPage): string {
  const up = (target: string) => relative(place.replace(/[^/]*$/, ""), target);
  const parts = page.sections.map(({ id, title, content }) =>
    openPart(id, title, markup`<div class="part">${content}</div>`)
  );
  const rest = ([["index.html", "Start"], ["docs/index.html", "Documentation"], [
    "search.html",
    "Search",
  ]] as const)
    .map(([target, title]) => markup`<a href="${up(target)}">${title}</a>`);
  return renderPage({
    title: `${page.title} · sockbench`,
    heading: page.title,
    subtitle: rest,
    contents: parts.length === 0 ? [{ id: "content", title: page.title }] : parts,
    body: [
      markup`<div class="lead" id="content">${page.lead}</div>\n`,
      ...parts.map(({ content }) => content),
    ],
    pictureStyle: SITE_STYLE,
  });
}

/** Filters the list by what is typed: every word must stand in a heading, its page's title, or its text. */
const SEARCH_SCRIPT = `
(() => {
  const field = document.querySelector(".search");
  const hits = [...document.querySelectorAll(".hits li")];
  const count = document.querySelector(".count");
  const show = () => {
    const words = field.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
    let shown = 0;
    for (const hit of hits) {
      const text = hit.textContent.toLowerCase() + " " + (hit.dataset.words ?? "");
      hit.hidden = !words.every((word) => text.includes(word));
      if (!hit.hidden) shown++;
    }
    count.textContent = shown + " of " + hits.length + " parts";
  };
  field.closest("p").hidden = false;
  field.addEventListener("input", show);
  show();
})();
`;

function searchPage(read: readonly { readonly place: string; readonly page: HtmlPage }[]): string {
  const hits = read.flatMap(({ place, page }) => [
    hit(place, page.title, "", page.lead),
    ...page.sections.map(({ id, title, content }) =>
      hit(`${place}#${id}`, page.title, title, content)
    ),
  ]);
  const part = openPart(
    "pages",
    "Pages and their parts",
    markup`<p hidden><label>Words: <input class="search" type="search"></label></p>
<p class="count" role="status"></p>
<ul class="hits">
${hits}</ul>
`,
  );
  return renderPage({
    title: "Search · sockbench",
    heading: "Search",
    subtitle: [
      markup`<a href="index.html">Start</a>`,
      markup`<a href="docs/index.html">Documentation</a>`,
    ],
    contents: [part],
    body: [part.content],
    pictureStyle: SITE_STYLE,
    script: SEARCH_SCRIPT,
  });
}

function hit(target: string, title: string, part: string, content: Html): Html {
  const words = new Set(
    content.text.replace(/src="[^"]*"/g, "").replace(/<[^>]*>|&\w+;/g, " ").toLowerCase()
      .match(/[\p{L}][\p{L}\d_-]{2,}/gu) ?? [],
  );
  return markup`<li data-words="${[...words].slice(0, 400).join(" ")}"><a href="${target}">${
    part === "" ? title : `${title}: ${part}`
  }</a></li>
`;
}

/** Writes the site into a folder, with the schemas that editors read. */
export async function writeSite(folder: string): Promise<number> {
  const site = await buildSite();
  for (const [place, text] of site) {
    const path = `${folder}/${place}`;
    await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
  await Deno.mkdir(`${folder}/reports/schema`, { recursive: true });
  for await (const { name } of Deno.readDir(new URL("reports/schema/", ROOT))) {
    await Deno.copyFile(
      new URL(`reports/schema/${name}`, ROOT),
      `${folder}/reports/schema/${name}`,
    );
  }
  return site.size;
}

if (import.meta.main) {
  const count = await writeSite("site");
  await Deno.stdout.write(
    new TextEncoder().encode(`site/: ${count} pages, from site/index.html on\n`),
  );
}
