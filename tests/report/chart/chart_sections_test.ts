/** On the page each chart stands in the section of its own placement. */

import { assert, assertEquals } from "@std/assert";
import { reportFormats } from "../../../src/report/registry.ts";
import { chartRecord } from "./chart_sample.ts";

Deno.test("the page shows no chart of one placement in the section of another, and percentiles of all in the first", () => {
  const record = chartRecord(4);
  const copies = (["process", "loop"] as const).map((peer) => ({
    cases: record.cases.map((one) => ({
      ...one,
      id: `${one.id}#${peer}`,
      placement: { peer, pin: "none" as const },
    })),
    trials: record.trials.map((one) => ({ ...one, case: `${one.case}#${peer}` })),
  }));
  const html = reportFormats.get("html")!.render({
    ...record,
    cases: copies.flatMap(({ cases }) => cases),
    trials: copies.flatMap(({ trials }) => trials),
  });
  // Percentiles set the placements side by side, in the first part of their scenario.
  const single = html.replace(/<figure class="chart percentiles"[^]*?<\/figure>/g, "");
  const sections = single.split("<section").filter((section) =>
    section.includes('data-scenario="')
  );
  assertEquals(sections.length, 2 * record.scenarios.length);
  for (const section of sections) {
    const peers = [...section.matchAll(/data-case="[^"]*#(\w+)"[^>]*data-metric/g)]
      .map(([, peer]) => peer);
    assert(peers.length > 0);
    assertEquals(new Set(peers).size, 1);
  }
  const joined = html.match(/<figure class="chart percentiles"[^]*?<\/figure>/g) ?? [];
  assertEquals(
    joined.length,
    record.scenarios.filter(({ metrics }) => metrics.some((id) => /^(p50|connectP50)$/.test(id)))
      .length,
  );
  for (const chart of joined) {
    assert(chart.includes("#process") && chart.includes("#loop"));
    assert(chart.includes("peer process") && chart.includes("peer loop"));
  }
});
