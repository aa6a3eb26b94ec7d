import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { largeRecord } from "../../bench/large_record.ts";
import { decodeRecord } from "../../src/record/codec.ts";
import type { EvidenceTable } from "../../src/report/document.ts";
import { buildReport } from "../../src/report/build_report.ts";
import { comparisonFormats } from "../../src/report/gate_registry.ts";
import type { GateReport } from "../../src/report/gate_text.ts";
import { hashSource } from "../../src/report/html/content_hash.ts";
import { evidenceHtml, textTableHtml } from "../../src/report/html/facts_table_html.ts";
import { PAGE_SCRIPT } from "../../src/report/html/page_script.ts";
import { renderComparisonHtml } from "../../src/report/html/render_comparison_html.ts";
import { renderHtml } from "../../src/report/html/render_html.ts";
import { hostileRecord, sampleRecord } from "../support/sample_record.ts";
import { sampleComparison, samplePairedComparison } from "./gate_sample.ts";

const MEGABYTE = 2 ** 20;

/** The committed record of a standard run. */
async function standardRecord() {
  const file = new URL("../../reports/sample.json", import.meta.url);
  return decodeRecord(await Deno.readTextFile(file), "sample.json");
}

/** Hostile names on both sides, as a comparison of two records of them. */
function hostileComparison(): GateReport {
  const report = sampleComparison();
  const record = hostileRecord();
  const [name = "", other = ""] = record.cases.map(({ id }) => id);
  return {
    base: "<script>alert(1)</script>",
    head: `"'><img src=x onerror=alert(1)>`,
    records: { base: record, head: record },
    result: {
      ...report.result,
      summary: "<b>Regressed</b>",
      environmentDifferences: ["<i>kernel</i> \u202e differs"],
      cells: report.result.cells.map((cell, index) => ({
        ...cell,
        case: index % 2 === 0 ? name : other,
        reason: "</td><script>alert(1)</script>",
        warnings: ["<img src=x onerror=alert(1)>"],
      })),
    },
  };
}

/** Everything in angle brackets outside of script and style. */
function tagsOf(page: string): readonly string[] {
  return page.replace(/(<(script|style)>)[^]*?(<\/\2>)/g, "$1$3").match(/<[^>]*>/g) ?? [];
}

const PAGES: readonly (readonly [name: string, render: () => string])[] = [
  ["the sample record", () => renderHtml(sampleRecord())],
  ["a record with hostile names", () => renderHtml(hostileRecord())],
  ["a comparison", () => renderComparisonHtml(samplePairedComparison())],
  ["a comparison with hostile names", () => renderComparisonHtml(hostileComparison())],
];

for (const [name, render] of PAGES) {
  Deno.test(`the page of ${name} names no address, and its policy admits its own script and style only`, () => {
    const page = render();
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)?.[1];
    const texts = (tag: string) =>
      [...page.matchAll(new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`, "g"))].map(([, text]) => text!);
    assertEquals(texts("script"), [PAGE_SCRIPT]);
    assertEquals(texts("style").length, 1);
    assertEquals(policy?.split("; "), [
      "default-src 'none'",
      `style-src ${hashSource(texts("style")[0]!)}`,
      `script-src ${hashSource(PAGE_SCRIPT)}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ]);
    const tags = tagsOf(page);
    const links = tags.flatMap((tag) => [.../ (?:href|src)="([^"]*)"/g.exec(tag)?.slice(1) ?? []]);
    assertEquals(links.filter((link) => !/^#[a-z0-9-]+$/.test(link)).map((l) => l.slice(0, 19)), [
      "data:image/svg+xml,",
    ]);
    // No handler and no style in an attribute: the policy would refuse them, with an error in the console.
    const names = tags.map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));
    assertEquals(names.filter((tag) => / (on[a-z]+|style)=/.test(tag)), []);
  });

  Deno.test(`the page of ${name} has only tags that were meant, each closed, and every id once`, () => {
    const page = render();
    const empty = ["meta", "link", "input", "br", "wbr"];
    const open: string[] = [];
    for (const tag of tagsOf(page).slice(1)) {
      const [, slash, element = "", end] = /^<(\/?)([a-z0-9]+)[^>]*?(\/?)>$/i.exec(tag) ?? [];
      assert(element !== "", tag);
      if (slash === "/") assertEquals(open.pop(), element, tag);
      else if (end !== "/" && !empty.includes(element)) open.push(element);
    }
    assertEquals(open, []);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
    assertEquals(ids.filter((id, index) => ids.indexOf(id) !== index), []);
    const known = new Set(ids);
    const targets = [...page.matchAll(/ (?:href="#|aria-labelledby=")([^"]*)"/g)]
      .flatMap(([, id]) => id!.split(" "));
    assertEquals(targets.filter((id) => !known.has(id)), []);
  });
}

Deno.test("renderHtml() says in every part what the document says, findings first", () => {
  const record = sampleRecord();
  const report = buildReport(record);
  const page = renderHtml(record);
  const headings = [...page.matchAll(/<h2[^>]*>([^<]*?) ?</g)].map(([, heading]) => heading);
  assertEquals(headings, [
    "Findings",
    "How to read this",
    ...report.sections.map(({ scenario }) => scenario),
    "The run",
    "Warnings",
    "Left out",
    "Method",
    "Environment",
    "Run it again",
  ]);
  const items = page.match(/<li class="(difference|no-difference|unresolved|search)">/g) ?? [];
  assertEquals(items.length, report.findings.length + report.furtherFindings.length);
  for (const { name, value } of [...report.method, ...report.environment]) {
    assertStringIncludes(page, `<dt>${name}</dt><dd>${value.replaceAll("'", "&#39;")}</dd>`);
  }
  assertEquals(
    page.match(/<p class="placement">peer process<\/p>/g)?.length,
    report.sections.length,
  );
});

Deno.test("renderHtml() gives every figure its number, interval and sample size, and both of two speeds", () => {
  const record = sampleRecord();
  const page = renderHtml(record);
  const figures = [...page.matchAll(/<td[^>]* data-value="([^"]*)"><details class="figure">/g)];
  const cells = buildReport(record).sections.flatMap(({ comparative, detail }) =>
    [comparative, detail].flatMap((table) => table?.rows.flatMap((row) => row.cells) ?? [])
      .filter((cell) => cell !== null)
  );
  const comparisons = buildReport(record).comparisons.map(({ ratio }) => ratio);
  assertEquals(
    figures.map(([, value]) => Number(value)).sort(),
    [...cells.map(({ value }) => value), ...comparisons].sort(),
  );
  const said = page.match(/<p>\d+ % interval( [\d.\u202f]+ to [^<]*?)?, \d+ trials/g) ?? [];
  const speeds = page.match(/Two speeds of the machine: [^<]*; \d+ trials/g) ?? [];
  const single = cells.filter(({ n }) => n === 1).length;
  assertEquals(said.length + speeds.length + single, cells.length);
  assertEquals(speeds.length, cells.filter(({ twoSpeeds }) => twoSpeeds !== undefined).length);
  assert(speeds.length > 0);
});

Deno.test("renderHtml() says of a partial run how far it came, and of failed trials that there are no figures", () => {
  const record = sampleRecord({ rounds: 4, replace: { partial: true } });
  assertStringIncludes(
    renderHtml({ ...record, settings: { ...record.settings, rounds: 15 } }),
    "<strong>Partial run.</strong> The run ended early: 4 of 15 rounds were begun.",
  );
  const trials = record.trials.map(({ values: _, ...trial }) => ({
    ...trial,
    error: { kind: "timeout", message: "no reply within 2 s" },
  }));
  const page = renderHtml({ ...record, trials });
  assertStringIncludes(page, "No comparison could be made");
  assertStringIncludes(page, "No trial of this scenario has figures.");
});

Deno.test("renderHtml() stays below 1 MiB for a standard run and 5 MiB for 10,000 trials", async () => {
  const size = (page: string) => new TextEncoder().encode(page).length;
  assert(size(renderHtml(await standardRecord())) < MEGABYTE);
  assert(size(renderHtml(largeRecord(10_000))) < 5 * MEGABYTE);
});

Deno.test("evidenceHtml() is a table where something was counted, and one sentence where nothing was", () => {
  const table = (total: number): EvidenceTable => ({
    counters: [{ counter: "TcpExt.DelayedACKs", title: "delayed ACKs <b>" }],
    operation: "exchange",
    namespaceWide: true,
    polluted: false,
    rows: [{ case: "nagle/tcp", label: "tcp", trials: 15, operations: 45, totals: [total] }],
  });
  const page = evidenceHtml(table(41), "nagle-evidence").text;
  assertStringIncludes(page, "<span>delayed ACKs &lt;b&gt;</span>");
  assertStringIncludes(page, '<td data-value="45">45</td><td data-value="41">41</td>');
  const nothing = evidenceHtml(table(0), "nagle-evidence").text;
  assertMatch(
    nothing,
    /The kernel counted no delayed ACKs &lt;b&gt; in any measured interval\. They/,
  );
  assertEquals(nothing.includes("<table"), false);
});

Deno.test("textTableHtml() is a table of words, each escaped", () => {
  const table = textTableHtml({ caption: "Settings", columns: ["setting"], rows: [["<i>"]] }, "x");
  assertStringIncludes(table.text, '<p class="caption" id="x-caption">Settings.</p>');
  assertStringIncludes(table.text, '<th scope="row">&lt;i&gt;</th>');
});

Deno.test("renderComparisonHtml() shows what changed first, and both records side by side", () => {
  const [base, head] = [sampleRecord(), sampleRecord()].map((record, index) => ({
    ...record,
    environment: { ...record.environment, kernel: `6.${index}` },
  }));
  const page = renderComparisonHtml({
    ...samplePairedComparison(),
    records: { base: base!, head: head! },
  });
  const headings = [...page.matchAll(/<h2[^>]*>([^<]*?) ?</g)].map(([, heading]) => heading);
  assertEquals(headings.slice(0, 3), ["What changed", "How much", "All cells"]);
  assertMatch(
    page,
    /<th scope="row" class="label wrap">kernel<\/th><td[^>]*>6\.0<\/td><td[^>]*>6\.1<\/td>/,
  );
  const verdicts = [...page.matchAll(/<td class="label verdict ([a-z]+)">/g)].map(([, word]) =>
    word
  );
  assertEquals(verdicts[0], "regressed");
  assertEquals(comparisonFormats.get("html")?.render, renderComparisonHtml);
});

Deno.test("renderComparisonHtml() says so where nothing is judged, and in what the machines differ", () => {
  const page = renderComparisonHtml(sampleComparison());
  assertStringIncludes(page, "<strong>The environments differ:</strong>");
  assertStringIncludes(page, "kernel differs: &quot;6.18.44&quot; in base");
  assertStringIncludes(page, "so that no change is judged");
});

Deno.test("the page's script is JavaScript without a fault that types or lint can find", async () => {
  const directory = await Deno.makeTempDir({ prefix: "sockbench-test-" });
  try {
    const file = `${directory}/page.js`;
    await Deno.writeTextFile(file, PAGE_SCRIPT);
    await Deno.writeTextFile(
      `${directory}/deno.json`,
      JSON.stringify({
        compilerOptions: { checkJs: true, strict: true, lib: ["dom", "dom.iterable", "esnext"] },
        lint: {
          rules: {
            tags: ["recommended"],
            include: ["eqeqeq", "no-console"],
            exclude: ["no-window"],
          },
        },
      }),
    );
    for (const command of ["check", "lint"]) {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [command, "--quiet", file],
        cwd: directory,
        env: { NO_COLOR: "1" },
      }).output();
      assertEquals({ code, said: new TextDecoder().decode(stderr) }, { code: 0, said: "" });
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
