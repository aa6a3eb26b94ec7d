import { assert, assertEquals, assertRejects } from "@std/assert";
import { createCatalog } from "../../src/catalog.ts";
import { CannotTry, type Lab } from "../../src/claim/claim.ts";
import { ClaimFigures } from "../../src/claim/claim_figures.ts";
import { familiesAndTypes } from "../../src/claim/families/families_and_types.ts";
import { ridersOnStreams } from "../../src/claim/families/riders.ts";
import { lookBelow, type WireFacts } from "../../src/claim/families/wire.ts";
import { planClaims } from "../../src/claim/plan_claims.ts";
import { systemClock } from "../../src/clock.ts";
import { openKernel } from "../../src/kernel/libc.ts";
import type { Availability } from "../../src/transport/transport.ts";
import { sampleRecord } from "../support/sample_record.ts";
import { LIBC, needs } from "../support/needs.ts";

const catalog = createCatalog();
const kernel = openKernel();
const denied = { available: false, reason: "it needs --allow-ffi" } as const;

function labWith(changes: Partial<Lab>): Lab {
  return {
    clock: systemClock,
    catalog,
    availability: new Map(
      ["tcp", "websocket", "http"].map((id) => [id, { available: true as const }]),
    ),
    pinning: denied,
    peer: "loop",
    directory: "/nonexistent/sockbench",
    kernel: denied,
    signal: new AbortController().signal,
    ...changes,
  };
}

const noFigures = new ClaimFigures({ ...sampleRecord({ rounds: 2 }), trials: [] }, new Map());

Deno.test("lookBelow() without the kernel room speaks HTTP and WebSocket by hand, and says what it did not see", async () => {
  const facts = await lookBelow(labWith({}), ["websocket", "http"], [64]) as unknown as WireFacts;
  assertEquals(facts.handwritten.map(({ isExpected }) => isExpected), [true, true]);
  assertEquals(facts.wires, []);
  assertEquals(facts.unseen, "it needs --allow-ffi");
});

Deno.test("lookBelow() says why where a transport does not work here", async () => {
  const availability = new Map<string, Availability>([
    ["tcp", { available: true }],
    ["websocket", { available: false, reason: "not here" }],
  ]);
  await assertRejects(() => lookBelow(labWith({ availability }), ["websocket"], [64]), CannotTry);
});

Deno.test({
  ...needs(
    "lookBelow() finds no byte beyond the message on bare TCP, and those of the protocols above it",
    LIBC,
  ),
  async fn() {
    const facts = await lookBelow(labWith({ kernel }), ["websocket", "http"], [
      64,
      1_024,
    ]) as unknown as WireFacts;
    const of = (name: string) => facts.wires.filter(({ transport }) => transport === name);
    assertEquals(of("tcp").map(({ client, server }) => [client.bytes, server.bytes]), [
      [64, 64],
      [1_024, 1_024],
    ]);
    // RFC 6455, 5.2: 2 bytes before a message up to 125 bytes, 4 up to 65,535, and the client's mask of 4.
    assertEquals(of("websocket").map(({ client, server }) => [client.bytes, server.bytes]), [
      [70, 66],
      [1_032, 1_028],
    ]);
    assertEquals(of("websocket").map(({ connections }) => connections), [1, 1]);
    for (const { client, server, messageBytes } of of("http")) {
      assert(client.bytes > messageBytes && server.bytes > messageBytes);
    }
  },
});

Deno.test("ridersOnStreams.decide() goes by what answered a bare TCP connection", () => {
  const decide = (...isExpected: readonly boolean[]) =>
    ridersOnStreams.decide({
      figures: noFigures,
      facts: {
        handwritten: isExpected.map((one) => ({ transport: "x", answer: "?", isExpected: one })),
        wires: [],
        unseen: null,
      },
    }).verdict;
  assertEquals(decide(true, true), "holds in part");
  assertEquals(decide(true, false), "holds in part");
  assertEquals(decide(false, false), "does not hold");
  assertEquals(
    ridersOnStreams.decide({ figures: noFigures, failure: "no" }).verdict,
    "cannot be tried here",
  );
});

Deno.test("familiesAndTypes.decide() tells what the kernel refuses from what nobody could look for", () => {
  const decideWith = (libc: Availability) => {
    const found = new Map<string, Availability>(
      [...catalog.transports.keys()].map((
        id,
      ) => [id, id.endsWith("@libc") ? libc : { available: true }]),
    );
    const { plan, ids, skips } = planClaims(
      [familiesAndTypes],
      { peer: "process", rounds: 1, seed: 1 },
      catalog,
      found,
    );
    const [sample] = sampleRecord({ rounds: 2 }).trials;
    const trials = plan.cases.map(({ id }) => ({ ...sample!, case: id, round: 1 }));
    const { cases, metrics, scenarios } = plan;
    const record = { ...sampleRecord({ rounds: 2 }), cases, metrics, scenarios, trials };
    return familiesAndTypes.decide({ figures: new ClaimFigures(record, ids, skips) });
  };
  const refused = decideWith({ available: false, reason: "Not supported (EPROTONOSUPPORT)" });
  assertEquals([refused.verdict, refused.answer.slice(0, 10)], ["holds in part", "6 of 13 ki"]);
  const unseen = decideWith(denied);
  assertEquals([unseen.verdict, unseen.answer.slice(0, 10)], ["undecided", "6 of 6 kin"]);
  assertEquals(decideWith({ available: true }).verdict, "holds");
});
