import { assert, assertEquals } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { segmentSize } from "../../src/plan/segment_size.ts";
import { createSettings } from "../../src/plan/settings.ts";

Deno.test("segmentSize() reads sizes around a segment, and leaves others alone", () => {
  assertEquals(segmentSize("segment", 1_448), 1_448);
  assertEquals(segmentSize("segment-1", 1_448), 1_447);
  assertEquals(segmentSize("2segment+1", 1_448), 2_897);
  assertEquals(segmentSize("segment"), 65_483);
  for (const other of [64, "largest", "64", "segments", "on"]) {
    assertEquals(segmentSize(other), undefined);
  }
});

Deno.test("planCases() sizes bodies by the segment that the transport has, with timestamps and without", () => {
  const catalog = createCatalog();
  const bodies = (segmentBytes?: number) => {
    const found = { available: true, ...(segmentBytes !== undefined && { segmentBytes }) } as const;
    const settings = createSettings(
      { scenarios: ["nagle"], transports: ["tcp"], params: { body: ["segment-1", "segment"] } },
      catalog,
    );
    const { cases } = planCases(settings, catalog, new Map([["tcp", found]]));
    return [...new Set(cases.flatMap(({ params }) => params.body ?? []))];
  };
  assertEquals(bodies(65_495), [65_494, 65_495]);
  assertEquals(bodies(), [65_482, 65_483]);
});

Deno.test("a case that names a segment's size by its bytes is found", () => {
  const catalog = createCatalog();
  const availability = new Map([["tcp", { available: true, segmentBytes: 65_495 } as const]]);
  const settings = createSettings({ cases: ["nagle/tcp/*body=65495"] }, catalog);
  assert(planCases(settings, catalog, availability).cases.length > 0);
});
