import { assertMatch, assertThrows } from "@std/assert";
import { startLineProcess } from "../../src/peer/line_process.ts";
import { PeerError } from "../../src/peer/peer_link.ts";

Deno.test("startLineProcess() names the binary that could not be started, and why", () => {
  for (const program of ["/nonexistent/deno", "/dev/null"]) {
    const options = { program, args: [], onMessage: () => {}, onFailure: () => {} };
    const { message } = assertThrows(() => startLineProcess(options), PeerError);
    assertMatch(message, new RegExp(`^${program} could not be started: .+`));
  }
});
