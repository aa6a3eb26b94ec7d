import { assertMatch, assertThrows } from "@std/assert";
import { startLineProcess } from "../../src/peer/line_process.ts";
import { PeerError } from "../../src/peer/peer_link.ts";

Deno.test("startLineProcess() names the binary that could not be started, and why", () => {
  for (const deno of ["/nonexistent/deno", "/dev/null"]) {
    const options = { deno, args: [], onMessage: () => {}, onFailure: () => {} };
    const { message } = assertThrows(() => startLineProcess(options), PeerError);
    assertMatch(message, new RegExp(`^${deno} could not be started: .+`));
  }
});
