/**
 * What the suite itself costs inside a measured interval, and around one: `deno task bench:deno`.
 *
 * Fast pieces run in batches of {@link BATCH} between two clock readings of `deno bench`, whose own reading costs as much as they
 * do: divide by the number in the name.
 *
 * @module
 */

import { systemClock } from "../src/clock.ts";
import { Histogram } from "../src/record/histogram.ts";
import type { StreamChannel } from "../src/transport/channel.ts";
import { DenoStreamChannel } from "../src/transport/deno_stream.ts";
import { runTrial } from "../src/run/run_trial.ts";
import { openLoopLink } from "../src/peer/loop_link.ts";
import { createCatalog } from "../src/catalog.ts";
import type { Case } from "../src/plan/case.ts";
import type { Transport } from "../src/transport/transport.ts";
import type { Workload } from "../src/workload/workload.ts";

/** Calls per iteration of the fast pieces. */
const BATCH = 1_000;
/** Iterations where an iteration is a batch. */
const BATCHES = { n: 500, warmup: 100 };
/** Iterations of a round trip: about 10 µs each. */
const EXCHANGES = { n: 20_000, warmup: 5_000 };

let sink = 0;

Deno.bench({
  name: `performance.now ×${BATCH}`,
  group: "clock",
  baseline: true,
  ...BATCHES,
  fn() {
    for (let i = 0; i < BATCH; i++) sink += performance.now();
  },
});

Deno.bench({
  name: `systemClock.nowNs ×${BATCH}`,
  group: "clock",
  ...BATCHES,
  fn() {
    for (let i = 0; i < BATCH; i++) sink += systemClock.nowNs();
  },
});

// Latencies as they come: 8 to 40 µs with a tail, a table of them so that no random number is drawn in the loop.
const latenciesNs = Float64Array.from(
  { length: BATCH },
  (_, i) => 8_000 + (i * 7919) % 32_000 + (i % 97 === 0 ? 1e6 : 0) + 0.25,
);
const histogram = new Histogram();
const samples = new Float64Array(BATCH);

Deno.bench({
  name: `store in a Float64Array ×${BATCH}`,
  group: "record a latency",
  baseline: true,
  ...BATCHES,
  fn() {
    for (let i = 0; i < BATCH; i++) samples[i] = latenciesNs[i]!;
  },
});

Deno.bench({
  name: `Histogram.record ×${BATCH} (at most 40 µs: 40 ns each)`,
  group: "record a latency",
  ...BATCHES,
  fn() {
    for (let i = 0; i < BATCH; i++) histogram.record(latenciesNs[i]!);
  },
});

// The same connection seen as what Deno gives and as the channel around it: the difference is the seam.
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const [client, server] = await Promise.all([
  Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
  listener.accept(),
]);
listener.close();
client.setNoDelay(true);
server.setNoDelay(true);
const near: StreamChannel = new DenoStreamChannel(client);
const far: StreamChannel = new DenoStreamChannel(server);
const message = new Uint8Array(64);

Deno.bench({
  name: "conn.write, conn.read",
  group: "64 B through one TCP connection",
  baseline: true,
  ...EXCHANGES,
  async fn() {
    await client.write(message);
    await server.read(message);
  },
});

Deno.bench({
  name: "channel.write, channel.read",
  group: "64 B through one TCP connection",
  ...EXCHANGES,
  async fn() {
    await near.write(message);
    await far.read(message);
  },
});
