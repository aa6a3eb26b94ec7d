/**
 * What `run`, `list` and `doctor` share: the catalog with users' modules, a private directory, and what works here.
 *
 * @module
 */

import { toFileUrl } from "@std/path";
import { type Catalog, createCatalog } from "../catalog.ts";
import { loadCatalog } from "../peer/load_catalog.ts";
import { findPinning } from "../peer/pin_thread.ts";
import type { PeerKind, Pinning } from "../model/placement.ts";
import type { Skip } from "../model/case.ts";
import { DEFAULT_PEER, PEERS } from "../plan/settings.ts";
import type { Availability } from "../transport/transport.ts";
import { probeTransports } from "../transport/probe_transports.ts";
import { createSocketDirectory } from "../transport/socket_directory.ts";
import { UsageError } from "./usage_error.ts";

/** A Session is what commands need to plan and measure; disposing removes its directory. */
export interface Session extends AsyncDisposable {
  /** Private directory for socket files; does not exist where it may not be made. */
  readonly directory: string;
  /** What works here, by transport id. */
  readonly availability: ReadonlyMap<string, Availability>;
  /** Whether the ends of a trial can be pinned here, and to what. */
  readonly pinning: Pinning;
}

/** Stands for a directory that may not be made: whatever is opened below it fails. */
const NO_DIRECTORY = "/nonexistent/sockbench";

/** Makes the private directory and probes the catalog's transports in it. */
export async function openSession(catalog: Catalog): Promise<Session> {
  const { path: directory, [Symbol.asyncDispose]: dispose } = await createDirectory();
  try {
    const probed = await probeTransports(catalog.transports, directory);
    const availability = directory === NO_DIRECTORY ? new Map([...probed].map(explain)) : probed;
    return { directory, availability, pinning: findPinning(), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** A probe that failed for want of the directory says so in terms of a path that the user never named. */
function explain([id, found]: [string, Availability]): [string, Availability] {
  if (found.available || !found.reason.includes(NO_DIRECTORY)) return [id, found];
  const reason = "permission missing: socket files need --allow-read and --allow-write of the " +
    "temporary directory, and --allow-net without a list";
  return [id, { available: false, reason }];
}

/** Without write permission there is no directory, and the transports that need one say so when probed. */
async function createDirectory(): Promise<{ path: string } & AsyncDisposable> {
  try {
    const directory = await createSocketDirectory();
    return {
      path: directory.path,
      [Symbol.asyncDispose]: async () => await directory[Symbol.asyncDispose](),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied) {
      return { path: NO_DIRECTORY, [Symbol.asyncDispose]: () => Promise.resolve() };
    }
    throw new UsageError(`cannot make a temporary directory: ${(error as Error).message}`);
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
    const url = isUrl ? new URL(path) : new URL(path, toFileUrl(`${Deno.cwd()}/`));
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

/** The peer to use, and what to say where it is not the default. */
export interface PeerChoice {
  /** Where the serve half runs. */
  readonly peer: PeerKind;
  /** Why it is not the default; absent when it is, or was asked for. */
  readonly skip?: Skip;
}

/**
 * The peer asked for, or the most independent one that the permissions allow.
 *
 * @throws {UsageError} when the one asked for is not permitted.
 */
export function choosePeer(asked: string | undefined): PeerChoice {
  if (asked !== undefined) {
    const kind = PEERS.find((kind) => kind === asked);
    const reason = kind === undefined ? undefined : peerObstacle(kind);
    if (reason !== undefined) throw new UsageError(`--peer ${asked} cannot be used: ${reason}`);
    // An unknown name is for createSettings to refuse.
    return { peer: asked as PeerKind };
  }
  const reason = peerObstacle(DEFAULT_PEER);
  if (reason === undefined) return { peer: DEFAULT_PEER };
  const nearer = PEERS.slice(0, PEERS.indexOf(DEFAULT_PEER)).toReversed();
  const peer = nearer.find((kind) => peerObstacle(kind) === undefined) ?? "loop";
  return { peer, skip: { what: `peer ${DEFAULT_PEER}`, reason: `${reason}; ${peer} is used` } };
}

function peerObstacle(kind: PeerKind): string | undefined {
  if (kind === "process") {
    const whole = Deno.permissions.querySync({ name: "run" }).state;
    const command = Deno.permissions.querySync({ name: "run", command: Deno.execPath() }).state;
    if (whole !== "granted" && command !== "granted") {
      return "permission missing: --allow-run, to start a second Deno";
    }
  }
  const source = new URL("../peer/worker_main.ts", import.meta.url);
  if (kind === "worker" && source.protocol === "file:") {
    const { state } = Deno.permissions.querySync({ name: "read", path: source });
    if (state !== "granted") return "permission missing: --allow-read, to load the worker's code";
  }
  return undefined;
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
