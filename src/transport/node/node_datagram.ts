// UDP by node:dgram, IPv4 and IPv6.

import type dgram from "node:dgram";
import { findFd } from "../../kernel/find_fd.ts";
import { asksForBuffers, setBuffers } from "../buffers.ts";
import type { DatagramChannel, Endpoint, ForeignMessages, MaybePromise } from "../channel.ts";
import { MessageTooLargeError } from "../channel.ts";
import { InternetSenders } from "../deno_senders.ts";
import { Mailbox } from "../mailbox.ts";
import { probeDatagram } from "../probe.ts";
import { ReadBack } from "../read_back.ts";
import type { DatagramTransport } from "../transport.ts";
import { nodeBuiltin, requirePermission } from "./node_builtins.ts";

/** Node hands messages on as they come. What has arrived and was not received is held up to this many bytes; more is dropped, as the kernel would. */
const MAX_HELD_BYTES = 8_388_608;

/** In Deno, 800 exchanges of a process take 220 µs and all later ones 63: perhaps as each message has pages of its own. */
const COLD_OPERATIONS = 1_000;

export const udpNode: DatagramTransport = udpOn("udp", "127.0.0.1", 65_507);
export const udp6Node: DatagramTransport = udpOn("udp6", "::1", 65_527);

function udpOn(name: "udp" | "udp6", hostname: string, limitBytes: number): DatagramTransport {
  const transport: DatagramTransport = {
    name,
    driver: "node",
    mode: "datagram",
    dropsUnread: true,
    coldOperations: COLD_OPERATIONS,
    title: `UDP over IPv${name === "udp" ? 4 : 6} loopback, by node:dgram`,
    async bind({ remote, ...options }) {
      if (remote !== undefined && remote.kind !== "ip") {
        throw new TypeError(`Cannot send ${name}@node datagrams to a ${remote.kind} endpoint`);
      }
      requirePermission({ host: hostname });
      const socket = nodeBuiltin("node:dgram").createSocket(name === "udp" ? "udp4" : "udp6");
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.bind(0, hostname, () => resolve(void socket.off("error", reject)));
      });
      const channel = new NodeDatagramChannel(socket, { name, hostname, limitBytes }, remote);
      try {
        if (asksForBuffers(options)) setBuffers(findFd(channel.found), options);
      } catch (error) {
        channel.close();
        throw error;
      }
      return channel;
    },
    probe: (options) => probeDatagram(transport, options, limitBytes),
  };
  return transport;
}

interface UdpKind {
  readonly name: string;
  readonly hostname: string;
  readonly limitBytes: number;
}

class NodeDatagramChannel implements DatagramChannel {
  readonly mode = "datagram";
  readonly endpoint: Endpoint;
  /** The socket as the kernel room looks for it. */
  readonly found: { readonly addr: Deno.NetAddr };
  readonly #socket: dgram.Socket;
  readonly #kind: UdpKind;
  readonly #remote: { readonly hostname: string; readonly port: number } | undefined;
  readonly #arrived = new Mailbox<{ message: Uint8Array; from: dgram.RemoteInfo }>();
  readonly #senders: InternetSenders;
  readonly #readBack: ReadBack;
  #heldBytes = 0;
  #last: dgram.RemoteInfo | undefined;
  #error: unknown = new Error("the socket was closed");
  #isClosed = false;

  constructor(
    socket: dgram.Socket,
    kind: UdpKind,
    remote: Extract<Endpoint, { kind: "ip" }> | undefined,
  ) {
    const { port } = socket.address();
    this.#socket = socket;
    this.#kind = kind;
    this.#remote = remote;
    this.endpoint = { kind: "ip", hostname: kind.hostname, port };
    this.found = { addr: { transport: "udp", hostname: kind.hostname, port } };
    this.#readBack = new ReadBack(this.found);
    this.#senders = new InternetSenders(remote && { transport: "udp", ...remote });
    socket.on("message", (message, from) => this.#take(message, from));
    socket.on("error", (error) => {
      this.#error = error;
      this.close();
    });
  }

  get settings(): Readonly<Record<string, string>> {
    return this.#readBack.settings();
  }

  descriptor(): number | undefined {
    return this.#readBack.descriptor();
  }

  send(data: Uint8Array): MaybePromise<number> {
    if (this.#remote === undefined) {
      throw new Error(`Cannot send on a ${this.#kind.name} socket that was bound without a remote`);
    }
    return this.#send(data, this.#remote.port, this.#remote.hostname);
  }

  receive(buffer: Uint8Array): MaybePromise<number> {
    const arrived = this.#arrived.take();
    return arrived instanceof Promise
      ? arrived.then((one) => this.#copy(one, buffer))
      : this.#copy(arrived, buffer);
  }

  reply(data: Uint8Array): MaybePromise<number> {
    if (this.#last === undefined) {
      throw new Error(`Cannot reply on a ${this.#kind.name} socket that has received nothing yet`);
    }
    return this.#send(data, this.#last.port, this.#last.address);
  }

  foreign(own: readonly Endpoint[]): ForeignMessages | undefined {
    return this.#senders.foreign(own);
  }

  async bareExchange(bytes: number, count: number): Promise<void> {
    const { port, hostname } = this.#remote!;
    const request = new Uint8Array(bytes);
    const reply = new Uint8Array(bytes + 1);
    for (let i = 0; i < count; i++) {
      this.#socket.send(request, port, hostname);
      if (await this.receive(reply) !== bytes) throw new Error("a reply has another size");
    }
  }

  async bareAnswer(bytes: number): Promise<void> {
    const buffer = new Uint8Array(bytes + 1);
    for (;;) {
      const received = await this.receive(buffer);
      this.#socket.send(buffer.slice(0, received), this.#last!.port, this.#last!.address);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#readBack.close();
    this.#arrived.empty();
    this.#socket.close();
  }

  #take(message: Uint8Array, from: dgram.RemoteInfo): void {
    const { isHeard } = this.#senders.count({
      transport: "udp",
      hostname: from.address,
      port: from.port,
    });
    if (!isHeard || this.#heldBytes + message.length > MAX_HELD_BYTES) return;
    this.#heldBytes += message.length;
    this.#arrived.put({ message, from });
  }

  #copy(
    arrived: { readonly message: Uint8Array; readonly from: dgram.RemoteInfo } | null,
    buffer: Uint8Array,
  ): number {
    if (arrived === null) throw this.#error;
    const { message, from } = arrived;
    this.#heldBytes -= message.length;
    this.#last = from;
    const bytes = Math.min(message.length, buffer.length);
    buffer.set(bytes < message.length ? message.subarray(0, bytes) : message);
    return bytes;
  }

  #send(data: Uint8Array, port: number, hostname: string): Promise<number> {
    const { name, limitBytes } = this.#kind;
    if (data.length > limitBytes) throw new MessageTooLargeError(name, data.length, limitBytes);
    return new Promise((resolve, reject) =>
      this.#socket.send(
        data,
        port,
        hostname,
        (error) => error === null ? resolve(data.length) : reject(error),
      )
    );
  }
}
