// HTTP clients that reach one server on the loopback interface, and nobody else in between.
//
// A client of Deno asks HTTP_PROXY and ALL_PROXY whom to talk to, loopback addresses included. It asks after it has gone through what it
// was given itself: one whose proxy is a plain TCP connection to the server is connected straight to it, with the same socket options as
// a client without any proxy has.

/** A client that connects straight to a server without TLS and speaks one version, whatever the environment says of proxies. */
export function directClient(
  { hostname, port }: { readonly hostname: string; readonly port: number },
  version: "http/1.1" | "h2" = "http/1.1",
): Deno.HttpClient {
  return Deno.createHttpClient({
    http1: version === "http/1.1",
    http2: version === "h2",
    proxy: { transport: "tcp", hostname, port },
  });
}

/** What `fetch` takes with a client of its own: Deno's, which a project that also has the types of browsers does not see. */
export type RequestByClient = RequestInit & { readonly client: Deno.HttpClient };

/** A WebSocket that connects by a client of its own, which the types of browsers have no word for either. */
export function openWebSocket(url: string, client: Deno.HttpClient): WebSocket {
  const Opened = WebSocket as unknown as new (url: string, options: object) => WebSocket;
  return new Opened(url, { client });
}

/** Variables with hosts that no proxy is asked for; the first that is set counts. */
const VARIABLES = ["NO_PROXY", "no_proxy"] as const;
const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

/**
 * Takes loopback out of what HTTP_PROXY, HTTPS_PROXY and ALL_PROXY are asked for, in this process and those that it starts: for
 * clients that others make, as users' modules do. Without `--allow-env=NO_PROXY` nothing is changed. Call it first: a client
 * that exists keeps what it was made with.
 */
export function keepLoopbackFromProxies(): void {
  if (!isGranted(VARIABLES[0])) return;
  const known = VARIABLES.filter(isGranted).map((name) => Deno.env.get(name))
    .find((value) => value !== undefined) ?? "";
  const hosts = known.split(",").map((host) => host.trim()).filter((host) => host !== "");
  // Deno's "*" stands for all names, and for no address.
  const missing = LOOPBACK.filter((host) => !hosts.includes(host));
  if (missing.length > 0) Deno.env.set(VARIABLES[0], [...hosts, ...missing].join(","));
}

function isGranted(variable: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable }).state === "granted";
}
