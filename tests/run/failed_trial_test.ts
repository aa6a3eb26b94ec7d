import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  createCatalog,
  measure,
  type RunRecord,
  type SockbenchModule,
  type Trial,
  type Workload,
} from "../../mod.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";
import { tcp } from "../../src/transport/tcp.ts";
import { connect } from "../../src/workload/connect.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";

/** The call that fails, counted from a trial's begin: the operations before it were completed. */
const FAILS_AT = 8;

/** TCP of which some call fails in the second trial, once that measures. */
function failing(call: "read" | "connect", fail: () => Promise<never>): StreamTransport {
  const own = tcp as StreamTransport;
  let opened = 0;
  let calls = 0;
  const isDue = () => ++calls === FAILS_AT;
  return {
    ...own,
    name: "failing",
    async connect(endpoint, options) {
      // The discarded trial before the first round, the first round's, the second round's.
      if (call === "connect" && measuring && isDue()) return await fail();
      const channel = await own.connect(endpoint, options);
      if (call === "connect" || ++opened < 3) return channel;
      return new Proxy(channel, {
        get(target, name) {
          if (name === "read") {
            return (buffer: Uint8Array) => measuring && isDue() ? fail() : target.read(buffer);
          }
          return bound(target, name);
        },
      });
    },
  };
}

let measuring = false;

function bound(target: object, name: PropertyKey): unknown {
  const value = Reflect.get(target, name);
  return typeof value === "function" ? value.bind(target) : value;
}

/** A built-in workload that tells when its last trial has begun to measure. */
function watched(workload: Workload, trials: number): Workload {
  let driven = 0;
  return {
    ...workload,
    // One trial warms it up, and not as many as its code needs to be compiled.
    coldOperations: 0,
    name: `watched-${workload.name}`,
    drive: (context) => {
      const isLast = ++driven === trials;
      return workload.drive(
        new Proxy(context, {
          get(target, name) {
            if (name === "begin") {
              return async () => {
                await target.begin();
                measuring = isLast;
              };
            }
            return bound(target, name);
          },
        }),
      );
    },
  };
}

async function measureFailing(
  workload: Workload,
  transport: StreamTransport,
): Promise<{ record: RunRecord; trial: Trial }> {
  measuring = false;
  const grid = [{ transports: ["failing"], params: { bytes: [64] } }];
  const module: SockbenchModule = {
    transports: [transport],
    workloads: [watched(workload, 3)],
    scenarios: [{
      id: "failing",
      question: "What is left of a trial that fails?",
      operation: "exchange",
      parameters: [{ name: "bytes", kind: "size", description: "size of the request" }],
      metrics: [workload === connect ? "connectP50" : "p50"],
      columns: ["transport"],
      contrasts: [],
      notes: [],
      workload: `watched-${workload.name}`,
      grid: { quick: grid, standard: grid, thorough: grid },
      budget: () => ({ warmupNs: 0, measureNs: 60e9, maxOperations: 20 }),
      expectedNs: () => 20e6,
    }],
  };
  const record = await measure(
    { scenarios: ["failing"], profile: "quick", rounds: 2, peer: "loop" },
    { catalog: createCatalog([module]) },
  );
  const [sound, trial] = record.trials;
  assertEquals([sound!.error, sound!.operations], [undefined, 20]);
  return { record, trial: trial! };
}

const refuse = () => Promise.reject(new Deno.errors.ConnectionRefused("refused on purpose"));

Deno.test("a trial in which an operation failed keeps those completed before, and has no figures", async () => {
  const { record, trial } = await measureFailing(pingPong, failing("read", refuse));
  assertEquals(trial.error, { kind: "ConnectionRefused", message: "refused on purpose" });
  assertEquals([trial.operations, trial.histograms.exchange?.count], [FAILS_AT - 1, FAILS_AT - 1]);
  assert(trial.elapsedNs > 0);
  assertEquals(record.partial, false);
});

Deno.test("a trial in which a connection was refused keeps those opened before", async () => {
  const { trial } = await measureFailing(connect, failing("connect", refuse));
  assertEquals(trial.error?.kind, "ConnectionRefused");
  assertEquals([trial.operations, trial.histograms.connect?.count], [FAILS_AT - 1, FAILS_AT - 1]);
});

Deno.test("a trial whose workload counts failed operations and goes on has failed", async () => {
  const counting: Workload = {
    ...pingPong,
    name: "ping-pong",
    async drive(context) {
      const result = await pingPong.drive(context);
      return measuring
        ? { ...result, tally: { ...result.tally, errors: { ConnectionReset: 2, Refused: 1 } } }
        : result;
    },
  };
  const { trial } = await measureFailing(counting, { ...tcp as StreamTransport, name: "failing" });
  assertEquals(trial.error?.kind, "failed-operations");
  assertStringIncludes(trial.error!.message, "3 operations failed: 2 ConnectionReset, 1 Refused");
  assertEquals(trial.operations, 20);
});
