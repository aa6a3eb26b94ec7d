// What commands need before they can open a session: users' modules, the catalog with their parts, and a peer.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Catalog, createCatalog } from "../catalog.ts";
import { isWhole } from "../peer/child_permissions.ts";
import { loadCatalog } from "../peer/load_catalog.ts";
import { type NearestPeer, nearestPeer, peerObstacle } from "../peer/nearest_peer.ts";
import type { PeerKind } from "../model/placement.ts";
import { PEERS } from "../plan/settings.ts";
import { missingPackage } from "./missing_package.ts";
import { NothingToMeasureError, UsageError } from "./usage_error.ts";

/**
 * The absolute URLs of users' modules.
 *
 * @throws {UsageError} when one is not a file.
 */
export function moduleUrls(paths: readonly string[]): string[] {
  return paths.map((path) => {
    const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(path) && !/^[a-z]:[\\/]/i.test(path);
    if (isUrl && !path.startsWith("file:")) {
      throw new UsageError(`--module takes a file of this machine: "${path}" is not`);
    }
    const url = isUrl ? new URL(path) : pathToFileURL(resolve(path));
    let isFile = false;
    try {
      isFile = Deno.statSync(url).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        throw new UsageError(`--module ${path} cannot be read: permission missing (--allow-read)`);
      }
    }
    if (!isFile) throw new UsageError(`--module ${path} is no file`);
    return url.href;
  });
}

/**
 * The catalog with the parts of users' modules.
 *
 * @throws {UsageError} when one cannot be loaded or clashes with what is there.
 */
export async function openCatalog(modules: readonly string[]): Promise<Catalog> {
  if (modules.length === 0) return createCatalog();
  try {
    return await loadCatalog(modules);
  } catch (error) {
    const { message, cause } = error as Error;
    const missing = missingPackage(cause);
    if (missing !== undefined) {
      throw new NothingToMeasureError(`${/^Cannot load module \S+/.exec(message)} ${missing}`);
    }
    throw new UsageError(message + formatNames(message));
  }
}

/** What a process that could not be started anew, with the names of the module's project, lacks for that. */
function formatNames(message: string): string {
  return /not in import map/.test(message) && !isWhole({ name: "run" })
    ? "; a module has the names of its own project with --allow-run"
    : "";
}

/**
 * The peer asked for, or the most independent one that the permissions allow: one in a process of its own gets no more of them than this
 * one has, one in a worker has just the same.
 *
 * @throws {UsageError} when the one asked for is not permitted.
 */
export function choosePeer(
  asked: string | undefined,
  modules: readonly string[] = [],
): NearestPeer {
  if (asked !== undefined) {
    const kind = PEERS.find((kind) => kind === asked);
    const reason = kind === undefined ? undefined : peerObstacle(kind, modules);
    if (reason !== undefined) throw new UsageError(`--peer ${asked} cannot be used: ${reason}`);
    // An unknown name is for createSettings to refuse.
    return { peer: asked as PeerKind };
  }
  return nearestPeer(modules);
}
