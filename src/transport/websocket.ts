// WebSocket (RFC 6455) over TCP on the loopback interface, between Deno's own server and client.
//
// A WebSocket has no half-close and no empty write that a reader could wait for, so that a message of no bytes says here that one direction
// has ended. The API takes every message at once and keeps it in memory: a write waits where more than {@linkcode MAX_BUFFERED_BYTES} lie
// there, as it would in front of a full socket. The receiving end has no such brake: what a reader does not take lies in its memory.

import type { Endpoint, MaybePromise, StreamChannel } from "./channel.ts";
import { MessageTooLargeError } from "./channel.ts";
import { directClient, openWebSocket } from "./direct_client.ts";
import { copyMessage, Mailbox, MailboxListener } from "./mailbox.ts";
import { probeStream } from "./probe.ts";
import type { StreamTransport } from "./transport.ts";

const HOSTNAME = "127.0.0.1";
/** Deno refuses a frame of 64 MiB ("Frame too large"), and sends each message as one frame. */
const LARGEST_BYTES = 64 * 1_024 * 1_024 - 1;
/** Beyond this a write waits. There is no event for room: it looks again every millisecond. */
const MAX_BUFFERED_BYTES = 4 * 1_024 * 1_024;
const LOOK_AGAIN_MS = 1;

/** WebSocket between two ends on 127.0.0.1: connections that keep message boundaries. */
export const websocket: StreamTransport = {
  name: "websocket",
  driver: "deno",
  mode: "stream",
  keepsBoundaries: true,
  sharesPort: true,
  title: "WebSocket over TCP on IPv4 loopback: Deno.serve and WebSocket",
  listen: ({ sharedPort }) => Promise.resolve(new WebSocketListener(sharedPort)),
  async connect(endpoint) {
    if (endpoint.kind !== "ip") {
      throw new TypeError(`Cannot connect websocket to a ${endpoint.kind} endpoint`);
    }
    const client = directClient(endpoint);
    try {
      const socket = openWebSocket(`ws://${endpoint.hostname}:${endpoint.port}/`, client);
      const channel = new WebSocketChannel(socket);
      await opened(socket);
      return channel;
    } finally {
      // Opening is all that it is for.
      client.close();
    }
  },
  async probe(options) {
    const found = await probeStream(websocket, options);
    return found.available ? { ...found, largestMessageBytes: LARGEST_BYTES } : found;
  },
};

class WebSocketChannel implements StreamChannel {
  readonly mode = "stream";
  readonly #socket: WebSocket;
  readonly #messages = new Mailbox<Uint8Array>();

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      if (data.byteLength === 0) this.#messages.end();
      else this.#messages.put(new Uint8Array(data));
    };
    socket.onclose = () => this.#messages.end();
  }

  read(buffer: Uint8Array): MaybePromise<number | null> {
    const message = this.#messages.take();
    if (message instanceof Promise) {
      return message.then((one) => one === null ? null : copyMessage(one, buffer));
    }
    return message === null ? null : copyMessage(message, buffer);
  }

  write(data: Uint8Array): MaybePromise<number> {
    if (data.length > LARGEST_BYTES) {
      throw new MessageTooLargeError("websocket", data.length, LARGEST_BYTES);
    }
    this.#send(data);
    if (this.#socket.bufferedAmount <= MAX_BUFFERED_BYTES) return data.length;
    return this.#untilThereIsRoom().then(() => data.length);
  }

  closeWrite(): void {
    this.#send(new Uint8Array(0));
  }

  close(): void {
    this.#messages.empty();
    this.#socket.close();
  }

  // The API takes a message on a closed connection without a word, and drops it.
  #send(data: Uint8Array): void {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      throw new Error("Cannot write to websocket: the connection is closed");
    }
    this.#socket.send(data as Uint8Array<ArrayBuffer>);
  }

  async #untilThereIsRoom(): Promise<void> {
    while (
      this.#socket.bufferedAmount > MAX_BUFFERED_BYTES &&
      this.#socket.readyState === WebSocket.OPEN
    ) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

class WebSocketListener extends MailboxListener<WebSocketChannel> {
  readonly endpoint: Endpoint;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #open = 0;

  constructor(sharedPort: number | undefined) {
    super();
    const at = { port: sharedPort ?? 0, reusePort: sharedPort !== undefined };
    this.#server = Deno.serve(
      { hostname: HOSTNAME, ...at, onListen() {} },
      (request) => this.#upgrade(request),
    );
    this.endpoint = { kind: "ip", hostname: HOSTNAME, port: this.#server.addr.port };
    this.#server.finished.catch((error) => this.fail(error));
  }

  #upgrade(request: Request): Response {
    if (this.isClosed) return new Response(null, { status: 503 });
    const { socket, response } = Deno.upgradeWebSocket(request);
    const channel = new WebSocketChannel(socket);
    this.#open++;
    socket.addEventListener("close", () => {
      this.#open--;
      this.release();
    }, { once: true });
    opened(socket).then(
      () => this.isClosed ? channel.close() : this.accepted.put(channel),
      () => {},
    );
    return response;
  }
  // Shutting down ends upgraded connections, too: the server serves on until the last is closed, and only refuses new ones meanwhile.
  protected release(): void {
    if (this.isClosed && this.#open === 0) this.#server.shutdown().catch(() => {});
  }
}
function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = (event) => {
      const detail = event instanceof ErrorEvent ? event.message : event.type;
      reject(new Error(`Cannot open a websocket connection: ${detail}`));
    };
  });
}
