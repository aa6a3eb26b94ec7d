// Parts of the engine that are loaded when a command needs them: Deno reads and resolves at the start whatever an `import()` names
// literally, which for all of the engine takes as long as an empty program.

import { type MAINS, mainUrl } from "../mains.ts";
import { UsageError } from "./failure.ts";

/**
 * Loads a module of the suite.
 *
 * @throws {UsageError} where its code may not be read
 */
export async function loadLate<T>(name: keyof typeof MAINS): Promise<T> {
  const url = mainUrl(name);
  if (url.protocol === "file:") {
    const { state } = Deno.permissions.querySync({ name: "read", path: url });
    if (state !== "granted") {
      throw new UsageError(
        "cannot read the code of this command: permission missing (--allow-read)",
      );
    }
  }
  return await import(url.href);
}
