import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Certificate, makeCertificate } from "../../src/transport/certificate.ts";
import type { Endpoint } from "../../src/transport/channel.ts";
import { h2c, http, http2, https, httpUnix } from "../../src/transport/http.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import type { StreamTransport } from "../../src/transport/transport.ts";

const HOUR_MS = 3_600_000;
const options = { directory: "/nonexistent" };
const connect = async (transport: StreamTransport, endpoint: Endpoint): Promise<string> => {
  try {
    (await transport.connect(endpoint, options)).close();
    return "connected";
  } catch (error) {
    return (error as Error).message;
  }
};

/** What is agreed on with a server that speaks these protocols, and the first bytes that it is sent then. */
async function spokenTo(transport: StreamTransport, alpnProtocols: string[]) {
  const certificate = await makeCertificate();
  using listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    ...certificate,
    alpnProtocols,
  });
  const { port } = listener.addr;
  const endpoint = { kind: "ip", hostname: "127.0.0.1", port, certificate: certificate.cert };
  const connecting = connect(transport, endpoint as Endpoint);
  const conn = await listener.accept();
  const agreed = await conn.handshake().catch(() => ({ alpnProtocol: null }));
  const buffer = new Uint8Array(256);
  const bytes = agreed.alpnProtocol === null ? 0 : await conn.read(buffer) ?? 0;
  conn.close();
  return {
    agreed: agreed.alpnProtocol,
    first: new TextDecoder().decode(buffer.subarray(0, bytes)).split("\r\n")[0],
    message: await connecting,
  };
}

Deno.test("https speaks HTTP/1.1 and http2 HTTP/2, with a server that speaks both", async () => {
  const both = ["h2", "http/1.1"];
  const one = await spokenTo(https, both);
  assertEquals([one.agreed, one.first], ["http/1.1", "POST / HTTP/1.1"]);
  const two = await spokenTo(http2, both);
  assertEquals([two.agreed, two.first], ["h2", "PRI * HTTP/2.0"]);
});

Deno.test("h2c begins with the preface of HTTP/2, without TLS, and http with a request", async () => {
  for (
    const [transport, expected] of [[h2c, "PRI * HTTP/2.0"], [http, "POST "]] as const
  ) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const connecting = connect(transport, { kind: "ip", hostname: "127.0.0.1", port });
    const conn = await listener.accept();
    const buffer = new Uint8Array(256);
    const bytes = await conn.read(buffer) ?? 0;
    assert(new TextDecoder().decode(buffer.subarray(0, bytes)).startsWith(expected));
    conn.close();
    assert((await connecting).startsWith(`Cannot connect ${transport.name}: `));
  }
});

Deno.test("https and http2 say in one sentence that a server has no protocol in common with them", async () => {
  for (const [transport, other] of [[https, "h2"], [http2, "http/1.1"]] as const) {
    const { message } = await spokenTo(transport, [other]);
    const sentence =
      `Cannot connect ${transport.name}: the two ends have no protocol in common (ALPN)`;
    assert(message.startsWith(sentence), message);
  }
});

Deno.test("https and http2 connect to no server whose certificate has expired, does not hold yet, or is another's, and say so", async () => {
  const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS);
  const other = await makeCertificate();
  for (const transport of [https, http2]) {
    for (
      const [shown, trusted, sentence] of [
        [{ notBefore: at(-3), notAfter: at(-2) }, undefined, "certificate has expired"],
        [{ notBefore: at(2) }, undefined, "certificate does not hold yet"],
        [{ addresses: ["127.0.0.2"], names: [] }, undefined, "is not for this address"],
        [{}, other.cert, "shows another certificate than the one it announced"],
        [{}, undefined, "connected"],
      ] as const
    ) {
      const certificate: Certificate = await makeCertificate(shown);
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, ...certificate, onListen() {} },
        () => new Response("1", { status: 201 }),
      );
      const { port } = server.addr;
      const message = await connect(transport, {
        kind: "ip",
        hostname: "127.0.0.1",
        port,
        certificate: trusted ?? certificate.cert,
      });
      await server.shutdown();
      assert(message.includes(sentence), message);
      if (sentence !== "connected") {
        assert(message.startsWith(`Cannot connect ${transport.name}: the server`), message);
      }
    }
  }
});

Deno.test("https connects to nobody without a certificate or without TLS, and its server serves on after a client that has none", async () => {
  const plain = await http.listen(options);
  const { cert: certificate } = await makeCertificate();
  assert(
    (await connect(https, { ...plain.endpoint, certificate } as Endpoint))
      .startsWith("Cannot connect https: the other end does not speak TLS"),
  );
  await assertRejects(
    async () => await https.connect(plain.endpoint, options),
    TypeError,
    "Cannot connect https to an endpoint without a certificate",
  );
  await assertRejects(
    async () => await httpUnix.connect(plain.endpoint, options),
    TypeError,
    "Cannot connect http-unix to a ip endpoint",
  );
  plain.close();
  const listener = await https.listen(options);
  assert((await connect(http, listener.endpoint)).startsWith("Cannot connect http: "));
  assertEquals(await connect(https, listener.endpoint), "connected");
  listener.close();
});

Deno.test("http-unix has a socket file while somebody is connected, and none afterwards", async () => {
  const directory = await createSocketDirectory();
  const files = () => [...Deno.readDirSync(directory.path)].length;
  const listener = await httpUnix.listen({ directory: directory.path });
  const [client, server] = await Promise.all([
    httpUnix.connect(listener.endpoint, options),
    listener.accept(),
  ]);
  listener.close();
  assertEquals(files(), 1);
  client.write(new Uint8Array(3));
  assertEquals(await server.read(new Uint8Array(9)), 3);
  server.close();
  assertEquals(files(), 0);
  assertEquals(await client.read(new Uint8Array(9)), null);
  client.close();
  await directory[Symbol.asyncDispose]();
});
