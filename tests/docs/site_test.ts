import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import { markdownPage } from "../../docs/tools/markdown_html.ts";
import { buildSite } from "../../docs/tools/site.ts";
import { AXE, BROWSERS, openFromDisk, startChromium } from "../support/chromium.ts";
import { needs, oneOf } from "../support/needs.ts";

const site = await buildSite();

Deno.test("the site has a page for each page of the documentation and each report, and every link in it leads to one", () => {
  for (const place of ["index.html", "docs/index.html", "reports/sample.html", "search.html"]) {
    assert(site.has(place), place);
  }
  const ids = new Map(
    [...site].map(([place, text]) =>
      [place, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!))] as const
    ),
  );
  let count = 0;
  for (const [place, text] of site) {
    for (const [, target] of text.matchAll(/<a (?:class="\w+" )?href="([^"]+)"/g)) {
      if (target!.includes("://")) continue;
      const { pathname, hash } = new URL(target!, `file:///${place}`);
      const found = ids.get(pathname.slice(1));
      assert(found !== undefined, `${place}: ${target}`);
      const id = decodeURIComponent(hash.slice(1));
      assert(hash === "" || found?.has(id), `${place}: ${target}`);
      count++;
    }
  }
  assert(count > 500, `${count} links`);
});

Deno.test("Markdown becomes markup, and nothing that stands in it does", () => {
  const text = [
    "# Title `x`",
    "<!-- gone -->",
    "Lead **bold** *em* \\*star\\* [link](a.md) <script>alert(1)</script>",
    "## Part",
    "| a | b \\| c |",
    "| - | --: |",
    "| `1 < 2` | 3 |",
    "1. one",
    "   more",
    "2. two",
    "```sh",
    "# no heading",
    "```",
  ].join("\n");
  const { title, lead, sections } = markdownPage(text, () => "a.html");
  assertEquals(title, "Title x");
  assertEquals(
    lead.text,
    '<p>Lead <strong>bold</strong> <em>em</em> *star* <a href="a.html">link</a> &lt;script&gt;alert(1)&lt;/script&gt;</p>\n',
  );
  const [part] = sections;
  assertEquals([sections.length, part!.id, part!.title], [1, "part", "Part"]);
  const { text: html } = part!.content;
  assert(html.includes('<th scope="col">b | c</th>'), html);
  assert(html.includes('<td><code>1 &lt; 2</code></td><td class="number">3</td>'), html);
  assert(html.includes("<ol>\n<li>one\nmore</li>\n<li>two</li>\n</ol>"), html);
  assert(html.includes('<pre tabindex="0"><code># no heading</code></pre>'), html);
});

/** Every kind of page, by day and by night: what all share is seen on the first. */
const VIEWS = [
  ["index.html", "light", 1280],
  ["index.html", "dark", 390],
  ["docs/how-to/decide-about-nagle.html", "dark", 390],
  ["docs/reference/command-line.html", "light", 390],
  ["reports/claims.html", "dark", 1280],
  ["search.html", "light", 1280],
] as const;

async function looksRight(
  browser: Browser,
  [place, scheme, width]: (typeof VIEWS)[number],
): Promise<void> {
  const seen = await openFromDisk(browser, site.get(place)!, { scheme, width }, async (page) => {
    const overflow = await page.evaluate<number>(
      "document.documentElement.scrollWidth - innerWidth",
    );
    assertEquals(overflow, 0, `${place}, ${width} px`);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>(AXE);
    assertEquals(
      violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
      [],
      `${place}, ${scheme}`,
    );
  });
  assertEquals(seen, { messages: [], requests: ["file://page.html"], dialogs: [] }, place);
}

async function searches(browser: Browser): Promise<void> {
  await openFromDisk(browser, site.get("search.html")!, {}, async (page) => {
    const shown = () =>
      page.$$eval(
        ".hits li",
        (all) =>
          all.filter((one) => (one as unknown as { hidden: boolean }).hidden === false)
            .map((one) => one.textContent ?? ""),
      );
    const all = (await shown()).length;
    await page.fill(".search", "nagle setNoDelay");
    const hits = await shown();
    assert(hits.length > 0 && hits.length < all / 4, `${hits.length} of ${all}`);
    assert(
      hits.some((one) => one.startsWith("What does Nagle's algorithm cost?")),
      hits.join("\n"),
    );
    await page.fill(".search", "xyzzy");
    assertEquals(await shown(), []);
  });
}

Deno.test({
  ...needs("what only a browser can say of the site", oneOf(...BROWSERS)),
  async fn(t) {
    await using browser = await startChromium();
    for (const view of VIEWS) {
      await t.step(
        `${
          view.join(" ")
        } opens without a message or a request, fits, and axe-core finds no violation`,
        () => looksRight(browser, view),
      );
    }
    await t.step("the search shows the parts that hold every word", () => searches(browser));
  },
});
