import { assert, assertEquals } from "@std/assert";
import {
  type Fault,
  type Faults,
  faultyTransport,
} from "../../../bench/validation/known_answers/faulty_transport.ts";
import {
  type Pace,
  pacedTransport,
} from "../../../bench/validation/known_answers/paced_transport.ts";
import {
  type Waited,
  waitingTransport,
} from "../../../bench/validation/known_answers/waiting_transport.ts";
import { type Clock, systemClock } from "../../../src/clock.ts";
import { openLoopLink } from "../../../src/peer/loop_link.ts";
import { runTrial, type TrialOutcome } from "../../../src/run/run_trial.ts";
import { createSocketDirectory } from "../../../src/transport/socket_directory.ts";
import { tcp } from "../../../src/transport/tcp.ts";
import type { DatagramTransport, Transport } from "../../../src/transport/transport.ts";
import { udp } from "../../../src/transport/udp.ts";
import { unixpacket } from "../../../src/transport/unixpacket.ts";
import { memoryDatagram, memoryStream } from "../../support/memory_transport.ts";
import { ScriptedClock } from "../../support/scripted_clock.ts";
import { catalogWith, someCase } from "../../support/small_catalog.ts";

async function trial(
  workload: string,
  transport: Transport,
  { operations = 40, clock = systemClock as Clock } = {},
): Promise<TrialOutcome> {
  await using directory = await createSocketDirectory();
  const catalog = catalogWith({ transports: [transport] });
  const link = openLoopLink(catalog, clock);
  const params = { bytes: 64, read: 1_024, nagle: "off" };
  const outcome = await runTrial({
    case: someCase(workload, transport.name, params, { operations }),
    transport,
    workload: catalog.workloads.get(workload)!,
    link,
    clock,
    directory: directory.path,
  });
  await link.close();
  assertEquals(outcome.error, undefined);
  return outcome;
}

async function waited(
  inner: Transport,
  waitNs: number,
  clock: Clock,
): Promise<{ outcome: TrialOutcome; waited: Waited }> {
  const reports: Waited[] = [];
  const transport = waitingTransport(
    inner,
    { name: `waits-${waitNs}`, waitNs },
    clock,
    (waited) => reports.push(waited),
  );
  const outcome = await trial("ping-pong", transport, { clock });
  assertEquals(reports.length, 1);
  return { outcome, waited: reports[0]! };
}

for (const inner of [memoryStream(), memoryDatagram()]) {
  Deno.test(`what the suite measures of a waiting peer over ${inner.name} is what the peer itself noted, to the nanosecond`, async () => {
    const ofWait = async (waitNs: number) => {
      const { outcome, waited: own } = await waited(inner, waitNs, new ScriptedClock(1_000));
      const { min, max } = outcome.histograms.exchange!;
      assertEquals(min, max);
      return { measuredNs: min!, ownNs: own.medianNs, own };
    };
    const plain = await ofWait(0);
    for (const waitNs of [50_000, 200_000, 1_000_000]) {
      const delayed = await ofWait(waitNs);
      assertEquals(delayed.ownNs, waitNs);
      assertEquals(delayed.measuredNs - plain.measuredNs, delayed.ownNs - plain.ownNs);
      assertEquals(delayed.own.minNs, waitNs);
      // 40 exchanges and one of warm-up.
      assertEquals(delayed.own.count, 41);
    }
  });
}

for (const inner of [tcp, udp]) {
  Deno.test(`no round trip over ${inner.name} is shorter than the peer's known wait, and every request was kept waiting`, async () => {
    for (const waitNs of [50_000, 200_000, 1_000_000]) {
      const { outcome, waited: own } = await waited(inner, waitNs, systemClock);
      assert(own.minNs >= waitNs, `${own.minNs}`);
      assertEquals(own.count, 41);
      // The histogram rounds to whole nanoseconds.
      assert(outcome.histograms.exchange!.min! >= waitNs - 1);
    }
  });
}

const FAULTS: readonly (readonly [Fault, Partial<Faults>])[] = [
  [{ kind: "drop", every: 100 }, { dropped: 10 }],
  [{ kind: "drop", every: 10 }, { dropped: 100 }],
  [{ kind: "drop", every: 1 }, { dropped: 1_001 }],
  [{ kind: "double", every: 20 }, { doubled: 50 }],
  [{ kind: "double", every: 1 }, { doubled: 1_001 }],
  [{ kind: "delay", every: 20 }, { overtaken: 50 }],
  [{ kind: "delay", every: 2 }, { overtaken: 500 }],
  // Sent number 1,001, the last, is held back and never leaves: a loss.
  [{ kind: "delay", every: 7 }, { overtaken: 142, dropped: 1 }],
];

for (const inner of [memoryDatagram(), unixpacket] as readonly DatagramTransport[]) {
  for (const [fault, expected] of FAULTS) {
    const { kind, every } = fault;
    Deno.test(`the suite counts exactly what a sender over ${inner.name} does to each datagram of ${every}: ${kind}`, async () => {
      const reports: Faults[] = [];
      const transport = faultyTransport(inner, "faulty", fault, (faults) => reports.push(faults));
      const { tally } = await trial("bulk", transport, { operations: 1_001 });
      const own: Faults = { handed: 1_001, dropped: 0, doubled: 0, overtaken: 0, ...expected };
      assertEquals(reports, [own]);
      assertEquals(tally.sentMessages, own.handed);
      assertEquals(tally.lostMessages, own.dropped);
      assertEquals(tally.duplicatedMessages, own.doubled);
      assertEquals(tally.reorderedMessages, own.overtaken);
      assertEquals(tally.receivedMessages ?? 0, own.handed - own.dropped + own.doubled);
    });
  }
}

/** The times at which a paced sender over memory sends, in the units of a clock that is read in steps. */
async function sendTimes(
  bytesPerSecond: number,
  sends: number,
  pauseNs: (send: number) => number,
): Promise<{ times: number[]; pace: Pace | undefined }> {
  const clock = new ScriptedClock(10);
  const times: number[] = [];
  const inner = memoryDatagram();
  const watched: DatagramTransport = {
    ...inner,
    async bind(options) {
      const channel = await inner.bind(options);
      return {
        ...channel,
        send(data) {
          times.push(clock.nowNs());
          return channel.send(data);
        },
      };
    },
  };
  let pace: Pace | undefined;
  const rate = { name: "paced", bytesPerSecond };
  const paced = pacedTransport(watched, rate, clock, (one) => pace = one) as DatagramTransport;
  const server = await paced.bind({ directory: "" });
  const client = await paced.bind({ directory: "", remote: server.endpoint });
  for (let send = 0; send < sends; send++) {
    clock.advance(pauseNs(send));
    await client.send(new Uint8Array(100));
  }
  client.close();
  client.close();
  server.close();
  return { times, pace };
}

Deno.test("pacedTransport() sends when the bytes before have had their time, and reports the rate it kept", async () => {
  // 100 bytes at 1 MB/s: one message every 100 µs.
  const { times, pace } = await sendTimes(1e6, 12, () => 0);
  const start = times[1]!;
  for (const [k, time] of times.entries()) {
    const due = start + (k - 1) * 100_000;
    // A reading of the clock moves it by 10 ns.
    assert(time >= due && time <= due + 30, `${k}: ${time - due}`);
  }
  assertEquals(pace!.bytes, 1_000);
  assert(Math.abs(pace!.elapsedNs - 1e6) <= 20, `${pace!.elapsedNs}`);
});

Deno.test("pacedTransport() makes up for a late send, but not for the pause before the measured interval", async () => {
  const { times } = await sendTimes(1e6, 12, (send) => send === 1 ? 5e6 : send === 4 ? 250_000 : 0);
  const start = times[1]!;
  assert(start >= 5e6);
  // The schedule starts after the pause, so that nothing of it is caught up.
  assert(times[2]! - start >= 100_000 - 20);
  // Send 4 comes 250 µs after send 3: 5 is late too, and leaves at once; 6 and all later ones are on time again.
  assert(times[4]! - start >= 450_000 && times[5]! - times[4]! < 1_000);
  for (let k = 6; k < 12; k++) {
    assert(Math.abs(times[k]! - start - (k - 1) * 100_000) <= 30, `${k}`);
  }
});

Deno.test("pacedTransport() reports nothing of a channel that never spanned a time", async () => {
  assertEquals((await sendTimes(1e6, 0, () => 0)).pace, undefined);
  assertEquals((await sendTimes(1e6, 2, () => 0)).pace, undefined);
});
