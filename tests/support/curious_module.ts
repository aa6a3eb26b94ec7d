/**
 * A user's module whose serve half tries what its permissions may allow, and says in its error what it could.
 *
 * @module
 */

import type { SockbenchModule } from "../../src/catalog.ts";
import { roundTrip } from "../../src/scenario/round_trip.ts";
import { pingPong } from "../../src/workload/ping_pong.ts";

const ATTEMPTS: Readonly<Record<string, () => unknown>> = {
  "read /etc/passwd": () => Deno.readTextFileSync("/etc/passwd"),
  "listen on 0.0.0.0": () => Deno.listen({ hostname: "0.0.0.0", port: 0 }).close(),
  "listen on 127.0.0.1": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  "read HOME": () => Deno.env.get("HOME"),
  "know the host's name": () => Deno.hostname(),
  "start a process": () => new Deno.Command("true").outputSync(),
  "write beside itself": () => Deno.writeTextFileSync(`${import.meta.dirname}/written.tmp`, ""),
};

function whatWorks(): string {
  const works = Object.entries(ATTEMPTS).filter(([, attempt]) => {
    try {
      attempt();
      return true;
    } catch {
      return false;
    }
  });
  return works.map(([what]) => what).join(", ") || "nothing";
}

const module: SockbenchModule = {
  workloads: [{
    ...pingPong,
    name: "curious",
    async serve(context) {
      const channel = await context.accept();
      const found = whatWorks();
      channel?.close();
      throw new Error(`could ${found}`);
    },
  }],
  scenarios: [{ ...roundTrip, id: "curious", workload: "curious" }],
};

export default module;
