import { alter } from "../support/environments.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { largeRecord } from "../../bench/validation/ratios/large_record.ts";
import { decodeRecord } from "../../src/record/codec.ts";
import { buildRecordDocument } from "../../src/report/build/record_document.ts";
import { buildEnvironment, buildMethod } from "../../src/report/build/method.ts";
import type { Block } from "../../src/report/document/document.ts";
import { comparisonFormats } from "../../src/report/registry.ts";
import type { GateReport } from "../../src/report/build/judgement.ts";
import { hashSource } from "../../src/report/write/html/content_hash.ts";
import { PAGE_SCRIPT } from "../../src/report/write/html/page_script.ts";
import { writeHtml } from "../../src/report/write/html.ts";
import { hostileRecord, sampleRecord } from "../support/sample_record.ts";
import { sampleComparison, samplePairedComparison } from "./gate_sample.ts";
import { figures, findingsOf, pageOf, scenarioParts, tablesOf } from "./read_document.ts";

const MEGABYTE = 2 ** 20;

function comparisonPage(report: GateReport): string {
  return comparisonFormats.get("html")!.render(report);
}

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
  ["the sample record", () => pageOf(sampleRecord())],
  ["a record with hostile names", () => pageOf(hostileRecord())],
  ["a comparison", () => comparisonPage(samplePairedComparison())],
  ["a comparison with hostile names", () => comparisonPage(hostileComparison())],
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

Deno.test("writeHtml() says in every part what the document says, findings first", () => {
  const record = sampleRecord();
  const document = buildRecordDocument(record);
  const page = pageOf(record);
  const headings = [...page.matchAll(/<h2[^>]*>([^<]*?) ?</g)].map(([, heading]) => heading);
  assertEquals(headings, [
    "Findings",
    "How to read this",
    ...scenarioParts(document).map(({ heading }) => heading!.anchor),
    "The run",
    "Warnings",
    "Left out",
    "Method",
    "Environment",
    "Run it again",
  ]);
  const items = page.match(/<li class="(difference|no-difference|unresolved|search)">/g) ?? [];
  assertEquals(items.length, findingsOf(document).all.length);
  for (const { name, value } of [...buildMethod(record), ...buildEnvironment(record.environment)]) {
    assertStringIncludes(page, `<dt>${name}</dt><dd>${value.replaceAll("'", "&#39;")}</dd>`);
  }
  assertEquals(
    page.match(/<p class="placement">peer process<\/p>/g)?.length,
    scenarioParts(document).length,
  );
});

Deno.test("writeHtml() gives every figure its number, interval and sample size, and both modes of a bimodal cell", () => {
  const record = sampleRecord();
  const page = pageOf(record);
  const shown = [...page.matchAll(/<td[^>]* data-value="([^"]*)"><details class="figure">/g)];
  const rows = tablesOf(buildRecordDocument(record)).flatMap((table) => table.rows);
  const cells = rows.flatMap((row) => figures(row.cells)).filter((cell) => cell !== null);
  const comparisons = rows.flatMap((row) => row.cells)
    .flatMap((cell) => cell?.kind === "ratio" ? [cell.value] : []);
  assertEquals(
    shown.map(([, value]) => Number(value)).sort(),
    [...cells.map(({ value }) => value), ...comparisons].sort(),
  );
  const said = page.match(/<p>\d+ % interval( [\d.\u202f]+ to [^<]*?)?, \d+ trials/g) ?? [];
  const speeds = page.match(/Bimodal: [^<]*; \d+ trials/g) ?? [];
  const single = cells.filter(({ n, isExact }) => n === 1 || isExact === true).length;
  assertEquals(said.length + speeds.length + single, cells.length);
  assertEquals(speeds.length, cells.filter(({ modes }) => modes !== undefined).length);
  assert(speeds.length > 0);
});

Deno.test("writeHtml() says of a partial run how far it came, and of failed trials that there are no figures", () => {
  const record = sampleRecord({ rounds: 4, replace: { partial: true } });
  assertStringIncludes(
    pageOf({ ...record, settings: { ...record.settings, rounds: 15 } }),
    "<strong>Partial run.</strong> The run ended early: 4 of 15 rounds were begun.",
  );
  const trials = record.trials.map(({ values: _, ...trial }) => ({
    ...trial,
    error: { kind: "timeout", message: "no reply within 2 s" },
  }));
  const page = pageOf({ ...record, trials });
  assertStringIncludes(page, "No comparison could be made");
  assertStringIncludes(page, "No trial of this scenario has figures.");
});

Deno.test("writeHtml() stays below 1 MiB for a standard run and 5 MiB for 10,000 trials", async () => {
  const size = (page: string) => new TextEncoder().encode(page).length;
  assert(size(pageOf(await standardRecord())) < MEGABYTE);
  assert(size(pageOf(largeRecord(10_000))) < 5 * MEGABYTE);
});

Deno.test("writeHtml() escapes headings, captions and cells of a table of words and counts", () => {
  const table: Block = {
    kind: "table",
    role: "evidence",
    caption: [{ kind: "sentence", text: "Settings of <b>" }],
    noun: "case",
    intervals: "on demand",
    common: [],
    keys: [],
    names: "case",
    columns: [
      { id: "acks", title: "delayed ACKs <b>", align: "number" },
      { id: "word", title: "word", align: "words" },
    ],
    rows: [{
      keys: [],
      name: "<i>",
      cells: [
        { kind: "count", value: 45 },
        { kind: "words", text: [{ kind: "text", text: "<u>" }] },
      ],
    }],
  };
  const page = writeHtml({
    kind: "record",
    title: [],
    facts: [],
    blocks: [{ kind: "heading", level: 2, text: [], role: "notes", anchor: "x" }, table],
  });
  assertStringIncludes(page, "<span>delayed ACKs &lt;b&gt;</span>");
  assertStringIncludes(page, '<td data-value="45">45</td><td class="label">&lt;u&gt;</td>');
  assertStringIncludes(
    page,
    '<p class="caption" id="x-evidence-caption">Settings of &lt;b&gt;.</p>',
  );
  assertStringIncludes(page, '<th scope="row" class="label wrap">&lt;i&gt;</th>');
});

Deno.test("the page of a comparison shows what changed first, and both records side by side", () => {
  const [base, head] = [sampleRecord(), sampleRecord()].map((record, index) => ({
    ...record,
    environment: alter(record.environment, { kernel: `6.${index}` }),
  }));
  const page = comparisonPage({
    ...samplePairedComparison(),
    records: { base: base!, head: head! },
  });
  const headings = [...page.matchAll(/<h2[^>]*>([^<]*?) ?</g)].map(([, heading]) => heading);
  assertEquals(headings.slice(0, 3), ["What changed", "How much", "The other cells"]);
  assertMatch(
    page,
    /<th scope="row"[^>]*>kernel<\/th><td[^>]*>6\.0\.?<\/td><td[^>]*>6\.1\.?<\/td>/,
  );
  const verdicts = [...page.matchAll(/<td class="label verdict ([a-z]+)">/g)].map(([, word]) =>
    word
  );
  assertEquals(verdicts[0], "regressed");
});

Deno.test("the page of a comparison says so where nothing is judged, and in what the machines differ", () => {
  const page = comparisonPage(sampleComparison());
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
