import { assert, assertEquals, assertRejects } from "@std/assert";
import { makeCertificate } from "../../src/transport/certificate.ts";
import { nodeBuiltin } from "../../src/transport/node/node_builtins.ts";
import { tcpNode, tlsNode, tlsUnixNode } from "../../src/transport/node/streams.ts";
import { createSocketDirectory } from "../../src/transport/socket_directory.ts";
import { LIBC, needs } from "../support/needs.ts";

const options = { directory: "/nonexistent" };

Deno.test({
  ...needs("tcp@node and tls@node have Nagle as it was asked for, read back from the kernel", LIBC),
  async fn() {
    for (const transport of [tcpNode, tlsNode]) {
      for (const nagle of ["on", "off"] as const) {
        const listener = await transport.listen({ ...options, nagle });
        const [client, server] = await Promise.all([
          transport.connect(listener.endpoint, { ...options, nagle }),
          listener.accept(),
        ]);
        for (const { settings } of [client, server]) assertEquals(settings?.["nagle"], nagle);
        for (const end of [client, server, listener]) end.close();
      }
    }
  },
});

Deno.test("tls@node and tls-unix@node tell version, cipher and that the handshake was a full one, each time", async () => {
  const directory = await createSocketDirectory();
  for (const transport of [tlsNode, tlsUnixNode]) {
    const listener = await transport.listen({ directory: directory.path });
    for (let connection = 0; connection < 2; connection++) {
      const [client, server] = await Promise.all([
        transport.connect(listener.endpoint, options),
        listener.accept(),
      ]);
      for (const { settings } of [client, server]) {
        assertEquals(settings?.["tlsVersion"], "TLSv1.3");
        assert(/AES|CHACHA/.test(settings?.["tlsCipher"] ?? ""));
        assertEquals(settings?.["tlsHandshake"], "full");
      }
      assert(client.handshakeNs! > 0);
      assertEquals(server.handshakeNs, undefined);
      for (const end of [client, server]) end.close();
    }
    listener.close();
  }
  await directory[Symbol.asyncDispose]();
});

Deno.test("tls@node trusts the certificate of the endpoint and no other", async () => {
  const listener = await tlsNode.listen(options);
  const { cert } = await makeCertificate();
  await assertRejects(
    async () =>
      await tlsNode.connect({ ...listener.endpoint, certificate: cert } as never, options),
    Error,
    "Cannot connect tls@node: the server shows another certificate than the one it announced",
  );
  listener.close();
});

Deno.test("nodeBuiltin() says so where the runtime has no such module", () => {
  try {
    nodeBuiltin("node:none" as "node:net");
  } catch (error) {
    assertEquals((error as Error).message, "this runtime has no node:none to get by its name");
    return;
  }
  throw new Error("it found one");
});
