// Runs the command lines of its second argument, as JSON, one after another, and prints its first argument and the exit code to both streams after each.

import { main } from "../../src/cli/main.ts";
import { systemTerminal } from "../../src/cli/terminal/terminal.ts";

const [mark, lines] = Deno.args as [string, string];
for (const args of JSON.parse(lines) as string[][]) {
  const code = await main(args, systemTerminal());
  const end = new TextEncoder().encode(`${mark}${code}\n`);
  for (const stream of [Deno.stdout, Deno.stderr]) stream.writeSync(end);
}
Deno.exit(0);
