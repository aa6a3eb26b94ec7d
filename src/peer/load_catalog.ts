/**
 * Loads users' modules into a catalog, at either end of a trial.
 *
 * @module
 */

import { type Catalog, createCatalog, type SockbenchModule } from "../catalog.ts";

/**
 * Imports each module and adds its default export to the built-in catalog.
 *
 * @param specifiers absolute URLs
 * @throws {Error} in one sentence that names the module, when it cannot be imported or exports nothing usable.
 */
export async function loadCatalog(specifiers: readonly string[]): Promise<Catalog> {
  const modules: SockbenchModule[] = [];
  for (const specifier of specifiers) {
    let loaded: { default?: unknown };
    try {
      loaded = await import(specifier);
    } catch (error) {
      const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
      throw new Error(`Cannot load module ${specifier}: ${why}`);
    }
    if (typeof loaded.default !== "object" || loaded.default === null) {
      throw new Error(
        `Cannot use module ${specifier}: it must export default { transports, workloads, scenarios }`,
      );
    }
    modules.push(loaded.default);
  }
  return createCatalog(modules);
}
