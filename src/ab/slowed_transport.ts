// A transport that burns time: a known slowdown, so that the gate can be tried against a known answer.

import type { Clock } from "../clock.ts";
import type {
  BareLoops,
  Channel,
  DatagramChannel,
  MaybePromise,
  StreamChannel,
} from "../transport/channel.ts";
import type { Transport } from "../transport/transport.ts";

/** A slowdown to inject at the driving end. */
export interface Slowdown {
  /** The share of an operation's own time that is burned on top of it: 0.1 makes it take 1.1 times as long. */
  readonly share: number;
  /** `all` operations, or only the slowest few in a hundred (`tail`), which moves p99 and leaves p50. */
  readonly where: "all" | "tail";
}

/** Of a hundred operations this many count as the tail: enough that all beyond p99 are among them. */
const TAIL_SHARE = 0.05;
/** Operations in which a channel finds roughly where its tail begins. */
const SEARCHED = 64;

/**
 * Wraps a transport so that each operation of the driving end takes longer by a share of its own duration: an exchange (from a write or
 * send to the read that follows), a connect, and, in one-way transfer, the time from one write to the next.
 *
 * All else is handed through, and nothing is asked of a channel that its workload did not ask for: what the wrapper does besides burning
 * would hide the share that it burns.
 */
export function slowedTransport(transport: Transport, slowdown: Slowdown, clock: Clock): Transport {
  // By name: of an object of a user's class the spread has no methods.
  const probe: Transport["probe"] = (options) => transport.probe(options);
  if (transport.mode === "datagram") {
    return {
      ...transport,
      probe,
      bind(options) {
        const channel = transport.bind(options);
        if (options.remote === undefined) return channel;
        return after(channel, (open) => slowedDatagrams(open, burner(slowdown, clock), clock));
      },
    };
  }
  const burnConnect = burner(slowdown, clock);
  return {
    ...transport,
    probe,
    listen: (options) => transport.listen(options),
    connect(endpoint, options) {
      const startNs = clock.nowNs();
      return after(transport.connect(endpoint, options), (channel) => {
        const slowed = slowedStream(channel, burner(slowdown, clock), clock);
        // Last, so that the wrapper's own cost is part of what the share is taken of.
        burnConnect(startNs);
        return slowed;
      });
    },
  };
}

/** What follows a call, at once where the driver has the value when its call returns: the wrapper adds no turn of the event loop. */
function after<T, R>(value: MaybePromise<T>, step: (value: T) => R): MaybePromise<R> {
  return value instanceof Promise ? value.then(step) : step(value);
}

type Burn = (startNs: number) => void;

function burner({ share, where }: Slowdown, clock: Clock): Burn {
  const burn = (startNs: number) => {
    const nowNs = clock.nowNs();
    const untilNs = nowNs + (nowNs - startNs) * share;
    while (clock.nowNs() < untilNs);
  };
  if (where === "all") return burn;
  // The beginning of the tail is followed, not learned once: a connection's first operations are slow, and the machine changes speed. Each
  // operation moves the threshold so that in the long run TAIL_SHARE of them lie beyond it (stochastic approximation, Robbins and Monro 1951).
  let thresholdNs = 0;
  let seen = 0;
  return (startNs) => {
    const tookNs = clock.nowNs() - startNs;
    const step = (seen++ < SEARCHED ? 0.2 : 0.03) * (thresholdNs === 0 ? tookNs : thresholdNs);
    if (tookNs > thresholdNs) {
      if (seen > SEARCHED) burn(startNs);
      thresholdNs += (1 - TAIL_SHARE) * step;
    } else thresholdNs -= TAIL_SHARE * step;
  };
}

/**
 * Burns for a channel's operations. An exchange lasts from its write to the read that answers it. In a transfer, writes without reads, one
 * operation lasts from the end of the write before it: what the other end does meanwhile on the same loop is part of it.
 */
function operations(burn: Burn, clock: Clock): { sent(startNs: number): void; received(): void } {
  let sentNs = 0;
  let doneNs = 0;
  let answered = true;
  return {
    sent(startNs) {
      if (answered) sentNs = startNs;
      else burn(doneNs);
      answered = false;
      doneNs = clock.nowNs();
    },
    received() {
      if (!answered) burn(sentNs);
      answered = true;
    },
  };
}

function slowedStream(channel: StreamChannel, burn: Burn, clock: Clock): StreamChannel {
  const { sent, received } = operations(burn, clock);
  return {
    mode: "stream",
    ...handedThrough(channel, burn, clock),
    get settings() {
      return channel.settings ?? {};
    },
    ...(channel.setCork !== undefined && { setCork: (isOn: boolean) => channel.setCork!(isOn) }),
    ...(channel.acknowledgeNow !== undefined && {
      acknowledgeNow: () => channel.acknowledgeNow!(),
    }),
    read: (buffer) =>
      after(channel.read(buffer), (bytes) => {
        received();
        return bytes;
      }),
    write(data) {
      const startNs = clock.nowNs();
      return after(channel.write(data), (bytes) => {
        sent(startNs);
        return bytes;
      });
    },
    closeWrite: () => channel.closeWrite(),
    close: () => channel.close(),
  };
}

function slowedDatagrams(channel: DatagramChannel, burn: Burn, clock: Clock): DatagramChannel {
  const { sent, received } = operations(burn, clock);
  return {
    mode: "datagram",
    ...handedThrough(channel, burn, clock),
    get settings() {
      return channel.settings ?? {};
    },
    endpoint: channel.endpoint,
    send(data) {
      const startNs = clock.nowNs();
      return after(channel.send(data), (bytes) => {
        sent(startNs);
        return bytes;
      });
    },
    receive: (buffer) =>
      after(channel.receive(buffer), (bytes) => {
        received();
        return bytes;
      }),
    reply: (data) => channel.reply(data),
    ...(channel.foreign !== undefined && { foreign: (own) => channel.foreign!(own) }),
    close: () => channel.close(),
  };
}

/** What both kinds of channel may have besides: the exchanges of a bare loop are slowed as one operation. */
function handedThrough(
  channel: Channel,
  burn: Burn,
  clock: Clock,
): Pick<Channel, "descriptor" | keyof BareLoops> {
  return {
    ...(channel.descriptor !== undefined && { descriptor: () => channel.descriptor!() }),
    ...(channel.bareExchange !== undefined && {
      bareExchange(bytes: number, count: number) {
        const startNs = clock.nowNs();
        return after(channel.bareExchange!(bytes, count), () => burn(startNs));
      },
    }),
    ...(channel.bareAnswer !== undefined && {
      bareAnswer: (bytes: number) => channel.bareAnswer!(bytes),
    }),
    ...(channel.bareCalls !== undefined && {
      bareCalls: (count: number) => channel.bareCalls!(count),
    }),
  };
}
