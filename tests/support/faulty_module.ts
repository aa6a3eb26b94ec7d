/**
 * A user's module with workloads that misbehave at the peer, for tests of the watchdog and of dying peers.
 *
 * @module
 */

import type { SockbenchModule } from "../../src/catalog.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";
import type { ServeContext, Workload } from "../../src/workload/workload.ts";

function misbehaving(name: string, serve: (context: ServeContext) => Promise<void>): Workload {
  return { ...pingPong, name, serve };
}

const module: SockbenchModule = {
  workloads: [
    misbehaving("peer-exits", async (context) => {
      await context.accept();
      Deno.exit(7);
    }),
    misbehaving("peer-throws", async (context) => {
      const channel = await context.accept();
      channel?.close();
      throw new Error("the serve half broke on purpose");
    }),
    misbehaving("peer-prints", async (context) => {
      // deno-lint-ignore no-console
      console.log("a user's module may print");
      await pingPong.serve(context);
    }),
    misbehaving("peer-rubbish", async (context) => {
      await context.accept();
      await Deno.stdout.write(new TextEncoder().encode("rubbish\n"));
      await new Promise(() => {});
    }),
    misbehaving("peer-hangs", async (context) => {
      await context.accept();
      await new Promise(() => {});
    }),
  ],
};

export default module;
