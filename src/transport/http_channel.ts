// The two ends of HTTP as channels: `fetch` at one, `Deno.serve` at the other.
//
// HTTP knows requests and their responses, not connections: what is a channel here is a path of the server. Connecting asks for a path
// (POST /), a write is the request (POST with the message as its body), a read is the body of its response, and closing says so (DELETE).
// All requests of a channel share a pool of connections of its own. In HTTP/1.1 `fetch` mostly uses one; it opens a second one when a
// response's end has not been seen before the next request begins.

import type { Endpoint, MaybePromise, StreamChannel } from "./channel.ts";
import type { RequestByClient } from "./direct_client.ts";
import { copyMessage, Mailbox, MailboxListener } from "./mailbox.ts";
import { removeSocketFile } from "./socket_file.ts";

export const CREATED = 201;
/** The other end has closed its channel. */
const GONE = 410;
const CLOSED = 503;

export class HttpClientChannel implements StreamChannel {
  readonly mode = "stream";
  readonly #url: string;
  readonly #client: Deno.HttpClient;
  readonly #closing = new AbortController();
  readonly #closed = Promise.withResolvers<null>();
  #response: Promise<Response> | undefined;

  constructor(url: string, client: Deno.HttpClient) {
    this.#url = url;
    this.#client = client;
  }

  write(data: Uint8Array): number {
    if (this.#response !== undefined) {
      throw new Error("Cannot write to http: the reply to the last message was not read yet");
    }
    this.#closing.signal.throwIfAborted();
    const request: RequestByClient = {
      method: "POST",
      body: data as Uint8Array<ArrayBuffer>,
      client: this.#client,
      signal: this.#closing.signal,
    };
    const response = fetch(this.#url, request);
    // Reported by the read; without this a failure before that would end the process.
    response.catch(() => {});
    this.#response = response;
    return data.length;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#response === undefined
      ? this.#closed.promise
      : this.#readReply(this.#response, buffer);
  }

  closeWrite(): Promise<void> {
    return Promise.reject(new Error("Cannot close one direction of http: it has no half-close"));
  }

  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new Error("the channel was closed"));
    this.#closed.resolve(null);
    const request: RequestByClient = { method: "DELETE", client: this.#client };
    fetch(this.#url, request)
      .then((response) => response.body?.cancel())
      .catch(() => {})
      .finally(() => this.#client.close());
  }

  async #readReply(pending: Promise<Response>, buffer: Uint8Array): Promise<number | null> {
    try {
      const response = await pending;
      const message = await response.bytes();
      return response.status === GONE ? null : copyMessage(message, buffer);
    } finally {
      this.#response = undefined;
    }
  }
}

interface Asked {
  readonly message: Uint8Array;
  readonly respond: (response: Response) => void;
}

class HttpServerChannel implements StreamChannel {
  readonly mode = "stream";
  readonly #requests = new Mailbox<Asked>();
  readonly #onClose: () => void;
  #answering: Asked | undefined;
  #isClosed = false;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  read(buffer: Uint8Array): MaybePromise<number | null> {
    const asked = this.#requests.take();
    return asked instanceof Promise
      ? asked.then((one) => this.#begin(one, buffer))
      : this.#begin(asked, buffer);
  }

  write(data: Uint8Array): number {
    if (this.#answering === undefined) {
      throw new Error("Cannot write to http: there is no request that waits for a reply");
    }
    this.#answering.respond(new Response(data as Uint8Array<ArrayBuffer>));
    this.#answering = undefined;
    return data.length;
  }

  closeWrite(): Promise<void> {
    return Promise.reject(new Error("Cannot close one direction of http: it has no half-close"));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { respond } of this.#requests.empty()) respond(gone());
    this.#answering?.respond(gone());
    this.#onClose();
  }

  /** Takes a request in, and has its response when this end has written one. */
  async ask(request: Request): Promise<Response> {
    const message = await request.bytes();
    if (this.#isClosed) return gone();
    return await new Promise((respond) => this.#requests.put({ message, respond }));
  }

  /** The other end has closed: what it asked before can still be read. */
  end(): void {
    this.#requests.end();
  }

  #begin(asked: Asked | null, buffer: Uint8Array): number | null {
    if (asked === null) return null;
    this.#answering = asked;
    return copyMessage(asked.message, buffer);
  }
}

/** How a server is started: `Deno.serve` with where it listens, and what it answers with, until the signal. */
export type Serve = (
  handler: (request: Request) => Response | Promise<Response>,
  signal: AbortSignal,
) => Deno.HttpServer;

export class HttpListener extends MailboxListener<HttpServerChannel> {
  readonly endpoint: Endpoint;
  readonly #server: Deno.HttpServer;
  readonly #stopping = new AbortController();
  readonly #isHttp2: boolean;
  readonly #channels = new Map<string, HttpServerChannel>();
  #opened = 0;

  /** @param certificate the server's, where it has TLS */
  constructor(serve: Serve, certificate?: string, isHttp2 = false) {
    super();
    this.#isHttp2 = isHttp2;
    this.#server = serve((request) => this.#handle(request), this.#stopping.signal);
    this.endpoint = endpointOf(this.#server.addr, certificate);
    this.#server.finished.catch((error) => this.fail(error));
  }

  #handle(request: Request): Response | Promise<Response> {
    const path = request.url.slice(request.url.lastIndexOf("/") + 1);
    if (path === "") return this.#open();
    const channel = this.#channels.get(path);
    if (channel === undefined) return gone();
    if (request.method !== "DELETE") return channel.ask(request);
    channel.end();
    return new Response(null, { status: 204 });
  }

  #open(): Response {
    if (this.isClosed) return new Response(null, { status: CLOSED });
    const path = String(++this.#opened);
    const channel = new HttpServerChannel(() => {
      this.#channels.delete(path);
      this.release();
    });
    this.#channels.set(path, channel);
    this.accepted.put(channel);
    return new Response(path, { status: CREATED });
  }

  // The server's connections are its own: it serves on until the last channel is closed, and only refuses new ones meanwhile.
  protected release(): void {
    if (!this.isClosed || this.#channels.size > 0) return;
    // In Deno 2.4 to 2.6 a server of HTTP/2 that shuts down in order neither answers what it was just asked nor ends.
    if (this.#isHttp2) this.#stopping.abort();
    else this.#server.shutdown().catch(() => {});
    if (this.endpoint.kind === "unix") removeSocketFile(this.endpoint.path);
  }
}

function endpointOf(addr: Deno.Addr, certificate: string | undefined): Endpoint {
  if (addr.transport === "unix") return { kind: "unix", path: addr.path };
  const { hostname, port } = addr as Deno.NetAddr;
  return { kind: "ip", hostname, port, ...(certificate !== undefined && { certificate }) };
}

function gone(): Response {
  return new Response(null, { status: GONE });
}
