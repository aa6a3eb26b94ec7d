// Fill-queue: connects to a server that does not accept, until one has to wait; then the server accepts.

import { Histogram } from "../model/histogram.ts";
import type { Channel } from "../transport/channel.ts";
import { numberParam } from "./exchange_loop.ts";
import type { DriveContext, ServeContext, Workload } from "./workload.ts";

/** A connect that takes longer waits for the server to accept: over loopback one that need not takes a fraction of it. */
const WAITS_NS = 100e6;
/** How many connects beyond the backlog are tried before there is said to be no bound: more than any kernel adds to it. */
const BEYOND = 64;
/** How long the two ends sleep between two looks, in nanoseconds. */
const LOOK_NS = 1e6;

/**
 * One operation is one listener, filled once. Parameter: `backlog`, which the listener asks for. The server accepts from the first mark on:
 * what was begun before it and is done after it is the wait of the connect that found no room.
 */
export const fillQueue: Workload = {
  name: "fill-queue",
  modes: ["stream"],
  sockets: (params) => numberParam(params, "backlog") + BEYOND,
  async drive(context) {
    const { clock, params } = context;
    const most = numberParam(params, "backlog") + BEYOND;
    const next = new Histogram();
    const channels: Channel[] = [];
    let last: Attempt | undefined;
    do {
      last = await openOrWait(context);
      if ("open" in last) channels.push(last.open);
    } while ("open" in last && channels.length < most);
    if ("fault" in last) throw last.fault;
    const values = { completedConnects: channels.length };
    await context.begin();
    const startNs = clock.nowNs();
    if ("whenDone" in last) {
      const { calledNs } = last;
      last = await last.whenDone;
      if ("fault" in last) throw last.fault;
      if ("open" in last) next.record(clock.nowNs() - calledNs);
    }
    const elapsedNs = Math.max(clock.nowNs() - startNs, 1);
    await context.end();
    const histograms: Record<string, Histogram> = {};
    if (next.count > 0) histograms.next = next;
    return {
      operations: 1,
      elapsedNs,
      histograms,
      values,
      // A connect that is refused is how the question is answered, and no failed operation.
      tally: {},
    };
  },
  async serve(context) {
    await firstMark(context);
    for (;;) {
      const channel = await context.accept();
      if (channel === null) return;
      channel.close();
    }
  },
};

/** How a connect came out; of the server's refusal, the error's kind; of a fault of this end, which says nothing of the queue, all of it. */
type Outcome =
  | { readonly open: Channel }
  | { readonly refused: string }
  | { readonly fault: unknown };

/** Error codes of a client that has run out of descriptors or ports. */
const OWN_FAULTS = ["EMFILE", "ENFILE", "EADDRNOTAVAIL"];

/** A connect, done or still waiting. */
type Attempt = Outcome | {
  readonly calledNs: number;
  /** Never rejects: a refusal that nobody awaits yet must not end the process. */
  readonly whenDone: Promise<Outcome>;
};

async function openOrWait({ clock, open }: DriveContext): Promise<Attempt> {
  const calledNs = clock.nowNs();
  const whenDone = connect(open);
  while (clock.nowNs() - calledNs < WAITS_NS) {
    // Short sleeps: none outlives its trial.
    const outcome = await Promise.race([
      whenDone,
      clock.sleepUntilNs(clock.nowNs() + LOOK_NS).then(() => undefined),
    ]);
    if (outcome !== undefined) return outcome;
  }
  return { calledNs, whenDone };
}

async function connect(open: DriveContext["open"]): Promise<Outcome> {
  try {
    return { open: await open() };
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    return OWN_FAULTS.includes(code ?? "")
      ? { fault: error }
      : { refused: code ?? name ?? String(error) };
  }
}

async function firstMark(context: ServeContext): Promise<void> {
  const { clock } = context;
  while (context.marks === 0 && !context.finishing) {
    await clock.sleepUntilNs(clock.nowNs() + LOOK_NS);
  }
}
