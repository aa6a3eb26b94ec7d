// Parts of the engine that are loaded when needed: Deno resolves a literal `import()` at the start, which takes as long as an empty program.

import { type MAINS, mainUrl } from "../mains.ts";
import { UsageError } from "./failure.ts";

/** Loads a module of the suite; throws UsageError where its code may not be read. */
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
