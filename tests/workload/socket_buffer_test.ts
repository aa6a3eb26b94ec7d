import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/clock.ts";
import { openLoopLink } from "../../src/peer/loop_link.ts";
import { runTrial } from "../../src/run/run_trial.ts";
import type { Transport } from "../../src/transport/transport.ts";
import type { Params } from "../../src/model/params.ts";
import { memoryDatagram, memoryStream } from "../support/memory_transport.ts";
import { catalogWith, someCase } from "../support/small_catalog.ts";

async function trial(transport: Transport, params: Params, operations: number) {
  const catalog = catalogWith({ transports: [transport] });
  const link = openLoopLink(catalog, systemClock);
  const outcome = await runTrial({
    case: someCase("socket-buffer", transport.name, params, { operations }),
    transport,
    workload: catalog.workloads.get("socket-buffer")!,
    link,
    clock: systemClock,
    directory: "",
  });
  await link.close();
  return outcome;
}

Deno.test("socketBuffer finds exactly what a connection holds, and then transfers over another", async () => {
  for (const capacity of [1_000, 4_096, 8_192]) {
    const outcome = await trial(memoryStream(capacity), { bytes: 1_000, read: 500 }, 40);
    assertEquals(outcome.error, undefined);
    assertEquals(outcome.values?.acceptedBytes, capacity);
    assert(outcome.values!.longestPause! > 0);
    assertEquals(outcome.operations, 40);
    // What filled the first connection is not counted as sent.
    assert(outcome.tally.sentBytes! <= 40_000);
  }
});

Deno.test("socketBuffer over datagrams finds the loss, and fills nothing", async () => {
  const lossy = memoryDatagram((index) => index % 10 === 3 ? "drop" : "deliver");
  const outcome = await trial(lossy, { bytes: 64 }, 1_000);
  assertEquals(outcome.error, undefined);
  assertEquals(outcome.values, undefined);
  const { sentMessages, lostMessages } = outcome.tally;
  assertEquals(lostMessages, Math.floor((sentMessages! + 6) / 10));
});
