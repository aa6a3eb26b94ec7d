/** What a user of a terminal sees who ends a run with Ctrl-C: script(1) makes the terminal, and its standard input is the keyboard. */

import { assert, assertEquals } from "@std/assert";
import { Screen } from "../support/screen.ts";
import { MAIN, PERMISSIONS, temporaryDirectory } from "./sockbench.ts";
import { needs, program } from "../support/needs.ts";

Deno.test({
  ...needs(
    "sockbench run that Ctrl-C ends leaves nothing of its live view on the terminal",
    program("script"),
  ),
  async fn() {
    await using directory = await temporaryDirectory();
    const command = [Deno.execPath(), "run", "--no-prompt", ...PERMISSIONS, MAIN, "run"];
    const args = ["--profile", "quick", "--peer", "loop", "--rounds", "5000", "--out"];
    const child = new Deno.Command("script", {
      args: ["-qec", [...command, ...args, directory.path].join(" "), "/dev/null"],
      env: { LC_ALL: "C.UTF-8" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const keyboard = child.stdin.getWriter();
    let seen = "";
    let isPressed = false;
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      seen += text;
      if (isPressed || !seen.includes("best so far")) continue;
      isPressed = true;
      await keyboard.write(new TextEncoder().encode("\x03"));
    }
    await keyboard.close().catch(() => {});
    assertEquals((await child.status).code, 130);
    const { lines } = new Screen(80).write(seen);
    const told = "sockbench: interrupted; keeping the finished trials";
    assertEquals(lines.filter((line) => line.startsWith(told)).length, 1, lines.join("\n"));
    assertEquals(lines.filter((line) => /^round \d|^case \d|best so far/.test(line)), []);
    assert(lines.includes(`${directory.path}/latest.json`));
  },
});
