import type { PeerKind } from "../../src/model/placement.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { planCases } from "../../src/plan/plan_cases.ts";
import { createSettings } from "../../src/plan/settings.ts";
import { workersFault, workloadFault } from "../../src/plan/unfit.ts";
import { type Availability, transportId } from "../../src/transport/transport.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";

const blocking = { ...memoryStream(), driver: "libc", blocking: true } as const;
const messages = { ...memoryStream(), name: "messages", keepsBoundaries: true } as const;
const catalog = createCatalog([{ transports: [blocking, messages] }]);
const availability: ReadonlyMap<string, Availability> = new Map([
  [transportId(blocking), { available: true as const }],
  [transportId(messages), { available: true as const, largestMessageBytes: 200_000 }],
]);

Deno.test("planCases() skips a blocking transport with peer loop, and with no other", () => {
  for (const peer of ["loop", "worker", "process"] as const) {
    const settings = createSettings(
      { scenarios: ["round-trip"], transports: ["memory@libc"], profile: "quick", peer },
      catalog,
    );
    const plan = planCases(settings, catalog, availability);
    assertEquals(plan.cases.length > 0, peer !== "loop", peer);
    if (peer !== "loop") continue;
    assertEquals(plan.skipped.map(({ what }) => what), ["transport memory@libc"]);
    assertStringIncludes(plan.skipped[0]!.reason, "--peer worker or process");
  }
});

Deno.test("planCases() skips a transport within one process with peer process, and says which peers it has", () => {
  for (
    const [transport, peer, reason] of [
      ["message-port", "process", "one process: --peer worker or loop"],
      ["shared-memory", "process", "one process: --peer worker"],
      ["shared-memory", "loop", "a thread of its own: --peer worker"],
      ["message-port", "loop", undefined],
      ["shared-memory", "worker", undefined],
    ] as const
  ) {
    const settings = createSettings(
      { scenarios: ["round-trip"], transports: [transport], peer },
      catalog,
    );
    const plan = planCases(settings, catalog, new Map([[transport, { available: true }]]));
    assertEquals(plan.cases.length > 0, reason === undefined, `${transport}, ${peer}`);
    if (reason !== undefined) {
      assert(plan.skipped[0]!.reason.endsWith(reason), plan.skipped[0]!.reason);
    }
  }
});

Deno.test("planCases() skips a read buffer smaller than the message where reads take whole messages", () => {
  const settings = createSettings(
    {
      scenarios: ["buffer-size"],
      transports: ["messages"],
      profile: "quick",
      params: { bytes: [1_024, 4_096], read: [1_024, 4_096] },
    },
    catalog,
  );
  const plan = planCases(settings, catalog, availability);
  assertEquals(plan.cases.map(({ id }) => id).sort(), [
    "buffer-size/messages/bytes=1024,read=1024",
    "buffer-size/messages/bytes=1024,read=4096",
    "buffer-size/messages/bytes=4096,read=4096",
  ]);
  assertEquals(plan.skipped.map(({ what }) => what), ["buffer-size/messages/bytes=4096,read=1024"]);
});

Deno.test("planCases() measures another driver of a transport wherever the grid has the transport itself", () => {
  const twin = { ...memoryStream(), name: "tcp", driver: "twin" };
  const withTwin = createCatalog([{ transports: [twin] }]);
  const found = new Map(
    [...withTwin.transports.keys()].map((id) => [id, { available: true as const }]),
  );
  const settings = createSettings(
    { scenarios: ["nagle"], transports: ["tcp", "tcp@twin"], profile: "quick" },
    withTwin,
  );
  const ids = planCases(settings, withTwin, found).cases.map(({ id }) => id);
  const of = (name: string) => ids.filter((id) => id.startsWith(`nagle/${name}/`));
  assertEquals(of("tcp@twin").map((id) => id.replace("@twin", "")), of("tcp"));
  assertEquals(of("tcp").length > 1, true);
});

Deno.test("planCases() measures round trips only where the kernel answers", () => {
  const echo = { ...memoryDatagram(), name: "echo", answeredBy: "kernel" } as const;
  const withEcho = createCatalog([{ transports: [echo] }]);
  const found = new Map([["echo", { available: true as const, largestMessageBytes: 1_024 }]]);
  const settings = createSettings(
    { scenarios: ["round-trip", "throughput"], transports: ["echo"], profile: "quick" },
    withEcho,
  );
  const plan = planCases(settings, withEcho, found);
  assertEquals(new Set(plan.cases.map(({ scenario }) => scenario)), new Set(["round-trip"]));
  const skip = plan.skipped.find(({ what }) => what === "throughput/echo");
  assertStringIncludes(skip!.reason, "only round trips");
});

Deno.test("planCases() measures what waits for each reply where request and reply come in turn, and nothing else", () => {
  const turns = { ...memoryStream(), name: "turns", keepsBoundaries: true, inTurn: true } as const;
  const withTurns = createCatalog([{ transports: [turns] }]);
  const settings = createSettings(
    {
      scenarios: ["round-trip", "throughput", "concurrency", "load"],
      transports: ["turns"],
      profile: "quick",
    },
    withTurns,
  );
  const plan = planCases(settings, withTurns, new Map([["turns", { available: true as const }]]));
  assertEquals(
    new Set(plan.cases.map(({ scenario }) => scenario)),
    new Set(["round-trip", "concurrency", "load"]),
  );
  assert(plan.skipped.some(({ reason }) => reason.startsWith("turns is request and reply")));
});

Deno.test("planCases() plans no datagrams in one direction on one event loop, unless their sender waits for room", () => {
  const patient = memoryDatagram();
  const dropping = { ...patient, name: "dropping", dropsUnread: true } as const;
  const catalog = createCatalog([{ transports: [{ ...patient, name: "patient" }, dropping] }]);
  const found = new Map(["patient", "dropping"].map((id) => [id, {
    available: true as const,
    largestMessageBytes: 32_768,
  }]));
  const measured = (peer: PeerKind) => {
    const scenarios = ["round-trip", "throughput", "datagram-loss"];
    const transports = ["patient", "dropping"];
    const settings = createSettings({ scenarios, transports, profile: "quick", peer }, catalog);
    const { cases, skipped } = planCases(settings, catalog, found);
    return {
      cases: [...new Set(cases.map((c) => `${c.scenario}/${c.transport}`))],
      skipped: skipped.map(({ what }) => what),
    };
  };
  assertEquals(measured("loop").skipped, ["throughput/dropping", "datagram-loss/dropping"]);
  assert(measured("loop").cases.includes("round-trip/dropping"));
  assert(measured("loop").cases.includes("throughput/patient"));
  assertEquals(measured("worker").skipped, []);
  assert(measured("worker").cases.includes("throughput/dropping"));
});

Deno.test("planCases() refuses a sender that spins on the loop or the core of its server, with the reason", () => {
  const planOf = (input: { peer: PeerKind; pin?: string[] }, cores = [0, 1]) =>
    planCases(
      createSettings({ scenarios: ["load"], transports: ["memory"], ...input }, withMemory),
      withMemory,
      new Map([["memory", { available: true as const }]]),
      { available: true, cores },
    );
  const withMemory = createCatalog([{ transports: [memoryStream()] }]);
  const onLoop = planOf({ peer: "loop" });
  assertEquals(onLoop.cases, []);
  assert(onLoop.skipped.every(({ reason }) => reason.includes("same event loop would starve")));
  const pinned = planOf({ peer: "process", pin: ["same", "cross"] });
  assert(pinned.cases.length > 0 && pinned.cases.every((c) => c.placement.pin === "cross"));
  assert(pinned.skipped.some(({ reason }) => reason.includes("same core would starve")));
  const alone = planOf({ peer: "process" }, [3]);
  assertEquals(alone.cases, []);
  assert(alone.skipped.every(({ reason }) => reason.includes("the only core")));
});

Deno.test("workersFault() names what keeps workers from sharing a port: the transport, the server, the peer, the pinning", () => {
  const tcp = catalog.transports.get("tcp");
  const workers = { workers: 2 };
  assertEquals(workersFault(tcp, workers, "process", "none"), undefined);
  assertEquals(workersFault(catalog.transports.get("unix"), {}, "loop", "same"), undefined);
  for (const id of ["unix", "udp", "tcp@libc", "http"]) {
    const fault = workersFault(catalog.transports.get(id), workers, "process", "none");
    assertStringIncludes(fault!, "share a port");
  }
  assertStringIncludes(workersFault(tcp, workers, "loop", "none")!, "--peer worker or process");
  assertStringIncludes(workersFault(tcp, workers, "process", "cross")!, "--pin none");
  const iterative = { ...workers, server: "iterative" };
  assertStringIncludes(workersFault(tcp, iterative, "process", "none")!, "at once");
});

Deno.test("connections at once are for drivers that do not block: connect has one call under way otherwise", () => {
  const fault = (id: string, connections?: number) =>
    workloadFault(catalog.transports.get(id), "connect", { peer: "process", connections });
  assertStringIncludes(fault("tcp@libc", 10)!, "one client connects after another");
  assertEquals([fault("tcp@libc"), fault("tcp", 10)], [undefined, undefined]);
});
