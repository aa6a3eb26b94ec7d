/** On the page each chart stands in the section of its own placement. */

import { assert, assertEquals } from "@std/assert";
import { reportFormats } from "../../../src/report/registry.ts";
import { chartRecord } from "./chart_sample.ts";

Deno.test("the page shows no chart of one placement in the section of another", () => {
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
  const sections = html.split("<section").filter((section) => section.includes('data-scenario="'));
  assertEquals(sections.length, 2 * record.scenarios.length);
  for (const section of sections) {
    const peers = [...section.matchAll(/data-case="[^"]*#(\w+)"[^>]*data-metric/g)]
      .map(([, peer]) => peer);
    assert(peers.length > 0);
    assertEquals(new Set(peers).size, 1);
  }
});
