import { assert, assertEquals, assertThrows } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { choosePlacement } from "../../src/plan/placement.ts";
import { nameCores, type Pinning } from "../../src/model/placement.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { PROFILES } from "../../src/plan/profile.ts";
import { createSettings, type Settings, SettingsError } from "../../src/plan/settings.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import { someSettings } from "../support/small_catalog.ts";

const catalog = createCatalog();
const AVAILABLE = new Map(
  [...catalog.transports].map(([id, { mode }]) => [
    id,
    {
      available: true as const,
      ...(mode === "datagram" && { largestMessageBytes: 65_507 }),
    },
  ]),
);
const TWO_CORES: Pinning = { available: true, cores: [0, 1] };
const NO_FFI: Pinning = { available: false, reason: "pinning needs --allow-ffi" };

function plan(changes: Partial<Settings>, pinning: Pinning | undefined = TWO_CORES) {
  return planCases(someSettings({ peer: "process", ...changes }), catalog, AVAILABLE, pinning);
}

const one = { scenarios: ["round-trip"], transports: ["tcp"], params: { bytes: [64] } };

Deno.test("planCases() ends the id of a pinned case with its pinning, and leaves that of others alone", () => {
  const { cases } = plan({ ...one, pins: ["none", "same", "cross"] });
  assertEquals(cases.map(({ id, placement }) => [id, placement]), [
    ["round-trip/tcp/bytes=64", { peer: "process", pin: "none" }],
    ["round-trip/tcp/bytes=64,pin=same", {
      peer: "process",
      pin: "same",
      cores: { drive: 0, serve: 0 },
    }],
    ["round-trip/tcp/bytes=64,pin=cross", {
      peer: "process",
      pin: "cross",
      cores: { drive: 0, serve: 1 },
    }],
  ]);
  assertEquals(
    plan({ scenarios: ["connect"], transports: ["tcp"], pins: ["same"] }).cases[0]!.id,
    "connect/tcp/pin=same",
  );
});

Deno.test("planCases() selects pinned cases by glob, as any others", () => {
  const ids = (glob: string) =>
    plan({ profile: "standard", cases: [glob] }).cases.map((c) => c.id).sort();
  assertEquals(ids("round-trip/*,pin=cross"), [
    "round-trip/tcp/bytes=64,pin=cross",
    "round-trip/udp/bytes=64,pin=cross",
    "round-trip/unix/bytes=64,pin=cross",
  ]);
  assertEquals(ids("round-trip/tcp/bytes=64"), ["round-trip/tcp/bytes=64"]);
});

const HEADLINE_ON_ONE_CORE = [
  "connect/tcp/pin=same",
  "connect/unix/pin=same",
  "round-trip/tcp/bytes=64,pin=same",
  "round-trip/udp/bytes=64,pin=same",
  "round-trip/unix/bytes=64,pin=same",
  "throughput/tcp/bytes=65536,pin=same",
  "throughput/unix/bytes=65536,pin=same",
];

Deno.test("planCases() pins headline cells in both ways where nobody names a pinning, in profile quick none", () => {
  const pinned = (profile: Settings["profile"]) =>
    plan({ profile }).cases.filter(({ placement }) => placement.pin !== "none");
  assertEquals(pinned("quick"), []);
  for (const profile of ["standard", "thorough"] as const) {
    assertEquals(
      pinned(profile).map(({ id }) => id).filter((id) => id.endsWith("pin=same")).sort(),
      HEADLINE_ON_ONE_CORE,
    );
    assertEquals(pinned(profile).length, 2 * HEADLINE_ON_ONE_CORE.length);
  }
  assertEquals(
    plan({ profile: "standard", pins: ["none"] }).cases
      .filter(({ placement }) => placement.pin !== "none"),
    [],
  );
});

Deno.test("planCases() keeps a block that pins to its own values, whatever is asked for", () => {
  const cases = plan({ ...one, profile: "standard", params: { bytes: [64, 128] } }).cases;
  assertEquals(cases.map((c) => c.id), [
    "round-trip/tcp/bytes=64",
    "round-trip/tcp/bytes=128",
    "round-trip/tcp/bytes=64,pin=same",
    "round-trip/tcp/bytes=64,pin=cross",
  ]);
});

Deno.test("planCases() stays within its budgets with pinned cases among the others", () => {
  const limits = { quick: 20, standard: 120, thorough: 900 };
  for (const profile of ["quick", "standard", "thorough"] as const) {
    const { estimateNs } = plan({ profile, rounds: PROFILES[profile].rounds });
    assert(estimateNs / 1e9 <= limits[profile], `${profile}: ${estimateNs / 1e9} s`);
  }
});

function partition<T>(all: readonly T[], isMeant: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isMeant), all.filter((one) => !isMeant(one))];
}

Deno.test("planCases() skips what cannot be pinned in one line with the reason", () => {
  const without = plan({ profile: "standard" }, NO_FFI);
  assertEquals(without.skipped, [{ what: "pinned cases", reason: "pinning needs --allow-ffi" }]);
  assertEquals(without.cases.every(({ placement }) => placement.pin === "none"), true);
  assertEquals(plan({ pins: ["same", "cross"] }, NO_FFI).cases, []);
  const alone = plan({ profile: "standard" }, { available: true, cores: [3] });
  // A sender that spins needs a second core as well.
  const [load, others] = partition(alone.skipped, ({ what }) => what.startsWith("load/"));
  assertEquals(load.map(({ what }) => what), ["load/tcp", "load/unix"]);
  assertEquals(others, [{
    what: "pin cross",
    reason: "it needs two cores: there is core 3 alone",
  }]);
  assertEquals(
    alone.cases.filter(({ placement }) => placement.pin === "same").map(({ id }) => id).sort(),
    HEADLINE_ON_ONE_CORE,
  );
});

Deno.test("planCases() has no second core for a peer on the driver's own thread", () => {
  const { cases, skipped } = plan({ ...one, peer: "loop", pins: ["same", "cross"] });
  assertEquals(cases.map((c) => c.id), ["round-trip/tcp/bytes=64,pin=same"]);
  assertEquals(skipped.map(({ what }) => what), ["pin cross"]);
});

Deno.test("planCases() plans nothing pinned, and says nothing, where nobody looked for cores", () => {
  const { cases, skipped } = planCases(
    someSettings({ profile: "standard", peer: "process" }),
    catalog,
    AVAILABLE,
  );
  assertEquals(skipped, []);
  assert(cases.every(({ placement }) => placement.pin === "none"));
});

Deno.test("planCases() takes the cores asked for, and refuses one that this process may not use", () => {
  const { cases } = plan({ ...one, pins: ["same", "cross"], cores: [1, 0] });
  assertEquals(cases.map(({ placement }) => placement.cores), [
    { drive: 1, serve: 1 },
    { drive: 1, serve: 0 },
  ]);
  assertThrows(
    () => plan({ ...one, pins: ["same"], cores: [99] }),
    SettingsError,
    "Cannot pin to core 99: this process may use cores 0 and 1",
  );
});

Deno.test("createSettings() takes pinnings and cores as text, and refuses in one sentence what cannot be meant", () => {
  const settle = (pin: string | string[], cores: (string | number)[] = []) =>
    createSettings({ pin, cores }, catalog);
  assertEquals(settle("cross", ["2", 3]).cores, [2, 3]);
  assertEquals(settle(["same", "same", "none"]).pins, ["same", "none"]);
  for (
    const [pin, cores, sentence] of [
      ["sam", [], 'pin must be one of none, same, cross: "sam" is not'],
      ["none", [0], "cores are of use to pinned ends only: ask for pin same or pin cross"],
      ["cross", [4], "pin cross needs two cores, driver's and peer's: only 4 was given"],
      ["cross", [4, 4], "cores must be two different ones: both are 4"],
      ["cross", [1, 2, 3], "cores must be one or two, driver's and peer's: 3 were given"],
      ["same", ["-1"], 'a core must be a whole number from 0 to 8191: "-1" is not'],
    ] as const
  ) assertThrows(() => settle(pin, [...cores]), SettingsError, sentence);
  assertThrows(
    () => createSettings({ params: { pin: ["same"] } }, catalog),
    SettingsError,
    "pin is no parameter of a scenario: ask for it with --pin",
  );
});

Deno.test("createCatalog() keeps the name pin for the placement", () => {
  const own: Scenario = {
    ...catalog.scenarios.get("round-trip")!,
    id: "mine",
    parameters: [{ name: "pin", kind: "count", description: "of a needle" }],
  };
  assertThrows(() => createCatalog([{ scenarios: [own] }]), Error, 'it has a parameter "pin"');
});

Deno.test("choosePlacement() needs no core where nothing is pinned", () => {
  assertEquals(choosePlacement("loop", "none", [], NO_FFI), {
    placement: { peer: "loop", pin: "none" },
  });
});

Deno.test("nameCores() names few cores one by one and a run of them by its ends", () => {
  assertEquals([[0], [0, 1], [0, 1, 2, 3], [0, 2, 4], []].map(nameCores), [
    "core 0",
    "cores 0 and 1",
    "cores 0 to 3",
    "cores 0, 2 and 4",
    "no core",
  ]);
});
