// One end of a floor pair over the libc driver, from which parts of what the suite does can be left out: `end.ts serve|drive TRANSPORT STEP
// DIRECTORY [ENDPOINT]`. The serving end prints its endpoint, the driving end the median over batches of 20 exchanges of what one of them takes,
// in nanoseconds. Both are pinned by whoever starts them.

import { createCatalog } from "../../../src/catalog.ts";
import { systemClock as clock } from "../../../src/clock.ts";
import { requireLibc } from "../../../src/kernel/libc.ts";
import { Histogram } from "../../../src/model/histogram.ts";
import { median } from "../../../src/stats/mod.ts";
import type { Channel, Endpoint, MaybePromise } from "../../../src/transport/channel.ts";

/** What an end does beside sending and receiving by FFI calls; each step has those before it. */
export const STEPS = ["calls", "timeouts", "clock and histogram", "channel"] as const;
type Step = typeof STEPS[number];

const BYTES = 64;
const BATCH = 20;
const WARMUP_NS = 100e6;
const MEASURE_NS = 300e6;
const NO_SIGNAL = 0x4000;
const SOL_SOCKET = 1;
/** SO_RCVTIMEO and SO_SNDTIMEO. */
const TIMEOUTS = [20, 21];
const NEVER = new Uint8Array(16);

if (import.meta.main) {
  const [role, transport, step, directory, endpoint] = Deno.args;
  if (role === "serve") await serve(transport!, step as Step, directory!);
  else await drive(transport!, step as Step, directory!, JSON.parse(endpoint!));
}

async function serve(name: string, step: Step, directory: string): Promise<void> {
  const transport = createCatalog().transports.get(name)!;
  if (transport.mode === "stream") {
    const listener = await transport.listen({ directory });
    print(JSON.stringify(listener.endpoint));
    await answer((await listener.accept())!, step);
  } else {
    const channel = await transport.bind({ directory, clients: 1 });
    print(JSON.stringify(channel.endpoint));
    await answer(channel, step);
  }
}

async function drive(
  name: string,
  step: Step,
  directory: string,
  endpoint: Endpoint,
): Promise<void> {
  const transport = createCatalog().transports.get(name)!;
  const channel = transport.mode === "stream"
    ? await transport.connect(endpoint, { directory, nagle: "off" })
    : await transport.bind({ directory, remote: endpoint });
  const exchange = await exchangeOf(channel, step);
  await repeat(exchange, WARMUP_NS);
  print(median(await repeat(exchange, MEASURE_NS)).toFixed(1));
}

/** Batches for so long. @returns what an exchange of each took, in nanoseconds */
async function repeat(exchange: () => Promise<void> | void, forNs: number): Promise<number[]> {
  const found: number[] = [];
  const endNs = clock.nowNs() + forNs;
  for (let doneNs = clock.nowNs(); doneNs < endNs;) {
    const startNs = doneNs;
    for (let i = 0; i < BATCH; i++) {
      const later = exchange();
      if (later !== undefined) await later;
    }
    doneNs = clock.nowNs();
    found.push((doneNs - startNs) / BATCH);
  }
  return found;
}

/** The descriptor of a channel of which one exchange is over: connected, its timeouts set as the driver sets them, or taken off. */
function descriptorOf(channel: Channel, step: Step): number {
  const fd = channel.descriptor!()!;
  if (step === "calls") {
    const libc = requireLibc();
    for (const option of TIMEOUTS) {
      libc.check(
        libc.symbols.setsockopt(fd, SOL_SOCKET, option, NEVER, NEVER.length),
        "setsockopt",
      );
    }
  }
  return fd;
}

async function exchangeOf(channel: Channel, step: Step): Promise<() => Promise<void> | void> {
  const request = new Uint8Array(BYTES);
  const reply = new Uint8Array(BYTES);
  await put(channel, request);
  await take(channel, reply);
  const fd = descriptorOf(channel, step);
  const histogram = new Histogram();
  const byCalls = callsOf(fd, request, reply);
  if (step === "calls" || step === "timeouts") return byCalls;
  if (step === "clock and histogram") {
    return () => {
      const sentNs = clock.nowNs();
      byCalls();
      histogram.record(clock.nowNs() - sentNs);
    };
  }
  // The loop of ping-pong: it waits only where a call handed back a promise.
  const rest = async (
    sentNs: number,
    sent: MaybePromise<number>,
    read?: MaybePromise<number | null>,
  ) => {
    await sent;
    if (await (read ?? take(channel, reply)) !== BYTES) throw new Error("a reply was cut");
    histogram.record(clock.nowNs() - sentNs);
  };
  return (): Promise<void> | undefined => {
    const sentNs = clock.nowNs();
    const sent = put(channel, request);
    if (typeof sent !== "number") return rest(sentNs, sent);
    const read = take(channel, reply);
    if (typeof read !== "number") return rest(sentNs, sent, read);
    histogram.record(clock.nowNs() - sentNs);
    return undefined;
  };
}

/** A send and a receive; one that a timeout or a signal ended is made again. */
function callsOf(
  fd: number,
  request: Uint8Array<ArrayBuffer>,
  reply: Uint8Array<ArrayBuffer>,
): () => void {
  const { send, recv } = requireLibc().symbols;
  const size = BigInt(BYTES);
  return () => {
    while (send(fd, request, size, NO_SIGNAL) < 0);
    while (recv(fd, reply, size, 0) < 0);
  };
}

async function answer(channel: Channel, step: Step): Promise<void> {
  const buffer = new Uint8Array(BYTES);
  do {
    let read = take(channel, buffer);
    if (typeof read !== "number") read = await read;
    if (read !== BYTES) return;
    const sent = channel.mode === "stream" ? channel.write(buffer) : channel.reply(buffer);
    if (typeof sent !== "number") await sent;
    // The other steps use the channel for one exchange: it then knows whom it answers.
  } while (step === "channel");
  const fd = descriptorOf(channel, step);
  const { send, recv } = requireLibc().symbols;
  const size = BigInt(BYTES);
  for (;;) {
    const read = recv(fd, buffer, size, 0);
    if (read === 0) return;
    if (read > 0) { while (send(fd, buffer, size, NO_SIGNAL) < 0); }
  }
}

function put(channel: Channel, data: Uint8Array<ArrayBuffer>): MaybePromise<number> {
  return channel.mode === "stream" ? channel.write(data) : channel.send(data);
}

function take(channel: Channel, buffer: Uint8Array<ArrayBuffer>): MaybePromise<number | null> {
  return channel.mode === "stream" ? channel.read(buffer) : channel.receive(buffer);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
