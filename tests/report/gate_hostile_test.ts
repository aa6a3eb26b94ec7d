import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { comparisonFormats, gateFormats } from "../../src/report/registry.ts";
import { type GateReport } from "../../src/report/build/judgement.ts";
import { clip, printable } from "../../src/text/printable.ts";
import { actionBenchmark, bencherMetricFormat } from "../support/schemas/benchmark_json.ts";
import { parseJunit } from "../support/schemas/junit.ts";
import { parseOpenMetrics } from "../support/schemas/openmetrics.ts";
import { parseWorkflowCommands } from "../support/schemas/workflow_command.ts";
import { sampleGate } from "./gate_sample.ts";

/** What a case of a record file may be called. */
const HOSTILE: readonly string[] = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "]]><!--",
  "-->&amp;&#0;%0A",
  `quotes " and ' and \` and \`\`\``,
  "a\nb\r\nc",
  "\n::error title=x::y",
  "::set-output name=x::y",
  "a::b,c=d%25",
  "\u0000\u0001\u0008\u000b\u001b[31m\u007f\u0085",
  "\u2028line\u2029paragraph",
  "\u202egnp.exe\u2066\u200f",
  "\ud800 alone \udfff",
  "\uffff\ufffe\ufeff",
  "👩‍👩‍👧‍👦🏴",
  "שלום عالم",
  "| a | b |\n| --- | --- |",
  "a\\|b\\",
  "[x](javascript:alert(1)) ![y](https://example.org/z.png)",
  "[x]: https://example.org",
  "**bold** __strong__ ~~gone~~ # heading",
  "@someone #123 https://example.org www.example.org",
  "</details></summary><details>",
  "__proto__",
  "constructor",
  "",
  " ",
  "x".repeat(10_000),
  "👩".repeat(5_000),
  '# EOF\nsockbench_gate_exit_code 0\n"} 1',
  "\\u000a",
  "\\",
  "{{ template }} ${env} $(id) `id`",
];

/** The sample with every name, reason, warning and difference replaced by hostile text, each cell another. */
function hostileReport(texts: readonly string[]): GateReport {
  const { result } = sampleGate();
  const at = (index: number) => texts[index % texts.length] ?? "";
  const first = at(0);
  return {
    base: first,
    head: at(1),
    result: {
      ...result,
      summary: `Regressed: ${first}`,
      // The index keeps cells apart that would otherwise be one.
      cells: result.cells.map((cell, index) => ({
        ...cell,
        case: `${at(index)}${index}`,
        reason: at(index + 1),
        warnings: [at(index + 2)],
        ...(cell.limit === undefined ? {} : { limit: { ...cell.limit, text: at(index + 3) } }),
      })),
      ignored: result.ignored.map((cell) => ({ ...cell, case: first, reason: at(1) })),
      environmentDifferences: [first, at(1)],
      notes: [at(2)],
    },
  };
}

/** Every tag, entity, escape, code span and bold phrase that the Markdown writer itself writes; nothing within a code span is markup. */
const OWN_MARKUP =
  /<\/?(?:details|summary)>|&(?:#\d+|lt|gt|amp);|\\[^a-zA-Z0-9\s]|`[^`\n]*`|\*\*[^*\n]*\*\*|^> ?/gm;

function assertHarmlessMarkdown(text: string): void {
  const rest = text.replace(OWN_MARKUP, "·");
  assertEquals(/.{0,40}[<>&\\~*].{0,40}/.exec(rest), null);
  assert(!/\]\(|\]\[|\]:/.test(rest), "a link");
  assert(!/(^|\s)@\w|#\d|:\/\//.test(rest), "a mention, an issue or an address");
  assertEquals(text.split("<details>").length, text.split("</details>").length);
  let columns = 0;
  for (const line of rest.split("\n")) {
    // Of a table every line has as many cells as its first.
    const bars = line.startsWith("| ") ? line.split("|").length : 0;
    if (bars > 0 && columns > 0) assertEquals(bars, columns, line);
    columns = bars;
    assert(!line.includes("`"), `a backquote without its partner: ${line}`);
  }
}

function assertPrintable(text: string, format: string): void {
  assert(text.isWellFormed(), `${format} is not UTF-8`);
  // deno-lint-ignore no-control-regex
  const found = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.exec(text);
  assertEquals(found, null, format);
}

function assertHarmless(report: GateReport): void {
  const render = (format: string) => gateFormats.get(format)?.render(report) ?? "";
  const cells = report.result.cells.length;

  const [suite] = parseJunit(render("junit")).children;
  assertEquals(suite?.children.length, 1 + 1 + cells + report.result.ignored.length);

  const families = parseOpenMetrics(render("openmetrics"));
  const verdicts = families.find(({ name }) => name === "sockbench_gate_verdict");
  assertEquals(verdicts?.samples.length, 7 * cells);

  const commands = parseWorkflowCommands(render("annotations"));
  assert(commands.every(({ command }) => ["error", "warning", "notice"].includes(command)));
  assert(commands.every(({ properties }) => Object.keys(properties).join() === "title"));

  for (const which of ["smaller", "bigger"]) {
    actionBenchmark.parse(JSON.parse(render(`action-benchmark-${which}`)));
  }
  const bencher = JSON.parse(render("bencher"));
  const measured = report.result.cells.filter(({ head }) => head !== undefined);
  assertEquals(Object.keys(bencher).length, new Set(measured.map((cell) => cell.case)).size);
  // zod's record drops __proto__, which the text has like any other name.
  bencherMetricFormat.parse(bencher);
  assertEquals(
    JSON.parse(render("json")).cells.map((cell: { case: string }) => cell.case),
    report.result.cells.map((cell) => cell.case),
  );
  for (const format of ["md", "json", "annotations", "agent", "junit", "openmetrics"]) {
    assertPrintable(render(format), format);
  }
  assertPrintable(comparisonFormats.get("text")?.render(report, { all: true }) ?? "", "text");
  assertHarmlessMarkdown(render("md"));
  assertHarmlessMarkdown(comparisonFormats.get("md")?.render(report) ?? "");
}

Deno.test("no name does harm in any format", () => {
  for (const [index, name] of HOSTILE.entries()) {
    assertHarmless(hostileReport([name]));
    assertHarmless(hostileReport(HOSTILE.slice(index)));
  }
});

Deno.test("no random name does harm in any format", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.string({
      unit: fc.constantFrom(..."<>&|`*_[]()#!\\~@:/%,\n\r\"'$ \ud800\u202eau0a"),
      maxLength: 30,
    }),
  );
  const names = fc.array(name, { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(names, (texts) => assertHarmless(hostileReport(texts))), { numRuns: 150 });
});

Deno.test("printable() keeps different names different, and legible ones as they are", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("\\", "u", "0", "a", "\n") }),
  );
  fc.assert(fc.property(text, text, (a, b) => a === b || printable(a) !== printable(b)));
  for (const name of ["round-trip/tcp/bytes=64,pattern=a", "שלום", "µs ≤ 5 %", "👍"]) {
    assertEquals(printable(name), name);
  }
  assertEquals(printable("a\n\u202e\ud800\\u"), "a\\u000a\\u202e\\ud800\\u005cu");
});

Deno.test("clip() keeps characters whole", () => {
  assertEquals(clip("abc", 3), "abc");
  assertEquals(clip("abcd", 3), "ab…");
  assert(clip("👍".repeat(9), 8).isWellFormed());
});
