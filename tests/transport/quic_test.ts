import { assert, assertEquals, assertRejects } from "@std/assert";
import { quic } from "../../src/transport/quic.ts";
import { makeCertificate } from "../../src/transport/certificate.ts";
import { needs, unless } from "../support/needs.ts";

const options = { directory: "/nonexistent" };
const found = await quic.probe(options);
const REASON = unless(found.available ? undefined : found.reason);

/** How many file descriptors this process has. */
function openDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

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
    }
    assertEquals(openDescriptors(), before);
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

Deno.test({
  name:
    "quic is not available where the unstable API is not allowed, and its probe ends no process",
  // A connection of a test before it, which the other end has still to hear of, may be closed by now.
  sanitizeOps: false,
  async fn() {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        "--no-config",
        `import { quic } from ${JSON.stringify(import.meta.resolve("../../src/transport/quic.ts"))};
       console.log(JSON.stringify(await quic.probe({ directory: "" })));`,
      ],
      stderr: "null",
    }).output();
    assertEquals(code, 0);
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
      available: false,
      reason: "this Deno has no QUIC, or was started without --unstable-net",
    });
  },
});
