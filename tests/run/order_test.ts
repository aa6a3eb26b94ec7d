import { assertEquals } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { comparedSets } from "../../src/plan/blocks.ts";
import { orderRound } from "../../src/run/order.ts";
import { createPrng } from "../../src/stats/prng.ts";
import { someSettings } from "../support/small_catalog.ts";

const catalog = createCatalog();
const available = new Map(
  [...catalog.transports.values()].map((t) => [
    t.name,
    { available: true as const, ...(t.mode === "datagram" && { largestMessageBytes: 65_000 }) },
  ]),
);
const plan = planCases(someSettings({ profile: "standard" }), catalog, available);

Deno.test("comparedSets() puts each case into one set, with those that a contrast compares it to", () => {
  const sets = comparedSets(plan.cases, plan.scenarios);
  assertEquals(sets.flat().length, plan.cases.length);
  const withTcp64 = sets.find((set) => set.some((c) => c.id === "round-trip/tcp/bytes=64"))!;
  assertEquals(withTcp64.map((c) => c.id).sort(), [
    "connect-round-trip/tcp/bytes=64",
    "connect-round-trip/unix/bytes=64",
    "round-trip/tcp/bytes=64",
    "round-trip/tcp6/bytes=64",
    "round-trip/udp/bytes=64",
    "round-trip/udp6/bytes=64",
    "round-trip/unix/bytes=64",
    "round-trip/unixpacket/bytes=64",
  ]);
  const onOff = sets.find((set) =>
    set.some((c) => c.id === "nagle/tcp/nagle=on,pattern=write-read,header=64")
  )!;
  assertEquals(onOff.map((c) => c.params.nagle).sort(), ["off", "on"]);
});

Deno.test("orderRound() keeps every set together, each case once, and shuffles both levels", () => {
  const prng = createPrng(3);
  const setOf = new Map<string, number>();
  comparedSets(plan.cases, plan.scenarios).forEach((set, k) =>
    set.forEach((c) => setOf.set(c.id, k))
  );
  const rounds = [1, 2, 3].map(() =>
    orderRound(plan.cases, plan.scenarios, () => false, prng).flatMap(({ cases }) => cases)
  );
  for (const order of rounds) {
    assertEquals(order.map((c) => c.id).sort(), plan.cases.map((c) => c.id).sort());
    const runs = order.map((c) => setOf.get(c.id)).filter((k, i, all) =>
      i === 0 || all[i - 1] !== k
    );
    assertEquals(runs.length, new Set(runs).size, "a set was torn apart");
  }
  assertEquals(new Set(rounds.map((order) => order.map((c) => c.id).join())).size, 3);
});

Deno.test("comparedSets() keeps the cells of a split together, each transport and placement by itself", () => {
  const both = new Map(
    ["tcp", "tcp@libc", "unix", "unix@libc"].map((id) => [id, { available: true as const }]),
  );
  const { cases, scenarios } = planCases(
    someSettings({ profile: "standard", scenarios: ["overhead"], peer: "process" }),
    catalog,
    both,
    { available: true, cores: [0, 1] },
  );
  const sets = comparedSets(cases, scenarios);
  const keyOf = (one: typeof cases[number]) =>
    `${one.transport.split("@")[0]} ${one.placement.pin}`;
  for (const set of sets) assertEquals(new Set(set.map(keyOf)).size, 1);
  assertEquals(sets.map((set) => keyOf(set[0]!)).sort(), [
    "tcp cross",
    "tcp same",
    "unix cross",
    "unix same",
  ]);
});
