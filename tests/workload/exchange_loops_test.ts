/** The three ways to exchange, over channels that tell what was asked of them. */

import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/clock.ts";
import { openLoopLink } from "../../src/peer/loop_link.ts";
import { runTrial, type TrialOutcome } from "../../src/run/run_trial.ts";
import type { StreamChannel } from "../../src/transport/channel.ts";
import type { StreamTransport, Transport } from "../../src/transport/transport.ts";
import { exchangeLoops } from "../../src/workload/exchange_loops.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { catalogWith, someCase } from "../support/small_catalog.ts";

async function trial(
  transport: Transport,
  loop: string,
  operations: number,
  clock = systemClock,
): Promise<TrialOutcome> {
  const catalog = catalogWith({ transports: [transport] });
  const link = openLoopLink(catalog, clock);
  const outcome = await runTrial({
    case: someCase("exchange-loops", transport.name, { bytes: 8, loop }, { operations }),
    transport,
    workload: catalog.workloads.get("exchange-loops")!,
    link,
    clock,
    directory: "",
  });
  await link.close();
  return outcome;
}

/** A memory stream with bare loops, each exchange of which takes 1 µs of the scripted clock. */
function bareStream(clock: ScriptedClock, batches: number[]): StreamTransport {
  const inner = memoryStream();
  const withLoops = (channel: StreamChannel): StreamChannel => ({
    ...channel,
    async bareExchange(bytes, count) {
      batches.push(count);
      for (let i = 0; i < count; i++) {
        await channel.write(new Uint8Array(bytes));
        assertEquals(await channel.read(new Uint8Array(bytes)), bytes);
        clock.advance(1_000);
      }
    },
    async bareAnswer(bytes) {
      const buffer = new Uint8Array(bytes);
      while (await channel.read(buffer) !== null) await channel.write(buffer);
    },
    bareCalls: (count) => clock.advance(5 * count),
  });
  return {
    ...inner,
    async listen(options) {
      const listener = await inner.listen(options);
      return {
        endpoint: listener.endpoint,
        accept: async () => withLoops(await listener.accept()),
        close: () => listener.close(),
      };
    },
    connect: async (endpoint, options) => withLoops(await inner.connect(endpoint, options)),
  };
}

Deno.test("exchangeLoops times bare exchanges by the batch, and what a call costs", async () => {
  const clock = new ScriptedClock(0);
  const batches: number[] = [];
  const outcome = await trial(bareStream(clock, batches), "bare", 50, clock);
  assertEquals(outcome.error, undefined);
  assertEquals(outcome.operations, 50);
  assertEquals(outcome.values, { perExchange: 1_000, ffiCall: 5 });
  assertEquals(outcome.histograms, {});
  assertEquals(outcome.tally.sentBytes, 50 * 8);
  // A batch of warm-up of no length, and the measured ones.
  assertEquals(batches, [20, 20, 20, 10]);
});

Deno.test("exchangeLoops times the suite's own exchanges by the same batches", async () => {
  const clock = new ScriptedClock(1_000);
  const outcome = await trial(memoryStream(), "suite", 40, clock);
  assertEquals(outcome.error, undefined);
  assertEquals(outcome.operations, 40);
  assertEquals(outcome.histograms.exchange?.count, 40);
  // Two readings an exchange, one at the start of the batch's loop and one after it.
  assertEquals(outcome.values?.perExchange, (2 * 20 + 2) * 1_000 / 20);
  assertEquals(Object.keys(outcome.values ?? {}), ["perExchange"]);
});

Deno.test("exchangeLoops says no time of a traced trial, over either kind of channel", async () => {
  for (const transport of [memoryStream(), memoryDatagram()]) {
    const outcome = await trial(transport, "traced", 3);
    assertEquals(outcome.error, undefined);
    assertEquals(outcome.operations, 3);
    assertEquals([outcome.histograms, outcome.values], [{}, undefined]);
  }
  assert(exchangeLoops.traces!({ loop: "traced" }));
  assert(!exchangeLoops.traces!({ loop: "bare" }) && !exchangeLoops.traces!({ loop: "suite" }));
});

Deno.test("exchangeLoops fails a bare trial over a transport without bare loops", async () => {
  const outcome = await trial(memoryStream(), "bare", 3);
  assertEquals(outcome.error?.message, "this transport has no bare loop");
});
