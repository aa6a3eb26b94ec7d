import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { parseReplay } from "../../src/plan/parse_replay.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { PROFILES } from "../../src/plan/profile.ts";
import { type Settings, SettingsError } from "../../src/plan/settings.ts";
import type { Availability } from "../../src/transport/transport.ts";
import { memoryStream } from "../support/memory_transport.ts";
import { someSettings } from "../support/small_catalog.ts";

const catalog = createCatalog();

function everything(changes: Record<string, Availability> = {}): Map<string, Availability> {
  const found = new Map<string, Availability>();
  for (const [id, { mode }] of catalog.transports) {
    found.set(
      id,
      mode === "stream" ? { available: true } : { available: true, largestMessageBytes: 65_507 },
    );
  }
  for (const [id, availability] of Object.entries(changes)) found.set(id, availability);
  return found;
}

function plan(changes: Partial<Settings>, availability = everything()) {
  return planCases(someSettings(changes), catalog, availability);
}

Deno.test("planCases() plans every scenario of a profile but those that are run on demand, each id once", () => {
  for (const profile of ["quick", "standard", "thorough"] as const) {
    const usual = [...catalog.scenarios.values()].filter((scenario) =>
      !scenario.onDemand && scenario.grid[profile].some(({ onDemand }) => !onDemand)
    );
    const { cases, skipped, scenarios } = plan({ profile, peer: "process" });
    assertEquals(skipped, []);
    assertEquals(scenarios.map((s) => s.id), usual.map((s) => s.id));
    assertEquals(new Set(cases.map((c) => c.id)).size, cases.length);
  }
});

Deno.test("planCases() estimates each profile within what it promises on two cores", () => {
  const limits = { quick: 20, standard: 120, thorough: 900 };
  for (const profile of ["quick", "standard", "thorough"] as const) {
    const { estimateNs } = plan({ profile, rounds: PROFILES[profile].rounds });
    assert(estimateNs / 1e9 <= limits[profile], `${profile}: ${estimateNs / 1e9} s`);
  }
});

Deno.test("planCases() estimates as many rounds as it plans", () => {
  const one = plan({ rounds: 1 }).estimateNs;
  const two = plan({ rounds: 2 }).estimateNs;
  const five = plan({ rounds: 5 }).estimateNs;
  assertAlmostEquals(five - one, 4 * (two - one), 1);
});

Deno.test("planCases() skips a transport that is not available, once, with its reason", () => {
  const { cases, skipped } = plan(
    { scenarios: ["round-trip"] },
    everything({ udp6: { available: false, reason: "no IPv6 here" } }),
  );
  assertEquals(skipped, [{ what: "transport udp6", reason: "no IPv6 here" }]);
  assert(!cases.some((c) => c.transport === "udp6"));
  assert(cases.some((c) => c.transport === "udp"));
});

Deno.test("planCases() resolves largest per datagram transport and refuses it on streams", () => {
  const { cases, skipped } = plan({
    scenarios: ["round-trip"],
    transports: ["udp", "unix"],
    params: { bytes: ["largest"] },
  });
  assertEquals(cases.map((c) => c.id), ["round-trip/udp/bytes=65507"]);
  assertEquals(skipped.map((s) => s.what), ["round-trip/unix/bytes=largest"]);
});

Deno.test("planCases() skips a message beyond a transport's limit with the limit", () => {
  const { cases, skipped } = plan({
    scenarios: ["round-trip"],
    transports: ["udp"],
    params: { bytes: [65_508] },
  });
  assertEquals(cases, []);
  assertEquals(skipped, [{
    what: "round-trip/udp/bytes=65508",
    reason: "65508 bytes are more than one udp message carries: the limit is 65507",
  }]);
});

Deno.test("planCases() narrows by transport, by glob and by parameter", () => {
  const ids = plan({ transports: ["tcp", "unix"], cases: ["round-trip/*/bytes=64", "connect/*"] })
    .cases.map((c) => c.id);
  assertEquals(ids, [
    "round-trip/tcp/bytes=64",
    "round-trip/unix/bytes=64",
    "connect/tcp",
    "connect/unix",
  ]);
  const sized = plan({ scenarios: ["round-trip"], transports: ["tcp"], params: { bytes: [5, 6] } })
    .cases.map((c) => c.id);
  assertEquals(sized, ["round-trip/tcp/bytes=5", "round-trip/tcp/bytes=6"]);
});

Deno.test("planCases() lets a transport that the grid does not list join when it is asked for", () => {
  assertEquals(
    plan({ scenarios: ["throughput"], transports: ["tcp6"] }).cases.map((c) => c.id),
    ["throughput/tcp6/bytes=1024", "throughput/tcp6/bytes=65536", "throughput/tcp6/bytes=1048576"],
  );
  const withMemory = createCatalog([{ transports: [memoryStream()] }]);
  const settings = someSettings({ scenarios: ["connect"], transports: ["memory"] });
  const own = planCases(settings, withMemory, everything({ memory: { available: true } }));
  assertEquals(own.cases.map((c) => c.id), ["connect/memory"]);
});

Deno.test("planCases() keeps a control without a parameter out of that parameter's grid", () => {
  const { cases } = plan({ scenarios: ["nagle"], transports: ["unix"] });
  assert(cases.length > 0 && cases.every((c) => !("nagle" in c.params)));
});

Deno.test("planCases() bounds connections per trial below what TIME_WAIT and ephemeral ports allow", () => {
  const { cases, rounds } = plan({ profile: "thorough", rounds: PROFILES.thorough.rounds });
  const perRound = cases
    .filter((c) => c.scenario.startsWith("connect") && c.transport === "tcp")
    .reduce((sum, c) => sum + c.budget.maxOperations! + 20, 0);
  assert(perRound * (rounds + 1) < 28_000, `${perRound * (rounds + 1)} connections`);
});

Deno.test("planCases() opens fewer TCP connections to one listener than there are ports, in every scenario and profile", () => {
  const scenarios = [...catalog.scenarios.keys()];
  for (const profile of ["quick", "standard", "thorough"] as const) {
    for (const c of plan({ profile, scenarios, transports: ["tcp", "tcp6"] }).cases) {
      // A port in TIME_WAIT is taken towards its listener only, and each trial has its own: what counts is a trial, with its warm-up.
      const perOperation = Number(c.params.clients ?? 1);
      const opensMany = ["connect", "connect-ping", "closing"].includes(c.workload) ||
        c.scenario === "iterative-server" || c.params.connection === "fresh";
      const opened = opensMany
        ? (c.budget.maxOperations ?? Infinity) * perOperation * 2
        : Number(c.params.clients ?? c.params.backlog ?? 1);
      assert(opened <= 1_000, `${c.id}: ${opened} connections`);
    }
  }
});

Deno.test("planCases() gives an asked-for choice to the blocks made for it", () => {
  const idsOf = (pattern: string) =>
    plan({ scenarios: ["nagle"], transports: ["unix"], params: { pattern: [pattern] } })
      .cases.map((c) => c.id);
  assertEquals(idsOf("write-read"), ["nagle/unix/pattern=write-read,header=64"]);
  assertEquals(idsOf("write-write-read"), [
    "nagle/unix/pattern=write-write-read,header=64,body=256",
  ]);
});

Deno.test("planCases() takes request and reply in the place of bytes, which stays where both are equal", () => {
  const ids = (params: Settings["params"]) =>
    plan({ scenarios: ["round-trip"], transports: ["tcp"], profile: "quick", params })
      .cases.map((c) => c.id);
  assertEquals(ids({}), ["round-trip/tcp/bytes=64", "round-trip/tcp/bytes=16384"]);
  assertEquals(ids({ request: [300], reply: [20_480] }), [
    "round-trip/tcp/request=300,reply=20480",
  ]);
  assertEquals(ids({ request: [300], reply: [300] }), ["round-trip/tcp/bytes=300"]);
  assertEquals(ids({ bytes: [64], reply: [64, 128] }), [
    "round-trip/tcp/bytes=64",
    "round-trip/tcp/request=64,reply=128",
  ]);
  assertEquals(ids({ bytes: [64], think: [500], pipeline: [4] }), [
    "round-trip/tcp/bytes=64,think=500,pipeline=4",
  ]);
});

Deno.test("planCases() takes parallel streams over streams, and over datagrams says why not", () => {
  const { cases, skipped } = plan({
    scenarios: ["throughput"],
    transports: ["unix", "udp"],
    params: { bytes: [1_024], streams: [4] },
    peer: "process",
  });
  assertEquals(cases.map((c) => c.id), ["throughput/unix/bytes=1024,streams=4"]);
  assertEquals(skipped.map(({ reason }) => reason), [
    "udp has no connections that could be written to at once",
  ]);
});

Deno.test("planCases() takes a direction of bulk over streams, and says of which transports not", () => {
  const { cases, skipped } = plan({
    scenarios: ["throughput"],
    transports: ["unix", "unix@libc", "udp"],
    params: { bytes: [1_024], direction: ["down", "both"] },
    peer: "process",
  });
  assertEquals(cases.map((c) => c.id), [
    "throughput/unix/bytes=1024,direction=down",
    "throughput/unix/bytes=1024,direction=both",
    "throughput/unix@libc/bytes=1024,direction=down",
  ]);
  assertEquals(skipped.map(({ what }) => what), [
    "throughput/unix@libc/bytes=1024,direction=both",
    "throughput/udp/bytes=1024,direction=down",
    "throughput/udp/bytes=1024,direction=both",
  ]);
  assert(skipped[0]!.reason.startsWith("a blocking driver has one call under way at a time"));
  assert(skipped[1]!.reason.startsWith("udp has no end of a stream"));
});

Deno.test("planCases() loads datagrams where they are asked for", () => {
  const ids = (transports: readonly string[]) =>
    plan({ scenarios: ["load"], transports, params: { rate: [9] }, peer: "process" })
      .cases.map((c) => c.id);
  assertEquals(ids(["udp", "tcp"]), [
    "load/tcp/bytes=64,rate=9,connections=10",
    "load/udp/bytes=64,rate=9,connections=10",
  ]);
  assertEquals(ids([]).length, 2);
  assertEquals(ids(["unixpacket@libc"]).length, 1);
  const { skipped } = plan({ scenarios: ["load"], transports: ["unixpacket"], peer: "process" });
  assertEquals(skipped.map(({ reason }) => reason), [
    "a socket of unixpacket takes no send in Deno while a receive waits: unixpacket@libc",
  ]);
});

Deno.test("planCases() plans a replay once for each transport, and names the line that does not fit", async () => {
  const replayed = async (scenario: string, text: string, transports: readonly string[]) => {
    const replay = await parseReplay(text, "sizes.csv");
    return plan({ scenarios: [scenario], transports, peer: "process", replay });
  };
  const whole = await replayed("load", "300,400,1000\n", ["tcp", "udp"]);
  assertEquals(whole.cases.map((c) => c.id), [
    "load/tcp/connections=10,replay=sizes.csv",
    "load/udp/connections=10,replay=sizes.csv",
  ]);
  // As many requests as a p99 needs, at the file's own rate.
  assertEquals(whole.cases[0]!.budget.measureNs, 1_200 * 1e6);
  const [spec] = whole.scenarios;
  assertEquals(spec!.parameters.map(({ name }) => name), ["connections", "replay"]);
  const large = await replayed("round-trip", "300,400,1\n300,65508,1\n", ["tcp", "udp"]);
  assertEquals(large.cases.map((c) => c.id), ["round-trip/tcp/replay=sizes.csv"]);
  assertEquals(large.skipped.map(({ reason }) => reason), [
    "line 2 of sizes.csv asks for it: 65508 bytes are more than one udp message carries: the limit is 65507",
  ]);
  const small = await replayed("load", "300,3,1\n", ["udp"]);
  assertEquals(small.cases, []);
  assertEquals(small.skipped.map(({ reason }) => reason), [
    "line 1 of sizes.csv has a reply of 3 B, and a datagram's carries a number of 4",
  ]);
});

Deno.test("planCases() refuses a reply beyond a transport's limit as it does a request", () => {
  const { cases, skipped } = plan({
    scenarios: ["round-trip"],
    transports: ["udp"],
    params: { request: [64], reply: [65_508] },
  });
  assertEquals(cases, []);
  assertEquals(skipped.map((s) => s.what), ["round-trip/udp/request=64,reply=65508"]);
});

Deno.test("planCases() measures a case that is named exactly although no profile lists it", () => {
  for (
    const id of [
      "round-trip/tcp@libc/bytes=100",
      "round-trip/tcp/bytes=100,pin=same",
      "throughput/unix/bytes=777",
      "round-trip/unix/request=7,reply=9,pipeline=2",
      "fan-in/udp/bytes=64,clients=7",
    ]
  ) {
    const { cases } = planCases(
      someSettings({ cases: [id], peer: "process" }),
      catalog,
      everything(),
      {
        available: true,
        cores: [0, 1],
      },
    );
    assertEquals(cases.map((c) => c.id), [id]);
  }
  // What lacks a parameter, or has one that its scenario does not know, names nothing.
  for (
    const id of ["round-trip/tcp", "round-trip/tcp/bytes=64,turns=2", "round-trip/tin/bytes=64"]
  ) {
    assertEquals(plan({ cases: [id] }).cases, []);
  }
  assertThrows(() => plan({ cases: ["round-trip/tcp/bytes=0"] }), SettingsError, "from 1 to");
});

Deno.test("planCases() takes a glob that fits no transport of the grid for those that are measured when they are named", () => {
  const planned = (...cases: string[]) =>
    plan({ profile: "quick", cases, peer: "process" }).cases.map(({ id }) => id);
  assertEquals(planned("round-trip/*@node/bytes=64").map((id) => id.split("/")[1]), [
    ...["tcp@node", "tcp6@node", "unix@node", "udp@node", "udp6@node", "tls@node", "tls-unix@node"],
  ]);
  assertEquals(planned("connect/quic"), ["connect/quic"]);
  // Without a slash, a driver says that a transport is meant.
  assertEquals(planned("round-trip*@node*bytes=64"), planned("round-trip/*@node/bytes=64"));
  assertEquals(
    new Set(planned("*@node*").map((id) => id.split("/")[0])).has("throughput"),
    true,
  );
  assertEquals(
    planned("*@node*").filter((id) => !/^[^/]+\/[^/]+@node(\/|$)/.test(id)),
    [],
  );
  assertEquals(
    new Set(planned("*/tls/*").map((id) => id.split("/")[0])).has("throughput"),
    true,
  );
  // One that fits the grid means what the grid has, as it always did.
  assertEquals(planned("round-trip/udp*/bytes=64"), [
    "round-trip/udp/bytes=64",
    "round-trip/udp6/bytes=64",
  ]);
  assertEquals(planned("round-trip/*@nobody/*"), []);
  assertEquals(
    plan({ cases: ["round-trip/*@node/*"], transports: ["tcp"], peer: "process" }).cases,
    [],
  );
});

Deno.test("planCases() makes of a duration the rounds in which a case is measured for it", () => {
  for (
    const [durationNs, id] of [[10e9, "round-trip/tcp/bytes=64"], [1e9, "connect/unix"]] as const
  ) {
    const { cases, rounds, settings } = plan({ durationNs, cases: [id] });
    const [{ budget }] = cases as [typeof cases[number]];
    assertEquals(rounds, settings.rounds);
    assert(Math.abs(rounds * budget.measureNs - durationNs) <= budget.measureNs, `${rounds}`);
  }
  const day = { durationNs: 86_400e9, cases: ["round-trip/tcp/bytes=64"] };
  assertThrows(() => plan(day), SettingsError, "more rounds than 10000");
});
