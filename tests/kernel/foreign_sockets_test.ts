import { assertEquals, assertRejects } from "@std/assert";
import { readForeignSockets } from "../../src/kernel/foreign_sockets.ts";
import { SystemError } from "../../src/kernel/system_error.ts";
import { LIBC, needs } from "../support/needs.ts";

/** Listens with a backlog of 77, connects to itself with Nagle on at one end, and says so. */
const PROGRAM = `
import net from "node:net";
const server = net.createServer({ noDelay: true }, () => console.log("up"));
server.listen(0, "127.0.0.1", 77, () => net.connect(server.address().port, "127.0.0.1"));
`;

Deno.test({
  ...needs(
    "readForeignSockets() reads the options and the backlog of another process's sockets",
    LIBC,
  ),
  async fn() {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", PROGRAM],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    try {
      await reader.read();
      const sockets = readForeignSockets(child.pid).filter(({ local }) => local?.kind === "ip");
      assertEquals(sockets.flatMap(({ backlog }) => backlog ?? []), [77]);
      const listener = sockets.find(({ listening }) => listening)!;
      const ends = sockets.filter(({ listening }) => !listening);
      const nagle = new Map(
        ends.map(({ local, settings }) => [
          (local as { port: number }).port === (listener.local as { port: number }).port,
          settings.nagle,
        ]),
      );
      assertEquals(nagle, new Map([[true, "off"], [false, "on"]]));
    } finally {
      child.kill();
      await reader.cancel();
      await child.status;
    }
    await assertRejects(
      () => Promise.resolve().then(() => readForeignSockets(child.pid)),
      SystemError,
      `Cannot look at process ${child.pid}`,
    );
  },
});
