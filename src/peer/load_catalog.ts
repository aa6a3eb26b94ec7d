// Loads users' modules into a catalog, at either end of a trial.

import { type Catalog, createCatalog, type SockbenchModule } from "../catalog.ts";

/** Adds each module's default export to the built-in catalog. Throws Error in one sentence that names the module. */
export async function loadCatalog(specifiers: readonly string[]): Promise<Catalog> {
  const modules: SockbenchModule[] = [];
  for (const specifier of specifiers) {
    let loaded: { default?: unknown };
    try {
      loaded = await importModule(specifier);
    } catch (error) {
      const why = whatIsThrown(error).split("\n")[0];
      throw new Error(`Cannot load module ${specifier}: ${why}`, { cause: error });
    }
    if (typeof loaded.default !== "object" || loaded.default === null) {
      throw new Error(
        `Cannot use module ${specifier}: it must export default { transports, workloads, scenarios }`,
      );
    }
    refuseUnknownParts(specifier, loaded.default);
    modules.push(loaded.default);
    refuseFaulty(specifier, modules);
  }
  return createCatalog(modules);
}

const PARTS = ["transports", "workloads", "scenarios", "metrics"];

/** A module may throw anything, also what has no message and cannot be made a text. */
function whatIsThrown(error: unknown): string {
  return error instanceof Error ? error.message : Deno.inspect(error);
}

/** A part that is misspelt would be left out without a word. */
function refuseUnknownParts(specifier: string, module: object): void {
  const unknown = Object.keys(module).find((key) => !PARTS.includes(key));
  if (unknown === undefined) return;
  throw new Error(
    `Cannot use module ${specifier}: its ${JSON.stringify(unknown)} is none of ${PARTS.join(", ")}`,
  );
}

/** Among several modules the one that is at fault must be named. */
function refuseFaulty(specifier: string, modules: readonly SockbenchModule[]): void {
  try {
    createCatalog(modules);
  } catch (error) {
    const why = whatIsThrown(error).replace(/^Cannot use a module's /, "its ");
    throw new Error(`Cannot use module ${specifier}: ${why}`);
  }
}

/** How long a module may take to load, in milliseconds: what it imports may have to be fetched. */
const LOAD_PATIENCE_MS = 30_000;

/** Imports a module that may never finish loading, or call `Deno.exit` meanwhile. */
async function importModule(specifier: string): Promise<{ default?: unknown }> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`it did not finish loading within ${LOAD_PATIENCE_MS / 1e3} s`)),
    LOAD_PATIENCE_MS,
  );
  const exit = Deno.exit;
  Deno.exit = () => {
    throw new Error("it calls Deno.exit while it loads");
  };
  try {
    return await Promise.race([import(specifier), late.promise]);
  } finally {
    Deno.exit = exit;
    clearTimeout(timer);
  }
}
