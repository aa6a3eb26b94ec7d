/** Markdown refers to the charts beside it, and reads as well without them. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { CHART_START, chartFiles } from "../../src/report/chart/build_charts.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { hostileRecord } from "../support/sample_record.ts";
import { chartRecord } from "./chart/chart_sample.ts";
import { markdownOf } from "./read_document.ts";

const renderWithCharts = reportFormats.get("md")!.renderWithFiles!;

const record = chartRecord();
const images = (text: string) => [...text.matchAll(/^!\[(.*)\]\(([^()\s]*)\)$/gm)];

Deno.test("Markdown with charts refers to every file once, by a path beside the report", () => {
  const { text, files } = renderWithCharts(record, "latest-charts");
  assertEquals(
    images(text).map(([, , path]) => path).sort(),
    [...files.keys()].map((name) => `latest-charts/${name}`).sort(),
  );
  assertEquals(files, chartFiles(record));
  for (const [name, svg] of files) {
    assertMatch(name, /^[a-z0-9-]+\.svg$/);
    assert(svg.startsWith(CHART_START) && svg.endsWith("</svg>\n"));
  }
  assert(images(text).every(([, alternative]) => alternative!.length > 40));
});

Deno.test("Markdown with charts adds pictures, and changes nothing else", () => {
  const { text } = renderWithCharts(record, "charts");
  const without = text.replace(/^!\[.*\n\n/gm, "")
    .replace(/<details><summary>\d+ further charts?<\/summary>\n\n<\/details>\n\n/g, "")
    .replace("## The run\n\n", "");
  assertEquals(without, markdownOf(record));
});

Deno.test("Markdown with charts shows each chart in the section of its placement", () => {
  const placements = [{ peer: "process", pin: "none" }, { peer: "loop", pin: "none" }] as const;
  const copies = placements.map((placement) => ({
    cases: record.cases.map((one) => ({ ...one, id: `${one.id}#${placement.peer}`, placement })),
    trials: record.trials.map((one) => ({ ...one, case: `${one.case}#${placement.peer}` })),
  }));
  const { text } = renderWithCharts({
    ...record,
    cases: copies.flatMap(({ cases }) => cases),
    trials: copies.flatMap(({ trials }) => trials),
  }, "charts");
  const sections = text.split(/^## /m).filter((section) => section.includes("\nPlacement: "));
  assertEquals(sections.length, 2 * record.scenarios.length);
  for (const section of sections) {
    const own = section.includes("(peer loop)") ? "loop" : "process";
    // Percentiles set the placements side by side, in the first section of their scenario.
    const paths = images(section).map(([, , path]) => path!)
      .filter((path) => !path.endsWith("-percentiles.svg"));
    if (section.includes("-percentiles.svg")) assertEquals(own, "process");
    assertEquals(paths.filter((path) => !path.includes(`-${own}`)), []);
  }
});

Deno.test("a hostile record and directory do not break out of an image", () => {
  const { text, files } = renderWithCharts(hostileRecord(), "a (b) ]'<x>\ud800/..");
  assertEquals(images(text).length, files.size);
  for (const [, , path] of images(text)) assertMatch(path!, /^[\w%.-]+\/[a-z0-9-]+\.svg$/);
  for (const [, alternative] of images(text)) assert(!/[<>]|(?<!\\)[[\]]/.test(alternative!));
});

Deno.test("of the formats, Markdown alone has files beside it", () => {
  const having = [...reportFormats.values()].filter(({ renderWithFiles }) => renderWithFiles);
  assertEquals(having.map(({ id }) => id), ["md"]);
});
