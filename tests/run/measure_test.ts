import { assertEquals, assertRejects } from "@std/assert";
import { createCatalog, measure, type SockbenchModule, tcp } from "../../mod.ts";

const SMALL = {
  scenarios: ["round-trip"],
  transports: ["mine"],
  params: { bytes: [64] },
  profile: "quick",
  rounds: 1,
} as const;

function catalogOf(changes: object = {}) {
  const module: SockbenchModule = {
    transports: [{ ...tcp, name: "mine", title: "TCP, again", ...changes }],
  };
  return createCatalog([module]);
}

Deno.test("measure() refuses objects for a peer that could not load them, instead of measuring nothing", async () => {
  for (const peer of [undefined, "process", "worker"]) {
    const settings = { ...SMALL, ...(peer !== undefined && { peer }) };
    await assertRejects(
      () => measure(settings, { catalog: catalogOf() }),
      Error,
      'cannot know transport "mine", which is an object of this program: ask for peer loop',
    );
  }
});

Deno.test("measure() measures with objects where the peer is on the same loop, and built-in parts with any", async () => {
  const own = await measure({ ...SMALL, peer: "loop" }, { catalog: catalogOf() });
  assertEquals(own.trials.map(({ error }) => error), [undefined]);
  const builtIn = { ...SMALL, transports: ["tcp"], peer: "worker" };
  const other = await measure(builtIn, { catalog: catalogOf() });
  assertEquals(other.trials.map(({ error }) => error), [undefined]);
});

Deno.test("measure() rejects when nothing succeeded, with the first reason", async () => {
  const connect = () => Promise.reject(new Error("broken on purpose"));
  await assertRejects(
    () => measure({ ...SMALL, peer: "loop" }, { catalog: catalogOf({ connect }) }),
    Error,
    "Nothing was measured: every trial failed, first round-trip/mine/bytes=64 with Error: broken on purpose",
  );
  const probe = () => Promise.resolve({ available: false, reason: "it is not here" });
  await assertRejects(
    () => measure({ ...SMALL, peer: "loop" }, { catalog: catalogOf({ probe }) }),
    Error,
    "Nothing was measured: transport mine is skipped: it is not here",
  );
  await assertRejects(
    () => measure({ scenarios: ["connect"], transports: ["udp"], profile: "quick", peer: "loop" }),
    Error,
    "Nothing was measured: none of the selected scenarios and cases",
  );
});

Deno.test("measure() hands back what there is when it is told to end", async () => {
  const controller = new AbortController();
  controller.abort();
  const record = await measure({ ...SMALL, transports: ["tcp"], peer: "loop" }, {
    signal: controller.signal,
  });
  assertEquals([record.partial, record.trials.length], [true, 0]);
});
