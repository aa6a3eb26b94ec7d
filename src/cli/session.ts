/**
 * What `run`, `list` and `doctor` share: the catalog with users' modules, a private directory, and what works here.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { type Catalog, createCatalog } from "../catalog.ts";
import { loadCatalog } from "../peer/load_catalog.ts";
import { type NearestPeer, nearestPeer, peerObstacle } from "../peer/nearest_peer.ts";
import { findPinning } from "../peer/pin_thread.ts";
import type { PeerKind, Pinning } from "../model/placement.ts";
import { PEERS } from "../plan/settings.ts";
import type { Availability } from "../transport/transport.ts";
import { probeTransports } from "../transport/probe_transports.ts";
import { createSocketDirectory, explainSocketFiles } from "../transport/socket_directory.ts";
import { UsageError } from "./usage_error.ts";

/** A Session is what commands need to plan and measure; disposing removes its directory. */
export interface Session extends AsyncDisposable {
  /** Private directory for socket files, as {@linkcode createSocketDirectory} has its path. */
  readonly directory: string;
  /** Why it is none; absent: it is one. */
  readonly problem?: string;
  /** What works here, by transport id. */
  readonly availability: ReadonlyMap<string, Availability>;
  /** Whether the ends of a trial can be pinned here, and to what. */
  readonly pinning: Pinning;
}

/**
 * Makes the private directory and probes the catalog's transports in it.
 *
 * @param needed ids of the transports to probe; absent: all
 */
export async function openSession(
  catalog: Catalog,
  needed?: ReadonlySet<string>,
): Promise<Session> {
  const sockets = await createSocketDirectory();
  const { path: directory } = sockets;
  const dispose = () => sockets[Symbol.asyncDispose]();
  try {
    const probed = await probeTransports(catalog.transports, directory, needed);
    return {
      directory,
      ...(sockets.problem !== undefined && { problem: sockets.problem }),
      availability: explainSocketFiles(catalog.transports, probed, sockets),
      pinning: findPinning(),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

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
    const url = isUrl ? new URL(path) : new URL(path, pathToFileURL(`${Deno.cwd()}/`));
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
    throw new UsageError((error as Error).message);
  }
}

/**
 * The peer asked for, or the most independent one that the permissions allow: one in a process of its own gets no more of them than this
 * one has, one in a worker has just the same.
 *
 * @param asked its name; absent: nobody asked
 * @param modules users' modules, as absolute URLs
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

/** Removes the session's directory at once, for a process that ends without disposing; what is not there is no error. */
export function removeDirectory(path: string | undefined): void {
  if (path === undefined) return;
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // It was never made.
  }
}
