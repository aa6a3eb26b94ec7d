import { assert, assertEquals } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import type { Settings } from "../../src/plan/settings.ts";
import { type Availability, KERNEL_ROOM } from "../../src/transport/transport.ts";
import { someSettings } from "../support/small_catalog.ts";

const catalog = createCatalog();
const AVAILABLE = new Map<string, Availability>(
  ["tcp", "unix"].map((id) => [id, { available: true }]),
);
const CLOSED = new Map(AVAILABLE).set(KERNEL_ROOM, {
  available: false,
  reason: "permission missing: --allow-ffi",
});

function plan(changes: Partial<Settings>, availability = AVAILABLE) {
  return planCases(
    someSettings({ transports: ["tcp", "unix"], ...changes }),
    catalog,
    availability,
  );
}

Deno.test("planCases() skips what needs FFI in one line with the reason, and measures the rest", () => {
  const open = plan({ scenarios: ["nagle"] });
  const closed = plan({ scenarios: ["nagle"] }, CLOSED);
  assertEquals(open.skipped, []);
  assertEquals(closed.skipped, [{
    what: "cases of nagle that need FFI",
    reason: "permission missing: --allow-ffi",
  }]);
  const left = open.cases.filter(({ params }) => !("cork" in params));
  assertEquals(closed.cases.map(({ id }) => id), left.map(({ id }) => id));
  assert(left.length < open.cases.length);
});

Deno.test("planCases() says nothing of what needs FFI where it was not asked for", () => {
  assertEquals(plan({}, CLOSED).skipped, []);
  assertEquals(plan({ scenarios: ["round-trip"] }, CLOSED).skipped, []);
});

Deno.test("planCases() measures the blocks on demand of a scenario when it is named, or a glob may mean it", () => {
  const has = (cases: readonly { readonly params: object }[]) =>
    cases.some(({ params }) => "gap" in params);
  assert(!has(plan({}).cases));
  assert(!has(plan({ profile: "standard" }).cases));
  assert(has(plan({ scenarios: ["nagle"] }).cases));
  assert(has(plan({ cases: ["nagle/*gap=20000"] }).cases));
});

Deno.test("planCases() expects a trial of delayed acknowledgements to take their time, and a remedied one not", () => {
  const { cases } = plan({ scenarios: ["nagle"], params: { nagle: ["on"] } });
  const expectedMs = (part: string) => cases.find(({ id }) => id.endsWith(part))!.expectedNs / 1e6;
  assert(expectedMs("body=256,cork=off,quickack=off") > 160);
  for (const part of ["cork=on,quickack=off", "cork=off,quickack=on", "body=65483"]) {
    assert(expectedMs(part) < 60, part);
  }
  assert(expectedMs("body=65482") > 160);
});

Deno.test("planCases() skips no transport of a case that no glob asks for", () => {
  const { cases, skipped } = plan({ transports: [], cases: ["round-trip/tcp/bytes=64"] });
  assertEquals(cases.map(({ id }) => id), ["round-trip/tcp/bytes=64"]);
  assertEquals(skipped.filter(({ what }) => what.includes("@libc")), []);
});
