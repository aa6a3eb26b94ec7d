import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { nextRate, promise, promisedRate, type Step } from "../../src/workload/promise.ts";
import type { DriveContext } from "../../src/workload/workload.ts";
import { SimulatedClock, SimulatedServer } from "../support/simulated_server.ts";

const nothing = async () => {};

async function search(
  params: DriveContext["params"],
  serviceNs: (startNs: number) => number = () => 200e3,
) {
  const clock = new SimulatedClock();
  const server = new SimulatedServer(clock, (startNs) => startNs + serviceNs(startNs));
  return await promise.drive({
    clock,
    params: { bytes: 8, connections: 10, percentile: "p99", ...params },
    budget: { warmupNs: 0, measureNs: 60e9 },
    open: () => server.connect(8, 8),
    settle: () => Promise.resolve(0),
    hasMeasured: () => Promise.resolve(true),
    residentBytes: () => undefined,
    begin: nothing,
    end: nothing,
  });
}

Deno.test("the rate that keeps a promise is a server's capacity where nothing but an overload breaks it", async () => {
  const { values } = await search({ limit: 5_000, arrivals: "constant" });
  // 200 µs a request, one after another.
  assertAlmostEquals(values!.promisedPerSecond! / 5_000, 1, 0.06);
});

Deno.test("a tighter promise is kept up to a lower rate, and so is that of a slower server", async () => {
  const rateOf = async (limit: number, serviceNs: number) =>
    (await search({ limit }, () => serviceNs)).values!.promisedPerSecond!;
  const [loose, tight, slow] = [
    await rateOf(2_000, 200e3),
    await rateOf(800, 200e3),
    await rateOf(2_000, 220e3),
  ];
  assert(loose > 1.2 * tight, `${loose} ${tight}`);
  assert(loose < 5_000 && slow < 0.97 * loose, `${loose} ${slow}`);
});

Deno.test("one stall in a search costs no more than the step it falls into", async () => {
  const plain = (await search({ limit: 5_000, arrivals: "constant" })).values!.promisedPerSecond!;
  let stalls = 1;
  const stalled = (await search(
    { limit: 5_000, arrivals: "constant" },
    (startNs) => startNs > 700e6 && stalls-- > 0 ? 300e6 : 200e3,
  )).values!.promisedPerSecond!;
  assert(stalled > 0.75 * plain, `${stalled} of ${plain}`);
});

Deno.test("a promise that no rate keeps is a sentence", async () => {
  await assertRejects(
    () => search({ limit: 100 }),
    RangeError,
    "Cannot keep p99 within 100 µs at any rate",
  );
});

Deno.test("a search doubles, turns with a factor that shrinks, and ends", () => {
  const steps: Step[] = [];
  for (;;) {
    const rate = nextRate(steps, 1_000);
    if (rate === undefined) break;
    steps.push({ rate, isKept: rate <= 6_500 });
    assert(steps.length < 40);
  }
  assertEquals(steps.slice(0, 4).map(({ rate }) => rate), [1_000, 2_000, 4_000, 8_000]);
  assertAlmostEquals(promisedRate(steps)! / 6_500, 1, 0.06);
  assertEquals(promisedRate([{ rate: 1, isKept: true }]), undefined);
});
