// Who sent to a datagram socket of Deno, and how many messages each.
//
// Made for loops: nothing is allocated for a sender that is known. The address that `receive` gives is an object whose properties are slow
// to read, at 0.1 µs each.

import type { Endpoint, ForeignMessages } from "./channel.ts";
import { foreignOf } from "./foreign_messages.ts";

/** A sender: its messages are counted, and taken where it is one that the socket listens to. */
export interface DenoSender {
  readonly address: Deno.Addr;
  /** Where that is. */
  readonly endpoint: Endpoint;
  /** Whether its messages are handed on. */
  readonly isHeard: boolean;
  messages: number;
}

export interface DenoSenders {
  readonly last: DenoSender | undefined;
  /** Counts a message by where it came from, and gives its sender. */
  count(from: Deno.Addr): DenoSender;
  foreign(own: readonly Endpoint[]): ForeignMessages | undefined;
}

/** Of a port's messages, the first is asked for its host, and then one in so many: a prime, so that two senders in turn do not hide in it. */
export const ASKED_EACH = 17;

/**
 * Senders with a host and a port. A port is looked at with each message, its host with the first one and then now and then: to
 * read it took 1 % of an exchange at each end. On loopback, whose ports the kernel gives out at random, a stranger on another
 * of its addresses has the port of a client by chance once in 28,000 times.
 */
export class InternetSenders implements DenoSenders {
  /** By port, and of one port by host: nearly always there is one. */
  readonly #known = new Map<number, DenoSender[]>();
  readonly #remote: Deno.NetAddr | undefined;
  #port = -1;
  last: DenoSender | undefined;

  /** @param remote the only one that is listened to; absent: whoever sends is heard, and counted */
  constructor(remote: Deno.NetAddr | undefined) {
    this.#remote = remote;
    if (remote !== undefined) this.#add(remote.port, remote.hostname);
  }

  count(from: Deno.NetAddr): DenoSender {
    const { port } = from;
    if (port !== this.#port || this.last === undefined) {
      this.last = this.#known.get(port)?.[0] ?? this.#add(port, from.hostname);
      this.#port = port;
    }
    const sender = this.last;
    const count = sender.messages++;
    return count % ASKED_EACH === 0 ? this.#withHost(sender, from) : sender;
  }

  foreign(own: readonly Endpoint[]): ForeignMessages | undefined {
    return foreignOf([...this.#known.values()].flat(), own);
  }

  /** The sender, or the one with the same port that the message is really from. */
  #withHost(sender: DenoSender, { port, hostname }: Deno.NetAddr): DenoSender {
    if ((sender.address as Deno.NetAddr).hostname === hostname) return sender;
    sender.messages--;
    const other =
      this.#known.get(port)!.find(({ address }) =>
        (address as Deno.NetAddr).hostname === hostname
      ) ?? this.#add(port, hostname);
    other.messages++;
    this.last = other;
    this.#port = -1;
    return other;
  }

  #add(port: number, hostname: string): DenoSender {
    const remote = this.#remote;
    const isHeard = remote === undefined || (remote.port === port && remote.hostname === hostname);
    const sender: DenoSender = {
      address: { transport: "udp", hostname, port },
      endpoint: { kind: "ip", hostname, port },
      isHeard,
      messages: 0,
    };
    const known = this.#known.get(port);
    if (known === undefined) this.#known.set(port, [sender]);
    else known.push(sender);
    return sender;
  }
}

export class UnixSenders implements DenoSenders {
  readonly #remote: Deno.UnixAddr | undefined;
  readonly #known = new Map<string, DenoSender>();
  #path: string | undefined;
  last: DenoSender | undefined;

  /** @param remote the only one that is listened to; absent: whoever sends is heard, and counted */
  constructor(remote: Deno.UnixAddr | undefined) {
    this.#remote = remote;
  }

  count(from: Deno.UnixAddr): DenoSender {
    const { path } = from;
    if (path !== this.#path || this.last === undefined) {
      this.last = this.#senderOf(from, path);
      this.#path = path;
    }
    const sender = this.last;
    sender.messages++;
    return sender;
  }

  foreign(own: readonly Endpoint[]): ForeignMessages | undefined {
    return foreignOf(this.#known.values(), own);
  }

  #senderOf(address: Deno.UnixAddr, path: string): DenoSender {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const isHeard = this.#remote === undefined || this.#remote.path === path;
    // Deno has null where a socket has no name, whatever its types say.
    const endpoint: Endpoint = { kind: "unix", path: path ?? "" };
    const sender = { address, endpoint, isHeard, messages: 0 };
    this.#known.set(path, sender);
    return sender;
  }
}
