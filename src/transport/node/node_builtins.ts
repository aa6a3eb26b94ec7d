// Node's own modules, taken when they are first used: to import them where the catalog is loaded takes 200 ms of each command, and in
// Deno 2.8.0 a `node:` import that is reached by a dynamic one fails.

import type dgram from "node:dgram";
import type fs from "node:fs";
import type net from "node:net";
import type tls from "node:tls";

interface Builtins {
  readonly "node:dgram": typeof dgram;
  readonly "node:fs": typeof fs;
  readonly "node:net": typeof net;
  readonly "node:tls": typeof tls;
}

interface ProcessOfNode {
  readonly getBuiltinModule?: <N extends keyof Builtins>(name: N) => Builtins[N] | undefined;
}

/** A module of Node by its name. Throws Error where the runtime has none. */
export function nodeBuiltin<N extends keyof Builtins>(name: N): Builtins[N] {
  const { process } = globalThis as { readonly process?: ProcessOfNode };
  const found = process?.getBuiltinModule?.(name);
  if (found === undefined) throw new Error(`this runtime has no ${name} to get by its name`);
  return found;
}

/** Asks for a permission first, as Node's layer throws in a tick of its own. Throws {Deno.errors.NotCapable}. */
export function requirePermission(
  { host, path }: { host?: string | undefined; path?: string | undefined },
): void {
  const { Deno: runtime } = globalThis as { readonly Deno?: typeof Deno };
  const wanted: readonly Deno.PermissionDescriptor[] = path === undefined
    ? [{ name: "net", ...(host !== undefined && { host }) }]
    : [{ name: "read", path }, { name: "write", path }];
  for (const descriptor of wanted) {
    if (runtime === undefined || runtime.permissions.querySync(descriptor).state === "granted") {
      continue;
    }
    const { name } = descriptor;
    throw new runtime.errors.NotCapable(
      `Requires ${name} access to "${path ?? host}", run again with the --allow-${name} flag`,
    );
  }
}
