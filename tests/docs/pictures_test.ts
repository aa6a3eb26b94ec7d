import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../../docs/tools/pages.ts";
import { committedHashes, hashesNow, terminalPicture } from "../../docs/tools/pictures.ts";

Deno.test("the README's pictures are those of the sample's report as it is now (deno task docs:pictures)", async () => {
  assertEquals(await committedHashes(), await hashesNow());
  const terminal = await Deno.readTextFile(new URL("docs/pictures/terminal.svg", ROOT));
  assertEquals(terminal, await terminalPicture());
  assert(terminal.includes("What did best here") && !terminal.includes("\x1b"));
});
