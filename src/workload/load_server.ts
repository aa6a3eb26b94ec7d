// The serving end of `load` and `concurrency`: one loop for all connections, or one connection after another; it may spin for a known time.

import { openPacer } from "../clock.ts";
import { Histogram } from "../model/histogram.ts";
import type { Channel, DatagramChannel, StreamChannel } from "../transport/channel.ts";
import { answerStream, serveEach, sizesOf, writeRest } from "./exchange_loop.ts";
import { Asked } from "./replayed.ts";
import { ServiceTimes } from "./service_times.ts";
import type { ServeContext, ServeResult } from "./workload.ts";

/** How a server takes its connections. */
export const LOAD_SERVERS = ["loop", "iterative"] as const;

/** A request that is seen so soon after the reply before had been waiting: the server's own work is between the two. */
const AT_ONCE_NS = 30e3;
/** A loop that never waits gives the event loop a turn so often. */
const BREATH_NS = 1e6;
/** A number, at the beginning of each datagram and of its reply. */
export const NUMBER_BYTES = 4;

/** Spins for the time that each request takes; the server's own cost is hidden in it as long as requests wait. */
class Service {
  readonly times = new Histogram();
  #drawn: ServiceTimes | undefined;
  #freeNs = -Infinity;
  #marks = -1;
  #sumNs = 0;
  /** By how much a service took longer than it should have, at most. */
  overNs = 0;
  readonly #bytesBefore: number | undefined;
  #bytesThen: number | undefined;

  constructor(readonly context: ServeContext) {
    this.#bytesBefore = context.residentBytes?.();
  }

  /** From having read a request at `readNs`, until its reply is due; `hasWaited`: it was there when the reply before was written. Over one connection it comes a moment later: nothing else tells. */
  spin(readNs: number, hasWaited = readNs - this.#freeNs < AT_ONCE_NS): void {
    const { clock, params, marks } = this.context;
    if (marks !== this.#marks) {
      this.#marks = marks;
      if (marks === 1) this.#bytesThen = this.context.residentBytes?.();
      this.#drawn = ServiceTimes.of(params, Number(params.seed ?? 1));
      this.times.reset();
      this.overNs = 0;
      this.#sumNs = 0;
    }
    if (this.#drawn === undefined) return;
    const startNs = hasWaited && this.#freeNs > 0 ? this.#freeNs : readNs;
    this.#freeNs = startNs + this.#drawn.next();
    let nowNs = readNs;
    while (nowNs < this.#freeNs) nowNs = clock.nowNs();
    // What the spin overshot, it was kept from its core for.
    if (nowNs - this.#freeNs > this.overNs) this.overNs = nowNs - this.#freeNs;
  }

  /** Counts how long a request took here, its reply written. */
  end(readNs: number): void {
    const tookNs = this.context.clock.nowNs() - readNs;
    this.times.record(tookNs);
    this.#sumNs += tookNs;
  }

  /** Median, and the longest that a spinning loop was kept from looking. */
  values(gapNs?: number): ServeResult {
    const serviceP50 = this.times.percentile(50);
    return {
      values: {
        ...(serviceP50 !== undefined && { serviceP50 }),
        ...(gapNs !== undefined && { serveGap: Math.max(gapNs, this.overNs) }),
        ...memoryPerConnection("serveMemory", this.#bytesBefore, this.#bytesThen, this.context),
      },
    };
  }
}

/** Memory of fewer connections is less than what the runtime itself grows by meanwhile. */
const MIN_COUNTED = 1_000;
/** The least that this process was seen to take: memory of an earlier trial's connections is used again, and is no less theirs. */
let idleBytes = Infinity;

/** What each connection takes of an end's memory, in bytes, as value `name`; nothing where it is not known. */
export function memoryPerConnection(
  name: string,
  before: number | undefined,
  then: number | undefined,
  { params }: Pick<ServeContext, "params">,
): Record<string, number> {
  const count = Number(params.connections);
  idleBytes = Math.min(idleBytes, before ?? Infinity);
  return before === undefined || then === undefined || !(count >= MIN_COUNTED)
    ? {}
    : { [name]: Math.max(0, then - idleBytes) / count };
}

/** Serves requests of a known size until the trial is over. */
export async function serveLoad(context: ServeContext): Promise<ServeResult | void> {
  const service = new Service(context);
  const first = await context.accept();
  if (first === null) return;
  if (first.mode === "datagram") return await answerNumbered(first, service);
  if (context.params.server === "iterative") {
    for (let channel: Channel | null = first; channel !== null; channel = await context.accept()) {
      await answer(channel as StreamChannel, service);
      context.served();
    }
    return service.values();
  }
  // Clients that ask in turn, or once and wait, leave a server that spins nothing to do.
  if (first.tryRead !== undefined && context.params.asking === undefined) {
    return await answerSpinning(first, service);
  }
  const inTurn = context.params.asking === "in-turn" ? sizesOf(context.params) : undefined;
  const reply = new Uint8Array(inTurn?.replyBytes ?? 0);
  const serve = (channel: StreamChannel) =>
    inTurn === undefined
      ? answer(channel, service)
      : answerStream(channel, inTurn.requestBytes, reply);
  const answerFirst = serve(first);
  // Awaited below; a failure before that must not end the process.
  answerFirst.catch(() => {});
  await serveEach(context, serve);
  await answerFirst;
  return service.values();
}

async function answer(
  channel: StreamChannel,
  service: Service,
): Promise<void> {
  const { clock, params } = service.context;
  // As for a disk or a database: others can be served meanwhile.
  const waitNs = params.work === "waiting" ? Number(params.service) * 1e3 : undefined;
  const asked = new Asked(params, "stream");
  try {
    for (;;) {
      let read = channel.read(asked.buffer);
      if (typeof read !== "number") read = await read;
      if (read === null) return;
      if (read < asked.bytes(read)) await asked.fill(channel, read);
      const reply = asked.reply();
      const readNs = clock.nowNs();
      if (waitNs === undefined) service.spin(readNs);
      else await clock.sleepUntilNs(readNs + waitNs);
      let written = channel.write(reply);
      if (typeof written !== "number") written = await written;
      if (written < reply.length) await writeRest(channel, reply, written);
      service.end(readNs);
    }
  } catch (error) {
    if (!isEnding(service.context)) throw error;
  } finally {
    channel.close();
  }
}

/** The driver has ended: a connection that it closed before a reply of ours is read is reset, and nobody waits for it. */
const isEnding = ({ marks, finishing }: ServeContext) => finishing || marks > 1;

function tryRead(
  channel: StreamChannel,
  room: Uint8Array,
  context: ServeContext,
): number | null | undefined {
  try {
    return channel.tryRead!(room);
  } catch (error) {
    if (!isEnding(context)) throw error;
    return null;
  }
}

/** Every connection in turn, none of them waited for: what a blocking driver needs that serves many. */
async function answerSpinning(
  first: StreamChannel,
  service: Service,
): Promise<ServeResult> {
  const { context } = service;
  const { clock } = context;
  const ends: { channel: StreamChannel; asked: Asked; filled: number }[] = [];
  const take = (channel: StreamChannel) =>
    ends.push({ channel, asked: new Asked(context.params, "stream"), filled: 0 });
  take(first);
  // No accept waits beside the spin once all are there: a blocking one takes the thread for milliseconds at a time.
  const accepting = (async () => {
    for (let taken = 1; taken < Number(context.params.connections); taken++) {
      const channel = await context.accept();
      if (channel === null) return;
      take(channel as StreamChannel);
    }
  })();
  const pacer = await openPacer(clock);
  let [gapNs, lastNs, breathedNs] = [0, clock.nowNs(), clock.nowNs()];
  // Found before every connection was asked once more, a request had been waiting, however slow the asking; else the time between tells.
  let askedInVain = Infinity;
  while (ends.length > 0 && !context.finishing) {
    for (let at = ends.length - 1; at >= 0; at--) {
      const end = ends[at]!;
      const { asked } = end;
      const room = end.filled === 0 ? asked.buffer : asked.buffer.subarray(end.filled);
      const read = tryRead(end.channel, room, context);
      if (read === undefined) {
        askedInVain++;
        continue;
      }
      if (read === null) {
        end.channel.close();
        ends.splice(at, 1);
        context.served();
        continue;
      }
      end.filled += read;
      if (end.filled < asked.bytes(end.filled)) continue;
      end.filled = 0;
      const reply = asked.reply();
      const readNs = clock.nowNs();
      service.spin(readNs, askedInVain < ends.length || undefined);
      let written = end.channel.write(reply);
      if (typeof written !== "number") written = await written;
      if (written < reply.length) await writeRest(end.channel, reply, written);
      askedInVain = 0;
      service.end(readNs);
      lastNs = clock.nowNs();
    }
    const nowNs = clock.nowNs();
    if (context.marks === 1 && nowNs - lastNs > gapNs) gapNs = nowNs - lastNs;
    lastNs = nowNs;
    if (nowNs - breathedNs > BREATH_NS) {
      // A turn that brings the driver's mark reads the kernel's counters, before anything is measured.
      const isMeasured = context.marks === 1;
      await pacer.spinUntilNs(nowNs);
      lastNs = breathedNs = clock.nowNs();
      if (isMeasured && context.marks === 1 && lastNs - nowNs > gapNs) gapNs = lastNs - nowNs;
    }
  }
  pacer.close();
  await accepting;
  while (await context.accept() !== null);
  return service.values(gapNs);
}

async function answerNumbered(
  channel: DatagramChannel,
  service: Service,
): Promise<ServeResult> {
  const { context } = service;
  const { clock, tally } = context;
  const asked = new Asked(context.params, "datagram");
  const request = asked.buffer;
  let answered = 0;
  try {
    for (;;) {
      let bytes = channel.receive(request);
      if (typeof bytes !== "number") bytes = await bytes;
      const readNs = clock.nowNs();
      service.spin(readNs);
      const reply = asked.reply();
      for (let k = 0; k < NUMBER_BYTES; k++) reply[k] = request[k]!;
      const replied = channel.reply(reply);
      if (typeof replied !== "number") await replied;
      service.end(readNs);
      tally.receivedMessages = ++answered;
    }
  } catch (error) {
    if (!context.finishing) throw error;
  }
  return service.values();
}
