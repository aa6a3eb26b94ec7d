/** The pages in a real browser: what only a browser can say of them. */

import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { largeRecord } from "../../bench/validation/ratios/large_record.ts";
import { decodeRecord } from "../../src/record/codec.ts";
import type { RunRecord } from "../../src/model/run_record.ts";
import { evaluate } from "../../src/report/build/evaluation.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { comparisonFormats } from "../../src/report/registry.ts";
import { AXE, BROWSERS, openFromDisk, startChromium } from "../support/chromium.ts";
import { needs, oneOf } from "../support/needs.ts";
import { hostileRecord, sampleRecord } from "../support/sample_record.ts";
import { samplePairedComparison } from "./gate_sample.ts";
import { pageOf, tablesOf } from "./read_document.ts";

/** What is looked at in one browser, as starting it takes longer than looking. */
const LOOKS: [name: string, look: (browser: Browser) => Promise<void>][] = [];

function browserTest(name: string, look: (browser: Browser) => Promise<void>): void {
  LOOKS.push([name, look]);
}

const QUIET = { messages: [], requests: ["file://page.html"], dialogs: [] };

async function standardRecord(): Promise<RunRecord> {
  const file = new URL("../../reports/sample.json", import.meta.url);
  return decodeRecord(await Deno.readTextFile(file), "sample.json");
}

function comparisonPage(): string {
  const [base, head] = [sampleRecord({ rounds: 3 }), sampleRecord({ rounds: 4 })];
  return comparisonFormats.get("html")!.render({
    ...samplePairedComparison(),
    records: { base, head },
  });
}

/** All folds open, as a reader who looks at everything has them. */
const unfold = (page: Page) =>
  page.$$eval("details", (all) => all.forEach((one) => one.setAttribute("open", "")));

const overflow = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");

browserTest(
  "a page opens from disk without a message, without a request, and fits a screen, a phone and a small phone",
  async (browser) => {
    const pages = [
      ["standard run", pageOf(await standardRecord())],
      ["10,000 trials", pageOf(largeRecord(10_000))],
      ["hostile names", pageOf(hostileRecord())],
      ["comparison", comparisonPage()],
    ] as const;
    for (const [name, html] of pages) {
      // What prefers the dark changes colours, and no widths.
      for (const [scheme, widths] of [["light", [1280]], ["dark", [390, 360]]] as const) {
        const seen = await openFromDisk(
          browser,
          html,
          { scheme, width: widths[0] },
          async (page) => {
            for (const folded of [true, false]) {
              if (!folded) await unfold(page);
              for (const width of widths) {
                await page.setViewportSize({ width, height: 800 });
                assertEquals(await overflow(page), 0, `${name}, folded: ${folded}, ${width} px`);
              }
            }
          },
        );
        assertEquals(seen, QUIET, `${name}, ${scheme}`);
      }
    }
  },
);

browserTest("axe-core finds no violation in any page, by day and by night", async (browser) => {
  const day = ["light", [1280]] as const;
  const night = ["dark", [390]] as const;
  const pages = [
    [pageOf(sampleRecord()), [day, night]],
    [pageOf(hostileRecord()), [night]],
    [comparisonPage(), [day]],
  ] as const;
  for (const [html, views] of pages) {
    for (const [scheme, widths] of views) {
      for (const width of widths) {
        await openFromDisk(browser, html, { scheme, width }, async (page) => {
          await unfold(page);
          await page.evaluate(axe.source);
          const { violations, passes } = await page.evaluate<axe.AxeResults>(AXE);
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
          assertEquals(found, []);
          assert(passes.length > 20, "axe-core looked at the page");
        });
      }
    }
  }
});

/** The shown rows of a table: what a column is sorted by. */
const valuesOf = (page: Page, table: string, column: number) =>
  page.$$eval(
    `#${table} tbody tr:not([hidden])`,
    (rows, index) =>
      rows.map((row) => {
        const cell = row.children[index]!;
        return cell.getAttribute("data-value") ?? cell.textContent;
      }),
    column,
  );

browserTest(
  "a heading sorts its table, up, down and back, numbers as numbers and blanks last, by keyboard too",
  async (browser) => {
    const seen = await openFromDisk(browser, pageOf(sampleRecord()), {}, async (page) => {
      await unfold(page);
      const table = "nagle-metrics";
      const original = await valuesOf(page, table, 0);
      const heads = await page.$$eval(
        `#${table} thead th`,
        (all) => all.map((th) => th.textContent),
      );
      const column = heads.findIndex((head) => head?.startsWith("p50"));
      const choices = heads.indexOf("nagle");
      const button = page.locator(`#${table} thead th`).nth(column).getByRole("button");
      const numbers = (await valuesOf(page, table, column)).map(Number);
      const sort = () => page.locator(`#${table} thead th`).nth(column).getAttribute("aria-sort");
      assertEquals(await sort(), "none");
      await button.click();
      assertEquals(
        (await valuesOf(page, table, column)).map(Number),
        numbers.toSorted((a, b) => a - b),
      );
      assertEquals(await sort(), "ascending");
      await button.press("Enter");
      assertEquals(
        (await valuesOf(page, table, column)).map(Number),
        numbers.toSorted((a, b) => b - a),
      );
      assertEquals(await sort(), "descending");
      await button.press("Space");
      assertEquals([await valuesOf(page, table, 0), await sort()], [original, "none"]);
      const byChoice = page.locator(`#${table} thead th`).nth(choices).getByRole("button");
      for (const _direction of ["ascending", "descending"]) {
        await byChoice.click();
        const values = await valuesOf(page, table, choices);
        const blanks = values.filter((value) => value === "–").length;
        assert(blanks > 0 && blanks < values.length);
        assertEquals(values.slice(-blanks), Array(blanks).fill("–"));
      }
    });
    assertEquals(seen, QUIET);
  },
);

browserTest(
  "words and choices filter a table, and the count says how many are left",
  async (browser) => {
    const seen = await openFromDisk(browser, pageOf(sampleRecord()), {}, async (page) => {
      await unfold(page);
      const box = page.locator(".table", { has: page.locator("#buffer-size-metrics") });
      const count = box.getByRole("status");
      const shown = async () => [
        await box.locator("tbody tr:visible").count(),
        await count.textContent(),
      ];
      assertEquals(await shown(), [24, "24 cases"]);
      await box.getByLabel("transport").selectOption("unix");
      assertEquals(await shown(), [12, "12 of 24 cases"]);
      await box.getByLabel("read").selectOption("512 B");
      assertEquals(await shown(), [3, "3 of 24 cases"]);
      await box.getByRole("searchbox").fill("64 KIB unix");
      assertEquals(await shown(), [1, "1 of 24 cases"]);
      await box.getByRole("searchbox").fill("no such words");
      assertEquals(await shown(), [0, "0 of 24 cases"]);
      await box.getByRole("searchbox").fill("");
      await box.getByLabel("transport").selectOption("all");
      await box.getByLabel("read").selectOption("all");
      assertEquals(await shown(), [24, "24 cases"]);
    });
    assertEquals(seen, QUIET);
  },
);

browserTest(
  "the button turns the light off and on, for the charts too, whatever the system prefers",
  async (browser) => {
    const grounds = (page: Page) =>
      page.evaluate<string[]>(
        `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector("svg .bg")).fill]`,
      );
    const html = pageOf(sampleRecord());
    const bySystem: Record<string, string[]> = {};
    for (const scheme of ["light", "dark"] as const) {
      await openFromDisk(browser, html, { scheme }, async (page) => {
        bySystem[scheme] = await grounds(page);
      });
    }
    assert(bySystem.light!.every((ground, index) => ground !== bySystem.dark![index]));
    for (const [scheme, other] of [["light", "dark"], ["dark", "light"]] as const) {
      const seen = await openFromDisk(browser, html, { scheme }, async (page) => {
        const button = page.locator("button.theme");
        assertEquals(await button.textContent(), scheme === "light" ? "Dark" : "Light");
        await button.click();
        assertEquals(await grounds(page), bySystem[other]);
        await page.reload();
        assertEquals(await grounds(page), bySystem[other], "kept when the page is opened again");
        await button.click();
        assertEquals(await grounds(page), bySystem[scheme]);
      });
      assertEquals(seen.messages, []);
    }
  },
);

browserTest(
  "every number in charts and tables, read back from the page, is that of the record",
  async (browser) => {
    const record = await standardRecord();
    const { summaries } = evaluate(record);
    const known = new Map(summaries.map((one) => [`${one.case} ${one.metric}`, one]));
    await openFromDisk(browser, pageOf(record), {}, async (page) => {
      const points = await page.$$eval(
        "svg [data-case][data-metric][data-value][data-low][data-high][data-n]",
        (all) =>
          all.map((one) => ({
            key: `${one.getAttribute("data-case")} ${one.getAttribute("data-metric")}`,
            figures: ["value", "low", "high", "n"].map((name) =>
              Number(one.getAttribute(`data-${name}`))
            ),
          })),
      );
      assert(points.length > 100, `${points.length} points`);
      for (const { key, figures } of points) {
        const { median, low, high, n } = known.get(key)!;
        assertEquals(figures, [median, low, high, n], key);
      }
      const values = await page.$$eval(
        "td[data-value]:has(details)",
        (all) => all.map((one) => Number(one.getAttribute("data-value"))),
      );
      const cells = tablesOf(buildRecordDocument(record))
        .flatMap(({ rows }) => rows.flatMap((row) => row.cells))
        .flatMap((cell) => cell?.kind === "figure" || cell?.kind === "ratio" ? [cell.value] : []);
      assertEquals(values.sort(), cells.sort());
    });
  },
);

browserTest("hostile names are text and nothing else", async (browser) => {
  const html = pageOf(hostileRecord());
  const seen = await openFromDisk(browser, html, {}, async (page) => {
    await unfold(page);
    const count = (selector: string) => page.locator(selector).count();
    assertEquals(await count("script"), 1);
    assertEquals(await count("img, iframe, object, form, b, u, i"), 0);
    assertEquals(
      await page.$$eval(
        "a[href]",
        (all) => all.filter((one) => !one.getAttribute("href")!.startsWith("#")).length,
      ),
      0,
    );
    const text = await page.locator("main").innerText();
    assert(text.includes("<script>alert(1)</script>"));
    assert(text.includes("👩‍👩‍👧 名前"));
    const tables = await page.locator("table").allInnerTexts();
    assert(!tables.join().includes("x".repeat(200)), "cut where nobody reads on");
    for (const button of await page.locator("thead button").all()) await button.click();
  });
  assertEquals(seen, QUIET);
});

browserTest(
  "without scripts everything can be read, and no control is shown that would do nothing",
  async (browser) => {
    const html = pageOf(sampleRecord());
    await openFromDisk(browser, html, { scripts: false }, async (page) => {
      assertEquals(await page.locator("button:visible, input:visible, select:visible").count(), 0);
      for (const summary of await page.locator("details.fold > summary").all()) {
        await summary.click();
      }
      assertEquals(await page.locator("#buffer-size-metrics tbody tr:visible").count(), 24);
      const figure = page.locator("#round-trip-table details.figure").first();
      await figure.locator("summary").click();
      assert(await figure.getByText(/95 % interval, \d+ trials/).isVisible());
    });
  },
);

browserTest(
  "the keyboard reaches the findings, folds and figures; a link into a fold opens it",
  async (browser) => {
    const seen = await openFromDisk(browser, pageOf(sampleRecord()), {}, async (page) => {
      await page.keyboard.press("Tab");
      assertEquals(await page.locator(":focus").innerText(), "Skip to Findings");
      const figure = page.locator("#round-trip-table details.figure").first();
      await figure.locator("summary").focus();
      await page.keyboard.press("Enter");
      assert(await figure.locator("p").isVisible());
      await page.keyboard.press("Enter");
      assert(await figure.locator("p").isHidden());
      const method = page.locator("#method dl");
      assert(await method.isHidden());
      await page.locator("nav").getByText("Method").press("Enter");
      await method.waitFor({ state: "visible" });
      const all = page.locator("#round-trip").getByRole("button", { name: "Show sample sizes" });
      await all.press("Space");
      assertEquals(await all.getAttribute("aria-pressed"), "true");
      assertEquals(await page.locator("#round-trip-table details:not([open])").count(), 0);
    });
    assertEquals(seen, QUIET);
  },
);

browserTest("on paper everything is unfolded and no control is left", async (browser) => {
  await openFromDisk(browser, pageOf(sampleRecord()), { scheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assertEquals(
      await page.locator("nav:visible, .tools:visible, button.theme:visible").count(),
      0,
    );
    for (const id of ["method", "environment", "guide"]) {
      assert(await page.locator(`#${id} dl`).isVisible(), id);
    }
    // What is left of A4 between its margins.
    await page.setViewportSize({ width: 718, height: 1000 });
    assertEquals(await overflow(page), 0);
    const ink = await page.evaluate("getComputedStyle(document.body).color");
    assertEquals(ink, "rgb(27, 31, 36)");
  });
});

browserTest(
  "a table wider than its box hints at the columns to the right until they were seen",
  async (browser) => {
    const hint = (page: Page) =>
      page.evaluate<string>(
        `getComputedStyle(document.querySelector(".table:has(#round-trip-table)"), "::after").content`,
      );
    const html = pageOf(sampleRecord());
    await openFromDisk(browser, html, { width: 390 }, async (page) => {
      assert((await hint(page)).includes("More to the right"));
      await page.locator(".table:has(#round-trip-table) .scroll").evaluate((box) => {
        box.scrollLeft = box.scrollWidth;
      });
      // Not waitForFunction(): it evaluates a text, which the page's policy forbids.
      await page.locator(".table:has(#round-trip-table)").evaluate(async (table) => {
        const { getComputedStyle, requestAnimationFrame } = table.ownerDocument.defaultView!;
        while (getComputedStyle(table, "::after").content !== "none") {
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      });
    });
    await openFromDisk(browser, html, { width: 1280 }, async (page) => {
      assertEquals(await hint(page), "none");
    });
  },
);

Deno.test({
  ...needs("what only a browser can say of the pages", oneOf(...BROWSERS)),
  async fn(t) {
    await using browser = await startChromium();
    for (const [name, look] of LOOKS) await t.step(name, () => look(browser));
  },
});
