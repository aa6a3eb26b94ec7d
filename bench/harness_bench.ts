/**
 * What the suite itself costs inside a measured interval, and around one: `deno task bench:deno`.
 *
 * Fast pieces run in batches, because the clock readings of `deno bench` around them cost as much as they do: divide by the number
 * in the name.
 *
 * @module
 */

import { createCatalog } from "../src/catalog.ts";
import { systemClock } from "../src/clock.ts";
import { openLoopLink } from "../src/peer/loop_link.ts";
import type { Case } from "../src/model/case.ts";
import { Histogram } from "../src/model/histogram.ts";
import { runTrial } from "../src/run/run_trial.ts";
import type { StreamChannel } from "../src/transport/channel.ts";
import { DenoStreamChannel } from "../src/transport/deno_stream.ts";
import { createSocketDirectory } from "../src/transport/socket_directory.ts";
import { tcp } from "../src/transport/tcp.ts";
import type { Workload } from "../src/workload/workload.ts";

/** Calls per iteration of the fast pieces. */
const BATCH = 1_000;
/** Iterations of what opens sockets: each leaves a port in TIME_WAIT. */
const BOUND = { n: 200, warmup: 20 };

let sink = 0;

Deno.bench({
  name: `performance.now ×${BATCH}`,
  group: "clock",
  baseline: true,
  fn() {
    for (let i = 0; i < BATCH; i++) sink += performance.now();
  },
});

Deno.bench({
  name: `systemClock.nowNs ×${BATCH}`,
  group: "clock",
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
  fn() {
    for (let i = 0; i < BATCH; i++) samples[i] = latenciesNs[i]!;
  },
});

Deno.bench({
  name: `Histogram.record ×${BATCH} (allowed: 40 ns each)`,
  group: "record a latency",
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
  group: "64 B one way through one TCP connection",
  baseline: true,
  async fn() {
    await client.write(message);
    await server.read(message);
  },
});

Deno.bench({
  name: "channel.write, channel.read",
  group: "64 B one way through one TCP connection",
  async fn() {
    await near.write(message);
    await far.read(message);
  },
});

/** A workload that measures nothing: what is left of a trial is what the suite puts around every one. */
const nothing: Workload = {
  name: "nothing",
  modes: ["stream"],
  async drive(context) {
    if (context.params.open === "yes") await context.open();
    await context.begin();
    await context.end();
    return { operations: 1, elapsedNs: 1, histograms: {}, tally: {} };
  },
  async serve(context) {
    // Until the runner closes the listener, as the suite's workloads do.
    while (await context.accept() !== null);
  },
};

const catalog = createCatalog([{ workloads: [nothing] }]);
const link = openLoopLink(catalog, systemClock);
const directory = await createSocketDirectory();
addEventListener("unload", () => {
  near.close();
  far.close();
  Deno.removeSync(directory.path, { recursive: true });
});

for (const open of ["no", "yes"]) {
  Deno.bench({
    name: open === "no" ? "nothing opened but the listener" : "one connection opened",
    group: "an empty trial: tcp, peer loop",
    baseline: open === "no",
    ...BOUND,
    async fn() {
      const { error } = await runTrial({
        case: emptyCase(open),
        transport: tcp,
        workload: nothing,
        link,
        clock: systemClock,
        directory: directory.path,
      });
      if (error !== undefined) throw new Error(error.message);
    },
  });
}

function emptyCase(open: string): Case {
  return {
    id: `nothing/tcp/open=${open}`,
    scenario: "nothing",
    transport: "tcp",
    params: { open },
    fixed: {},
    workload: nothing.name,
    budget: { warmupNs: 0, measureNs: 0 },
    expectedNs: 0,
    placement: { peer: "loop", pin: "none" },
  };
}
