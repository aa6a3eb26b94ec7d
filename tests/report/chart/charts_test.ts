/** Charts say what the record says: their figures are read back from the SVG and compared with the record's summaries. */

import { assert, assertEquals } from "@std/assert";
import { summarize } from "../../../src/compare/summarize.ts";
import { buildCharts } from "../../../src/report/chart/build_charts.ts";
import type { Chart } from "../../../src/report/chart/chart.ts";
import { Histogram } from "../../../src/model/histogram.ts";
import type { RunRecord } from "../../../src/model/run_record.ts";
import { createPrng } from "../../../src/stats/prng.ts";
import { emptyRecord, hostileRecord, sampleRecord } from "../../support/sample_record.ts";
import { chartRecord } from "./chart_sample.ts";
import { checkSound } from "./check_sound.ts";
import { allNodes, readSvg, withAttribute } from "./svg_reader.ts";

const record = chartRecord();
const charts = buildCharts(record);
const ofKind = (kind: string, list: readonly Chart[] = charts) =>
  list.filter((chart) => chart.kind === kind);

Deno.test("buildCharts() draws every kind that the record has figures for", () => {
  assertEquals([...new Set(charts.map(({ kind }) => kind))].sort(), [
    "cdf",
    "heat-map",
    "percentiles",
    "rounds",
    "throughput",
    "timeline",
  ]);
  checkSound(charts);
});

Deno.test("buildCharts() draws the same whatever the order of the trials", () => {
  const trials = createPrng(3).shuffle([...record.trials]);
  assertEquals(buildCharts({ ...record, trials }), charts);
});

Deno.test("buildCharts() draws nothing of an empty record, and no timeline of distributions", () => {
  assertEquals(buildCharts(emptyRecord()), []);
  const kinds = buildCharts(sampleRecord({ rounds: 4 })).map(({ kind }) => kind);
  assert(!kinds.includes("timeline") && !kinds.includes("cdf") && kinds.includes("percentiles"));
});

Deno.test("figures read back from percentiles, throughput and heat maps are the record's summaries", () => {
  const expected = new Map(summarize(record).map((one) => [`${one.metric} ${one.case}`, one]));
  const kinds: readonly (readonly [string, (metric: string) => boolean])[] = [
    ["percentiles", (metric) => /^(p50|p90|p99|p999|connectP50|connectP99)$/.test(metric)],
    ["throughput", (metric) => metric === "bytesPerSecond"],
    ["heat-map", (metric) => metric === "bytesPerSecond"],
  ];
  for (const [kind, isShown] of kinds) {
    const marks = ofKind(kind).flatMap(({ svg }) => withAttribute(readSvg(svg), "data-value"));
    assert(marks.length > 4, kind);
    const seen = marks.map(({ attributes }) => {
      const key = `${attributes["data-metric"]} ${attributes["data-case"]}`;
      const summary = expected.get(key)!;
      assertEquals(
        ["value", "low", "high", "n"].map((name) => Number(attributes[`data-${name}`])),
        [summary.median, summary.low, summary.high, summary.n],
        key,
      );
      // Two groups of a tail say little of the machine.
      const { fast, slow } = (/^(p50|connectP50|bytesPerSecond)$/.test(summary.metric)
        ? summary.bimodality
        : undefined) ?? {};
      assertEquals(
        [attributes["data-fast"], attributes["data-slow"]].map((text) =>
          text && Number(text)
        ),
        [fast?.median, slow?.median],
      );
      return key;
    });
    const scenarios = kind === "percentiles"
      ? ""
      : kind === "heat-map"
      ? "buffer-size/"
      : "throughput/";
    const wanted = [...expected.keys()].filter((key) => {
      const [metric = "", id = ""] = key.split(" ");
      return isShown(metric) && id.startsWith(scenarios);
    });
    assertEquals(seen.sort(), wanted.sort(), kind);
  }
});

Deno.test("a bimodal cell shows both modes, as the tables do", () => {
  const twice = summarize(record).filter(({ bimodality, metric }) =>
    bimodality !== undefined && metric === "p50"
  );
  assert(twice.length > 0);
  const [chart] = ofKind("percentiles");
  const root = readSvg(chart!.svg);
  const group = withAttribute(root, "data-fast").find(({ attributes }) =>
    attributes["data-case"] === twice[0]!.case && attributes["data-metric"] === "p50"
  )!;
  assertEquals(
    group.children.filter(({ attributes }) => attributes.class?.includes("ho")).length,
    2,
  );
  assert(group.children[0]?.text.includes("bimodal"));
  assert(allNodes(root).some(({ text }) => text.includes("the trials are bimodal")));
});

Deno.test("percentiles read back from distributions are those of all trials pooled", () => {
  let marks = 0;
  for (const { svg } of ofKind("cdf")) {
    for (const curve of withAttribute(readSvg(svg), "data-count")) {
      const name = curve.attributes["data-metric"]!;
      const pooled = new Histogram();
      for (const trial of record.trials) {
        const sparse = trial.histograms[name];
        if (trial.case === curve.attributes["data-case"] && trial.error === undefined && sparse) {
          pooled.merge(Histogram.fromSparse(sparse));
        }
      }
      assertEquals(Number(curve.attributes["data-count"]), pooled.count);
      assertEquals(Number(curve.attributes["data-low"]), pooled.min);
      assertEquals(Number(curve.attributes["data-high"]), pooled.max);
      for (const { attributes } of withAttribute(curve, "data-percentile")) {
        marks++;
        assertEquals(
          Number(attributes["data-value"]),
          pooled.percentile(Number(attributes["data-percentile"])),
        );
      }
    }
  }
  assert(marks > 40);
});

Deno.test("curves of a distribution never turn back, and are thinned", () => {
  for (const { svg } of ofKind("cdf")) {
    for (const { attributes } of allNodes(readSvg(svg))) {
      if (!attributes.class?.startsWith("cu ")) continue;
      const points = attributes.d!.slice(1).split("L").map((pair) => pair.split(" ").map(Number));
      assert(points.length < 400, `${points.length} points`);
      for (const [index, [x, y]] of points.slice(1).entries()) {
        const [beforeX, beforeY] = points[index]!;
        assert(x! >= beforeX! && y! <= beforeY!);
      }
    }
  }
});

Deno.test("the timeline holds the single exchanges of a trial, and 40 ms steps where they are", () => {
  const [chart, ...others] = ofKind("timeline");
  assertEquals([others.length, chart?.scenario], [0, "nagle"]);
  const root = readSvg(chart!.svg);
  const lanes = withAttribute(root, "data-values");
  assertEquals(lanes.length, record.cases.filter(({ scenario }) => scenario === "nagle").length);
  for (const { attributes } of lanes) {
    const trial = record.trials.find((one) =>
      one.case === attributes["data-case"] && one.round === Number(attributes["data-round"])
    );
    assertEquals(attributes["data-values"]!.split(" ").map(Number), trial?.series?.exchange);
  }
  const labels = allNodes(root).filter(({ name }) => name === "text").map(({ text }) => text);
  for (const label of ["0", "40", "80", "120", "160"]) assert(labels.includes(label), label);
});

Deno.test("the rounds show a machine that drifts", () => {
  const slower = record.trials.map((trial) => ({
    ...trial,
    ...(trial.values === undefined ? {} : {
      values: Object.fromEntries(
        Object.entries(trial.values).map(([id, value]) => {
          const factor = 1 + trial.round / 10;
          return [id, id.endsWith("PerSecond") ? value / factor : value * factor];
        }),
      ),
    }),
  }));
  const read = (one: RunRecord) =>
    withAttribute(readSvg(ofKind("rounds", buildCharts(one))[0]!.svg), "data-round")
      .map(({ attributes }) => Number(attributes["data-value"]));
  const [steady, drifting] = [read(record), read({ ...record, trials: slower })];
  assertEquals(steady.length, 12);
  assert(steady.every((ratio) => Math.abs(ratio - 1) < 0.1), steady.join(" "));
  assert(drifting.every((ratio, index) => index === 0 || ratio > drifting[index - 1]!));
});

Deno.test("cases of different placement share a chart only where its rows state their placements, else each states its own", () => {
  const pinned = (peer: "loop" | "process", pin: "none" | "same") => (record.cases.map((one) => ({
    ...one,
    id: `${one.id} ${peer}`,
    placement: { peer, pin },
  })));
  const [left, right] = [pinned("process", "none"), pinned("loop", "same")];
  const trials = record.trials.flatMap((trial) => [
    { ...trial, case: `${trial.case} process` },
    { ...trial, case: `${trial.case} loop` },
  ]);
  const both = buildCharts({ ...record, cases: [...left, ...right], trials });
  const joined = ofKind("percentiles").length;
  assertEquals(both.length, 2 * charts.length - joined);
  checkSound(both);
  for (const { svg, id, kind } of both) {
    // Percentiles set placements side by side, under headings.
    if (kind === "percentiles") continue;
    const root = readSvg(svg);
    const peers = withAttribute(root, "data-case").map(({ attributes }) =>
      attributes["data-case"]!.split(" ").at(-1)
    );
    assert(new Set(peers).size <= 1, id);
    const subtitle = allNodes(root).filter(({ name }) => name === "text")[1]!.text;
    const own = id.includes("-loop-same") ? "peer loop, same core" : "peer process";
    assert(subtitle.endsWith(own), `${id}: ${subtitle}`);
  }
});

Deno.test("hostile names stay text, and every chart stays XML", () => {
  const hostile = hostileRecord();
  const names = [
    ...new Set(hostile.cases.map(({ transport }) => transport)),
    "\u05d0\u05d1\u05d2\ufffe",
  ];
  const cases = record.cases.map((one, index) => {
    const transport = names[index % names.length]!;
    return { ...one, transport, id: `${one.id}${transport}` };
  });
  const ids = new Map(record.cases.map((one, index) => [one.id, cases[index]!.id]));
  const trials = record.trials.map((trial) => ({ ...trial, case: ids.get(trial.case)! }));
  const renamed = record.scenarios.map((spec) => ({
    ...spec,
    operation: '"><script>alert(1)</script>',
    question: "</svg>",
  }));
  const list = [
    ...buildCharts(hostile),
    ...buildCharts({ ...record, cases, trials, scenarios: renamed }),
  ];
  checkSound([...buildCharts(hostile)]);
  checkSound(buildCharts({ ...record, cases, trials, scenarios: renamed }));
  assert(list.every(({ svg }) => svg.length < 100_000));
  assert(list.some(({ svg }) => svg.includes("&lt;script&gt;alert(1)&lt;/script&gt;")));
  assert(list.some(({ svg }) => svg.includes("xxxx…")));
  assert(list.some(({ svg }) => svg.includes("\u2068\u05d0\u05d1\u05d2")));
});

Deno.test("damaged values leave marks out and draw no NaN", () => {
  const values = [0, -1, 5e-324, 1e308, NaN, Infinity, -0];
  const trials = record.trials.map((trial, index) => ({
    ...trial,
    ...(trial.values === undefined ? {} : {
      values: Object.fromEntries(
        Object.keys(trial.values).map((id, at) => [id, values[(index + at) % values.length]!]),
      ),
    }),
  }));
  checkSound(buildCharts({ ...record, trials }));
});

Deno.test("the charts of a standard record are small", () => {
  const bytes = charts.reduce((sum, { svg }) => sum + svg.length, 0);
  assert(bytes < 500_000, `${bytes} bytes`);
});
