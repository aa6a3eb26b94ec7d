import { assert, assertEquals, assertRejects } from "@std/assert";
import { explainHandshake, makeCertificate } from "../../src/transport/certificate.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";
import { tls } from "../../src/transport/tls.ts";
import { LIBC, needs } from "../support/needs.ts";

const options = { directory: "/nonexistent" };
const HOUR_MS = 3_600_000;

/** What a client and a server of a certificate say of it: "accepted", or why not. */
async function shakeHands(
  shown: Parameters<typeof makeCertificate>[0],
  { trusted, hostname = "127.0.0.1", alpn }: {
    trusted?: string;
    hostname?: string;
    /** What the server speaks, and the client. */
    alpn?: readonly [string, string];
  } = {},
): Promise<string> {
  const certificate = await makeCertificate(shown);
  using listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    ...certificate,
    ...(alpn && { alpnProtocols: [alpn[0]] }),
  });
  const serving = listener.accept().then(async (conn) => {
    await conn.handshake().catch(() => {});
    conn.close();
  });
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const conn = await Deno.startTls(tcp, {
    hostname,
    caCerts: [trusted ?? certificate.cert],
    ...(alpn && { alpnProtocols: [alpn[1]] }),
  });
  try {
    await conn.handshake();
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  } finally {
    conn.close();
    await serving;
  }
}

Deno.test("makeCertificate() is accepted for its names and addresses, and for no others", async () => {
  assertEquals(await shakeHands({}), "accepted");
  assertEquals(await shakeHands({}, { hostname: "localhost" }), "accepted");
  assertEquals(await shakeHands({ addresses: ["::1", "127.0.0.1"], names: [] }), "accepted");
  assert(/not valid for/i.test(await shakeHands({ addresses: ["127.0.0.2"], names: [] })));
  assert(/not valid for/i.test(await shakeHands({}, { hostname: "example.org" })));
});

Deno.test("a certificate that has expired, does not hold yet or is another's is refused", async () => {
  const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
  assert(/expired/i.test(await shakeHands({ notBefore: ago(3), notAfter: ago(2) })));
  assert(/not valid yet|NotValidYet/i.test(await shakeHands({ notBefore: ago(-2) })));
  const { cert } = await makeCertificate();
  assert(/invalid peer certificate/i.test(await shakeHands({}, { trusted: cert })));
});

Deno.test("explainHandshake() has a sentence for each way in which a handshake fails", async () => {
  const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
  const { cert } = await makeCertificate();
  for (
    const [said, sentence] of [
      [await shakeHands({ notBefore: ago(3), notAfter: ago(2) }), "certificate has expired"],
      [await shakeHands({ notBefore: ago(-2) }), "certificate does not hold yet"],
      [await shakeHands({}, { trusted: cert }), "shows another certificate than"],
      [await shakeHands({}, { hostname: "example.org" }), "is not for this address"],
      [await shakeHands({}, { alpn: ["h2", "http/1.1"] }), "no protocol in common (ALPN)"],
      ["received corrupt message of type InvalidContentType", "does not speak TLS"],
      ["something new", "the handshake failed (something new)"],
    ] as const
  ) {
    const { message } = explainHandshake("tls", new Error(said));
    assert(message.startsWith("Cannot connect tls: "), message);
    assert(message.includes(sentence), message);
  }
});

Deno.test("makeCertificate() makes dates beyond 2049, and another certificate each time", async () => {
  assertEquals(await shakeHands({ notAfter: new Date("2051-02-03T04:05:06Z") }), "accepted");
  const serials = await Promise.all([makeCertificate(), makeCertificate()]);
  assert(serials[0]!.cert !== serials[1]!.cert);
});

Deno.test("tls connects to no server that shows another certificate, and its server serves on", async () => {
  const listener = await tls.listen(options);
  const { cert } = await makeCertificate();
  const { endpoint } = listener;
  if (endpoint.kind !== "ip") throw new Error(`an endpoint of kind ${endpoint.kind}`);
  await assertRejects(
    async () => await tls.connect({ ...endpoint, certificate: cert }, options),
    Error,
    "Cannot connect tls: the server shows another certificate than the one it announced",
  );
  const { certificate: _, ...bare } = endpoint;
  await assertRejects(
    async () => await tls.connect(bare, options),
    TypeError,
    "Cannot connect tls to an endpoint without a certificate",
  );
  // Somebody who does not speak TLS at all.
  using tcp = await Deno.connect(bare);
  await tcp.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  const [client, server] = await Promise.all([tls.connect(endpoint, options), listener.accept()]);
  for (const end of [client, server, listener]) end.close();
});

Deno.test({
  ...needs("tls has Nagle at both ends as it was asked for, read back from the kernel", LIBC),
  async fn() {
    for (const nagle of ["on", "off"] as const) {
      const listener = await tls.listen({ ...options, nagle });
      const [client, server] = await Promise.all([
        (tls as StreamTransport).connect(listener.endpoint, { ...options, nagle }),
        listener.accept(),
      ]);
      for (const { settings } of [client, server]) assertEquals(settings?.["nagle"], nagle);
      for (const end of [client, server, listener]) end.close();
    }
  },
});

Deno.test("tls shakes hands with clients that nobody accepts yet", async () => {
  const listener = await tls.listen(options);
  const clients = [];
  for (let i = 0; i < 3; i++) clients.push(await tls.connect(listener.endpoint, options));
  const server = await listener.accept();
  listener.close();
  await assertRejects(() => Promise.resolve(listener.accept()), Error, "closed");
  for (const end of [...clients, server]) end.close();
});
