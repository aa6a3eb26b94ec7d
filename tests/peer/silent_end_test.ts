import { assertEquals } from "@std/assert";
import { denoRun } from "../../src/peer/line_process.ts";

Deno.test("a process peer whose answers nobody reads ends without a word", async () => {
  const main = new URL("../../src/peer/process_main.ts", import.meta.url);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [...denoRun(), "--unstable-net", `--config=${config}`, "--frozen", "-A", main.href],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = child.stdout.getReader();
  await stdout.read();
  await stdout.cancel();
  const stdin = child.stdin.getWriter();
  await stdin.write(new TextEncoder().encode('{"ask":"nothing that it knows"}\n'));
  assertEquals(await new Response(child.stderr).text(), "");
  assertEquals((await child.status).code, 1);
  await stdin.close().catch(() => {});
});
