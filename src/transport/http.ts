// HTTP on this machine, between `Deno.serve` and `fetch`, with connections kept alive: over TCP, a Unix-domain socket, and TLS.

import { handshakeFault, ownCertificate } from "./certificate.ts";
import type { Endpoint, StreamChannel } from "./channel.ts";
import { directClient, type RequestByClient } from "./direct_client.ts";
import { CREATED, HttpClientChannel, HttpListener } from "./http_channel.ts";
import { probeStream } from "./probe.ts";
import { freshSocketPath } from "./socket_file.ts";
import type { OpenOptions, StreamTransport } from "./transport.ts";

const HOSTNAME = "127.0.0.1";
/** The host of a server on a path: a name would be looked up, and for hosts of NO_PROXY `fetch` does not go by the path. */
const NOWHERE = "http://127.255.255.254:2/";

/** What differs between the transports of HTTP. */
interface HttpKind {
  readonly name: string;
  readonly title: string;
  /** Its server listens on a path in the run's directory; absent: on 127.0.0.1. */
  readonly usesDirectory?: true;
  /** The one version that the client speaks: over TLS it says so by ALPN, else the server sees it by the first bytes. */
  readonly version: "http/1.1" | "h2";
  readonly isOverTls?: true;
}

export const http = httpTransport({
  name: "http",
  title: "HTTP/1.1 over TCP on IPv4 loopback: Deno.serve and fetch",
  version: "http/1.1",
});

export const httpUnix = httpTransport({
  name: "http-unix",
  title: "HTTP/1.1 over a Unix-domain socket: Deno.serve and fetch",
  usesDirectory: true,
  version: "http/1.1",
});

export const https = httpTransport({
  name: "https",
  title: "HTTP/1.1 over TLS on IPv4 loopback: Deno.serve and fetch",
  version: "http/1.1",
  isOverTls: true,
});

export const http2 = httpTransport({
  name: "http2",
  title: "HTTP/2 over TLS on IPv4 loopback: Deno.serve and fetch",
  version: "h2",
  isOverTls: true,
});

export const h2c = httpTransport({
  name: "h2c",
  title:
    "HTTP/2 over TCP without TLS on IPv4 loopback, which the client knows of: Deno.serve and fetch",
  version: "h2",
});

/** Requests and their responses, in turn. */
function httpTransport(kind: HttpKind): StreamTransport {
  const { name, title, usesDirectory } = kind;
  const transport: StreamTransport = {
    name,
    driver: "deno",
    mode: "stream",
    keepsBoundaries: true,
    inTurn: true,
    ...(usesDirectory && { usesDirectory }),
    title,
    listen: (options) => listen(kind, options),
    connect: (endpoint) => connect(kind, endpoint),
    probe: (options) => probeStream(transport, options),
  };
  return transport;
}

async function listen({ usesDirectory, version, isOverTls }: HttpKind, { directory }: OpenOptions) {
  const onListen = () => {};
  if (usesDirectory) {
    const path = freshSocketPath(directory);
    return new HttpListener((handler, signal) => Deno.serve({ path, onListen, signal }, handler));
  }
  const at = { hostname: HOSTNAME, port: 0, onListen };
  const isHttp2 = version === "h2";
  if (!isOverTls) {
    return new HttpListener(
      (handler, signal) => Deno.serve({ ...at, signal }, handler),
      undefined,
      isHttp2,
    );
  }
  const certificate = await ownCertificate();
  return new HttpListener(
    (handler, signal) => Deno.serve({ ...at, ...certificate, signal }, handler),
    certificate.cert,
    isHttp2,
  );
}

async function connect(kind: HttpKind, endpoint: Endpoint): Promise<StreamChannel> {
  const { base, client } = reach(kind, endpoint);
  try {
    const request: RequestByClient = { method: "POST", client };
    const response = await fetch(base, request);
    const path = await response.text();
    if (response.status !== CREATED) {
      throw new Error(`Cannot connect ${kind.name}: the server answered ${response.status}`);
    }
    return new HttpClientChannel(`${base}${path}`, client);
  } catch (error) {
    client.close();
    throw explain(kind.name, error);
  }
}

/** The URL of a server, and a client that goes straight to it. */
function reach({ name, usesDirectory, version, isOverTls }: HttpKind, endpoint: Endpoint) {
  if (usesDirectory && endpoint.kind === "unix") {
    const proxy = { transport: "unix", path: endpoint.path } as const;
    return { base: NOWHERE, client: Deno.createHttpClient({ http2: false, proxy }) };
  }
  if (usesDirectory || endpoint.kind !== "ip") {
    throw new TypeError(`Cannot connect ${name} to a ${endpoint.kind} endpoint`);
  }
  const address = `${endpoint.hostname}:${endpoint.port}/`;
  if (!isOverTls) return { base: `http://${address}`, client: directClient(endpoint, version) };
  if (endpoint.certificate === undefined) {
    throw new TypeError(`Cannot connect ${name} to an endpoint without a certificate`);
  }
  const client = Deno.createHttpClient({
    http1: version === "http/1.1",
    http2: version === "h2",
    caCerts: [endpoint.certificate],
    // What stands in for a proxy has no TLS: a proxy of another host, which the environment may name, is out of reach from here.
    localAddress: HOSTNAME,
  });
  return { base: `https://${address}`, client };
}

/** `fetch` says that it failed, and keeps why as the cause. */
function explain(name: string, error: unknown): unknown {
  if (!(error instanceof Error && error.cause instanceof Error)) return error;
  const { message } = error.cause;
  const fault = name === httpUnix.name && /tcp connect error/.test(message)
    ? "NO_PROXY has all of 127.0.0.0/8, for which fetch goes by no socket file"
    : handshakeFault(message);
  const text = fault === undefined ? message : `${fault} (${message})`;
  return new Error(`Cannot connect ${name}: ${text}`, { cause: error });
}
