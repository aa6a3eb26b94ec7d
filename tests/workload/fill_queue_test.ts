/** The backlog of real listeners: on Linux one more waits than was asked for (sk_acceptq_is_full of the kernel). */

import { assert, assertEquals } from "@std/assert";
import { metricValue } from "../../src/model/metric_value.ts";
import { measure } from "../../src/run/measure.ts";
import { LIBC, LINUX, needs } from "../support/needs.ts";

async function fill(transport: string, backlog: number) {
  const record = await measure({
    scenarios: ["backlog"],
    transports: [transport],
    params: { backlog: [backlog] },
    rounds: 1,
    seed: 1,
  });
  assertEquals(record.trials.map(({ error }) => error), [undefined]);
  return record.trials[0]!;
}

for (const [transport, backlog] of [["tcp", 1], ["tcp@libc", 5], ["unix@libc", 3]] as const) {
  Deno.test({
    ...needs(
      `fillQueue over ${transport} completes one connect more than the backlog, and the next once the server accepts`,
      LINUX,
      ...(transport === "tcp" ? [] : [LIBC]),
    ),
    fn: async () => {
      const trial = await fill(transport, backlog);
      assertEquals(metricValue(trial, "completedConnects"), backlog + 1);
      assertEquals(trial.histograms.next?.count, 1);
      assert(metricValue(trial, "nextConnectP50")! > 0);
    },
  });
}

Deno.test("fillQueue counts a listener without a bound up to what it tries, and says nothing of a next connect", async () => {
  // Deno takes no backlog for Unix-domain sockets: its own of 1,024 is far beyond what is tried for a backlog of 1.
  const trial = await fill("unix", 1);
  assertEquals(metricValue(trial, "completedConnects"), 1 + 64);
  assertEquals(metricValue(trial, "nextConnectP50"), undefined);
});
