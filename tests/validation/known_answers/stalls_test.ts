import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { stallTruth } from "../../../bench/validation/known_answers/stalls.ts";
import {
  PERIOD_NS,
  STALL_NS,
  stallingTransport,
} from "../../../bench/validation/known_answers/stalls_module.ts";
import type { StreamTransport } from "../../../src/transport/transport.ts";
import { memoryStream } from "../../support/memory_transport.ts";
import { ScriptedClock } from "../../support/scripted_clock.ts";

Deno.test("a stalling server hands over at the end of the stall what came within, and the rest at once", async () => {
  const clock = new ScriptedClock(1_000);
  const transport = stallingTransport(memoryStream() as StreamTransport, "stalls", clock);
  const common = { params: {}, directory: "", signal: new AbortController().signal };
  const listener = await transport.listen(common as never);
  const client = await transport.connect(listener.endpoint, common as never);
  const server = await listener.accept();
  const [request, room] = [new Uint8Array(8), new Uint8Array(8)];
  const ask = async () => {
    await client.write(request);
    assertEquals(await server.read(room), 8);
    return clock.nowNs() % PERIOD_NS;
  };
  assertAlmostEquals(await ask(), STALL_NS, 5_000);
  const soon = await ask();
  assert(soon < STALL_NS + 20_000, `${soon}`);
  clock.advance(PERIOD_NS - soon + STALL_NS / 2);
  assertAlmostEquals(await ask(), STALL_NS, 5_000);
  client.close();
  server.close();
  listener.close();
});

Deno.test("a stall's mean and p99 are those of the deterministic queue, summed request by request", () => {
  const [rate, busy] = [2_000, 0.05];
  const costNs = busy / rate * 1e9;
  // Second by second alike: one period is all.
  const latencies: number[] = [];
  let freeNs = STALL_NS;
  for (let k = 0; k < rate; k++) {
    const dueNs = (k + 0.5) / rate * PERIOD_NS;
    freeNs = Math.max(freeNs, dueNs) + costNs;
    latencies.push((freeNs - dueNs - costNs) / 1e6);
  }
  const { meanMs, p99Ms, inFlight } = stallTruth(busy);
  const mean = latencies.reduce((sum, one) => sum + one) / rate;
  assertAlmostEquals(mean / meanMs, 1, 0.01);
  const p99 = latencies.toSorted((a, b) => a - b)[Math.ceil(0.99 * rate) - 1]!;
  assertAlmostEquals(p99 / p99Ms, 1, 0.01);
  assertEquals(inFlight, 200);
});
