import { assertEquals, assertStringIncludes } from "@std/assert";
import { openLoopLink } from "../../src/peer/loop_link.ts";
import type { PeerLink } from "../../src/peer/peer_link.ts";
import { runTrial } from "../../src/run/run_trial.ts";
import type { StreamChannel } from "../../src/transport/channel.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";
import { memoryStream } from "../support/memory_transport.ts";
import { attemptTrial } from "../support/memory_trial.ts";
import { ScriptedClock } from "../support/scripted_clock.ts";
import { catalogWith, someCase } from "../support/small_catalog.ts";

/** A peer that takes its time: turns of the event loop that pass before a read at its end returns. */
const LATE_TURNS = 5;
/** What each of those turns takes on the clock. */
const TURN_NS = 1e6;
const OPERATIONS = 8;

async function passTurns(clock: ScriptedClock): Promise<void> {
  for (let turn = 0; turn < LATE_TURNS; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    clock.advance(TURN_NS);
  }
}

/** Streams whose accepting end reads late, and counts what it closes. */
function lateStream(clock: ScriptedClock): { transport: StreamTransport; closed(): number } {
  const inner = memoryStream() as StreamTransport;
  let closed = 0;
  const late = (channel: StreamChannel): StreamChannel => ({
    ...channel,
    mode: "stream",
    async read(buffer) {
      await passTurns(clock);
      return await channel.read(buffer);
    },
    write: (data) => channel.write(data),
    closeWrite: () => channel.closeWrite(),
    close() {
      closed++;
      channel.close();
    },
  });
  return {
    transport: {
      ...inner,
      async listen(options) {
        const listener = await inner.listen(options);
        return {
          endpoint: listener.endpoint,
          accept: async () => late(await listener.accept()),
          close: () => listener.close(),
        };
      },
    },
    closed: () => closed,
  };
}

for (const [workload, params] of [["connect", {}], ["connect-ping", { bytes: 8 }]] as const) {
  Deno.test(`${workload} is measured from and to a moment at which the peer has closed every connection`, async () => {
    const clock = new ScriptedClock();
    const { transport, closed } = lateStream(clock);
    const catalog = catalogWith({ transports: [transport] });
    let opened = 0;
    const counting: StreamTransport = {
      ...transport,
      connect(endpoint, options) {
        opened++;
        return transport.connect(endpoint, options);
      },
    };
    const marks: [opened: number, closed: number, ns: number][] = [];
    const link: PeerLink = openLoopLink(catalog, clock);
    const outcome = await runTrial({
      case: someCase(workload, transport.name, params, { operations: OPERATIONS }),
      transport: counting,
      workload: catalog.workloads.get(workload)!,
      link: {
        ...link,
        async serve(order) {
          const slot = await link.serve(order);
          return {
            ...slot,
            mark() {
              marks.push([opened, closed(), clock.nowNs()]);
              return slot.mark();
            },
          };
        },
      },
      clock,
      directory: "",
    });
    await link.close();
    assertEquals(outcome.error, undefined);
    const [begin, end] = marks;
    assertEquals(marks.map(([opened, closed]) => opened - closed), [0, 0]);
    assertEquals(end![0] - begin![0], outcome.operations);
    // Completed work takes the time until it is completed.
    assertEquals(outcome.elapsedNs, end![2] - begin![2]);
  });
}

Deno.test("connect with several clients has that many connects under way, counts each, and ends with the first that fails", async () => {
  const clock = new ScriptedClock();
  for (const failsAt of [Infinity, 20]) {
    const inner = memoryStream() as StreamTransport;
    let [opened, underWay, most] = [0, 0, 0];
    const transport: StreamTransport = {
      ...inner,
      async connect(endpoint, options) {
        if (++opened === failsAt) throw new Error("refused on purpose");
        most = Math.max(most, ++underWay);
        await Promise.resolve();
        underWay--;
        return await inner.connect(endpoint, options);
      },
    };
    const outcome = await attemptTrial("connect", transport, { connections: 5 }, 12, clock, 60e9);
    assertEquals(most, 5);
    if (failsAt === Infinity) {
      assertEquals([outcome.error, outcome.operations], [undefined, 12]);
      assertEquals(outcome.histograms.connect!.count, 12);
      // The warm-up has twenty.
      assertEquals(opened, 20 + 12);
    } else assertStringIncludes(outcome.error!.message, "refused on purpose");
  }
});
