/**
 * A transport that burns time: a known slowdown, so that the gate can be tried against a known answer.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Channel, DatagramChannel, StreamChannel } from "../transport/channel.ts";
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
 */
export function slowedTransport(transport: Transport, slowdown: Slowdown, clock: Clock): Transport {
  if (transport.mode === "datagram") {
    return {
      ...transport,
      async bind(options) {
        const channel = await transport.bind(options);
        return options.remote === undefined
          ? channel
          : slowedDatagrams(channel, burner(slowdown, clock), clock);
      },
    };
  }
  const burnConnect = burner(slowdown, clock);
  return {
    ...transport,
    async connect(endpoint, options) {
      const startNs = clock.nowNs();
      const channel = await transport.connect(endpoint, options);
      burnConnect(startNs);
      return slowedStream(channel, burner(slowdown, clock), clock);
    },
  };
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
    ...(channel.settings !== undefined && { settings: channel.settings }),
    async read(buffer) {
      const bytes = await channel.read(buffer);
      received();
      return bytes;
    },
    async write(data) {
      const startNs = clock.nowNs();
      const bytes = await channel.write(data);
      sent(startNs);
      return bytes;
    },
    closeWrite: () => channel.closeWrite(),
    close: () => channel.close(),
  } satisfies Channel;
}

function slowedDatagrams(channel: DatagramChannel, burn: Burn, clock: Clock): DatagramChannel {
  const { sent, received } = operations(burn, clock);
  return {
    mode: "datagram",
    endpoint: channel.endpoint,
    async send(data) {
      const startNs = clock.nowNs();
      const bytes = await channel.send(data);
      sent(startNs);
      return bytes;
    },
    async receive(buffer) {
      const bytes = await channel.receive(buffer);
      received();
      return bytes;
    },
    reply: (data) => channel.reply(data),
    close: () => channel.close(),
  };
}
