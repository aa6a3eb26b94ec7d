/**
 * Opening a file in whatever the user looks at such files with.
 *
 * @module
 */

import { resolve } from "node:path";
import { systemMessage } from "./system_message.ts";

/** How long an opener that is still running is waited for: it may be the browser itself, which ends when the user is done. */
const PATIENCE_MS = 3_000;

/**
 * Opens a file with the desktop's own opener: `xdg-open`, `open`, `rundll32`.
 *
 * @param path the file
 * @returns why it could not be opened, in a few words; `undefined` when it was
 */
export async function openFile(path: string): Promise<string | undefined> {
  const [program, ...args] = openerOf(Deno.build.os);
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      // Absolute: no path may be taken for an option.
      args: [...args, resolve(path)],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `there is no ${program} on this system`;
    if (error instanceof Deno.errors.NotCapable) return "permission missing (--allow-run)";
    return `${program}: ${systemMessage(error)}`;
  }
  const { promise: patience, resolve: giveUp } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => giveUp(undefined), PATIENCE_MS);
  const status = await Promise.race([child.status, patience]);
  clearTimeout(timer);
  // Left to itself: this process need not wait until the window is closed.
  if (status === undefined) child.unref();
  return status === undefined || status.success
    ? undefined
    : `${program} ended with exit code ${status.code}`;
}

function openerOf(os: typeof Deno.build.os): readonly [program: string, ...args: string[]] {
  if (os === "darwin") return ["open"];
  // Not "cmd /c start": it would read the path as a command line.
  if (os === "windows") return ["rundll32", "url.dll,FileProtocolHandler"];
  return ["xdg-open"];
}
