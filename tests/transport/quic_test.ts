import { assert, assertEquals, assertRejects } from "@std/assert";
import { makeCertificate } from "../../src/transport/certificate.ts";
import { quic } from "../../src/transport/quic.ts";
import { quicDatagram } from "../../src/transport/quic_datagram.ts";
import { needs, unless } from "../support/needs.ts";
import { openDescriptors } from "../support/open_descriptors.ts";
import { untilAllAreClosed } from "../support/open_quic.ts";

const options = { directory: "/nonexistent" };
const found = await quic.probe(options);
const REASON = unless(found.available ? undefined : found.reason);

Deno.test({
  ...needs("quic leaves as many descriptors after 300 connections as before", REASON),
  async fn() {
    const before = openDescriptors();
    for (let round = 0; round < 3; round++) {
      const listener = await quic.listen(options);
      for (let connection = 0; connection < 100; connection++) {
        const [client, server] = await Promise.all([
          quic.connect(listener.endpoint, options),
          listener.accept(),
        ]);
        await client.write(new Uint8Array([connection]));
        const buffer = new Uint8Array(8);
        assertEquals([await server.read(buffer), buffer[0]], [1, connection]);
        for (const end of [client, server]) end.close();
      }
      listener.close();
      await untilAllAreClosed();
    }
    assertEquals(openDescriptors(), before);
  },
});

Deno.test({
  ...needs("quic-datagram leaves as many descriptors after 300 connections as before", REASON),
  async fn() {
    const before = openDescriptors();
    const buffer = new Uint8Array(8);
    for (let round = 0; round < 3; round++) {
      const server = await quicDatagram.bind({ ...options, clients: 100 });
      for (let connection = 0; connection < 100; connection++) {
        const client = await quicDatagram.bind({ ...options, remote: server.endpoint });
        await client.send(new Uint8Array([connection]));
        assertEquals([await server.receive(buffer), buffer[0]], [1, connection]);
        client.close();
      }
      server.close();
      await untilAllAreClosed();
    }
    assertEquals(openDescriptors(), before);
  },
});

Deno.test({
  ...needs(
    "quic-datagram drops the oldest of what nobody reads, and goes on when a client is gone",
    REASON,
  ),
  async fn() {
    const server = await quicDatagram.bind({ ...options, clients: 2 });
    const [gone, client] = [
      await quicDatagram.bind({ ...options, remote: server.endpoint }),
      await quicDatagram.bind({ ...options, remote: server.endpoint }),
    ];
    gone.close();
    // More than twice what a connection keeps for its reader.
    const [SENT, BYTES] = [3_000, 1_000];
    const message = new Uint8Array(BYTES);
    for (let i = 0; i < SENT; i++) {
      new DataView(message.buffer).setUint32(0, i);
      await client.send(message);
    }
    const seen: number[] = [];
    while (seen.at(-1) !== SENT - 1) {
      const bytes = await server.receive(message);
      assertEquals(bytes, BYTES);
      seen.push(new DataView(message.buffer).getUint32(0));
    }
    assert(seen.length < SENT, `${seen.length} of ${SENT}`);
    assertEquals(seen, seen.toSorted((a, b) => a - b));
    client.close();
    server.close();
  },
});

Deno.test({
  ...needs("quic and quic-datagram turn away who does not know the listener's number", REASON),
  async fn() {
    const [listener, server] = [await quic.listen(options), await quicDatagram.bind(options)];
    for (const { endpoint } of [listener, server]) {
      if (endpoint.kind !== "ip") throw new Error(endpoint.kind);
      const stranger = { ...endpoint, listener: endpoint.listener! ^ 1 };
      await assertRejects(
        async () => await quic.connect(stranger, options),
        Error,
        "Cannot connect quic: nobody listens there",
      );
      await assertRejects(
        async () => await quicDatagram.bind({ ...options, remote: stranger }),
        Error,
        "Cannot connect quic-datagram: nobody listens there",
      );
    }
    for (const end of [listener, server]) end.close();
  },
});

Deno.test({
  ...needs(
    "quic says in one sentence that a certificate has expired, or that no protocol is common to both",
    REASON,
  ),
  async fn() {
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    const expired = await makeCertificate({ notBefore: hoursAgo(3), notAfter: hoursAgo(2) });
    for (
      const [certificate, protocol, sentence] of [
        [expired, "sockbench", "the server's certificate has expired"],
        [await makeCertificate(), "other", "the two ends have no protocol in common (ALPN)"],
      ] as const
    ) {
      const endpoint = new Deno.QuicEndpoint({ hostname: "127.0.0.1", port: 0 });
      const listener = endpoint.listen({ ...certificate, alpnProtocols: [protocol] });
      const refused = (async () => {
        for (;;) (await listener.incoming()).accept<false>().catch(() => {});
      })().catch(() => {});
      const at = { kind: "ip", hostname: "127.0.0.1", port: endpoint.addr.port } as const;
      const remote = { ...at, certificate: certificate.cert };
      try {
        await assertRejects(
          async () => await quic.connect(remote, options),
          Error,
          `Cannot connect quic: ${sentence}`,
        );
        await assertRejects(
          async () => await quicDatagram.bind({ ...options, remote }),
          Error,
          `Cannot connect quic-datagram: ${sentence}`,
        );
      } finally {
        endpoint.close();
      }
      await refused;
    }
  },
});

Deno.test({
  ...needs(
    "quic trusts the certificate of the endpoint and no other, and times its handshake",
    REASON,
  ),
  async fn() {
    const listener = await quic.listen(options);
    const { cert } = await makeCertificate();
    await assertRejects(
      async () => await quic.connect({ ...listener.endpoint, certificate: cert } as never, options),
      Error,
      "Cannot connect quic: the server shows another certificate than the one it announced",
    );
    const [client, server] = await Promise.all([
      quic.connect(listener.endpoint, options),
      listener.accept(),
    ]);
    assert(client.handshakeNs! > 0);
    for (const end of [client, server, listener]) end.close();
  },
});

/** What a program of its own prints that imports both transports, started with these flags. */
async function run(flags: readonly string[], program: string): Promise<unknown> {
  const url = (file: string) => JSON.stringify(import.meta.resolve(`../../src/transport/${file}`));
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-config",
      ...flags,
      `import { quic } from ${url("quic.ts")};
       import { quicDatagram } from ${url("quic_datagram.ts")};
       ${program}`,
    ],
    stderr: "null",
  }).output();
  assertEquals(code, 0);
  return JSON.parse(new TextDecoder().decode(stdout));
}

const PROBE_BOTH = `
  const found = [];
  for (const one of [quic, quicDatagram]) found.push(await one.probe({ directory: "" }));
  console.log(JSON.stringify(found));`;

Deno.test({
  name:
    "quic and quic-datagram are not available where the unstable API is not allowed, and their probes end no process",
  // A connection of a test before it, which the other end has still to hear of, may be closed by now.
  sanitizeOps: false,
  async fn() {
    const reason = "this Deno has no QUIC, or was started without --unstable-net";
    const found = { available: false, reason };
    assertEquals(await run([], PROBE_BOTH), [found, found]);
  },
});

Deno.test({
  ...needs("a program that looked at quic and quic-datagram ends by itself after rest()", REASON),
  sanitizeOps: false,
  async fn() {
    const found = await run(["--unstable-net"], `${PROBE_BOTH} quicDatagram.rest();`);
    assertEquals(found, [
      { available: true },
      { available: true, largestMessageBytes: 1_162 },
    ]);
  },
});
