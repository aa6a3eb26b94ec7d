/** What a split request does beyond its writes: cork, acknowledgements, gaps, and the series of its first exchanges. */

import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/clock.ts";
import { openLoopLink } from "../../src/peer/loop_link.ts";
import { runTrial, type TrialOutcome } from "../../src/run/run_trial.ts";
import type { StreamChannel } from "../../src/transport/channel.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";
import type { Params } from "../../src/model/params.ts";
import { memoryStream } from "../support/memory_transport.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { catalogWith, someCase } from "../support/small_catalog.ts";

async function trial(
  transport: StreamTransport,
  params: Params,
  operations = 10,
  clock = systemClock,
): Promise<TrialOutcome> {
  const catalog = catalogWith({ transports: [transport] });
  const link = openLoopLink(catalog, clock);
  const outcome = await runTrial({
    case: someCase("split-request", transport.name, params, { operations }),
    transport,
    workload: catalog.workloads.get("split-request")!,
    link,
    clock,
    directory: "",
  });
  await link.close();
  return outcome;
}

const TWO_WRITES = { pattern: "write-write-read", header: 4, body: 8 };

/** A memory stream that has TCP's options, and tells what was called at either end. */
function telling(log: string[]): StreamTransport {
  const inner = memoryStream();
  const tell = (end: string, channel: StreamChannel): StreamChannel => ({
    ...channel,
    write(data) {
      log.push(`${end} write ${data.length}`);
      return channel.write(data);
    },
    setCork: (isOn) => void log.push(`${end} cork ${isOn}`),
    acknowledgeNow: () => void log.push(`${end} acknowledge`),
  });
  return {
    ...inner,
    async listen(options) {
      const listener = await inner.listen(options);
      return {
        endpoint: listener.endpoint,
        accept: async () => tell("peer", await listener.accept()),
        close: () => listener.close(),
      };
    },
    connect: async (endpoint, options) => tell("driver", await inner.connect(endpoint, options)),
  };
}

Deno.test("splitRequest with cork=on corks before the writes of a request and uncorks after them", async () => {
  const log: string[] = [];
  assertEquals((await trial(telling(log), { ...TWO_WRITES, cork: "on" })).error, undefined);
  const own = log.filter((line) => line.startsWith("driver"));
  const exchange = ["driver cork true", "driver write 4", "driver write 8", "driver cork false"];
  assertEquals(own, Array.from({ length: own.length / 4 }, () => exchange).flat());
  assert(own.length >= 4 * 11, "ten exchanges and the first");
});

Deno.test("splitRequest with quickack=on acknowledges at the peer after each read, and nobody else does", async () => {
  const log: string[] = [];
  await trial(telling(log), { ...TWO_WRITES, quickack: "on" });
  const acknowledged = log.filter((line) => line.endsWith("acknowledge"));
  const replies = log.filter((line) => line === "peer write 4");
  assert(acknowledged.length >= replies.length && replies.length >= 11);
  assertEquals([...new Set(acknowledged)], ["peer acknowledge"]);
});

Deno.test("splitRequest touches no option where none is asked for, or where it is off", async () => {
  for (const params of [TWO_WRITES, { ...TWO_WRITES, cork: "off", quickack: "off" }]) {
    const log: string[] = [];
    await trial(telling(log), params);
    assertEquals(log.filter((line) => /cork|acknowledge/.test(line)), []);
  }
});

Deno.test("splitRequest fails a trial over a transport that lacks the option", async () => {
  const corked = await trial(memoryStream(), { ...TWO_WRITES, cork: "on" });
  assertEquals(corked.error?.message, "this transport has no TCP_CORK");
  const quick = await trial(memoryStream(), { ...TWO_WRITES, quickack: "on" });
  assertEquals(quick.error?.message, "this transport has no TCP_QUICKACK");
});

Deno.test("splitRequest waits a gap between two writes, as part of the exchange", async () => {
  const outcome = await trial(
    memoryStream(),
    { ...TWO_WRITES, gap: 50 },
    5,
    new ScriptedClock(1_000),
  );
  // Readings of 1 µs each: before, at the gap's start, 50 until it is over, after.
  assertEquals(outcome.histograms.exchange?.min, 52_000);
  assertEquals(outcome.histograms.exchange?.max, 52_000);
});

Deno.test("splitRequest keeps its first measured exchanges in the order of time, 64 at most", async () => {
  for (const operations of [1, 3, 63, 64, 65, 200]) {
    const clock = new ScriptedClock(1_000);
    const { series, error } = await trial(memoryStream(), TWO_WRITES, operations, clock);
    assertEquals(error, undefined);
    assertEquals(series?.exchange, Array.from({ length: Math.min(operations, 64) }, () => 1_000));
  }
});
