// Permissions of child processes, never more than this one has; of a partial one a child gets loopback and the run's own files.

import { isDirectory } from "../transport/socket_directory.ts";

/** `directory`: the run's, absent: not made yet; `modules`: as absolute URLs; `starts`: the Deno binary that it starts in turn. */
export type ChildNeeds = Readonly<
  { directory?: string; modules: readonly string[]; folders?: readonly string[]; starts?: string }
>;

/** Arguments of `deno run`; or what is missing here for a child to do its work, in one sentence without its full stop. */
export type ChildPermissions = { readonly args: readonly string[] } | { readonly missing: string };

/** What {@linkcode childPermissions} passes on whole or not at all: what of them a child cannot do without, it says itself. */
const EXTRAS = ["env", "sys", "ffi"] as const;

export function childPermissions(needs: ChildNeeds): ChildPermissions {
  const net = netArgument(needs);
  if (net === undefined) return { missing: "--allow-net=127.0.0.1, all ports of it" };
  const read = readArgument(needs);
  if (read === undefined) return { missing: "--allow-read of the folder that modules are in" };
  const run = runArgument(needs);
  if (run === undefined) return { missing: "--allow-run, to start a second Deno" };
  const extras = EXTRAS.filter((name) => isWhole({ name })).map((name) => `--allow-${name}`);
  return { args: [net, ...read, ...writeArgument(needs), ...run, ...extras] };
}

const LOOPBACK = ["127.0.0.1", "[::1]"];

function netArgument({ modules }: ChildNeeds): string | undefined {
  if (isWhole({ name: "net" })) return "--allow-net";
  const hosts = LOOPBACK.filter((host) => isWhole({ name: "net", host }));
  // Deno does not say of a host that some ports of it are denied, and which ones users' modules open is not known.
  const isKnown = modules.length === 0 || hosts.every(hasAllPorts);
  return isKnown && hosts.length > 0 ? `--allow-net=${hosts}` : undefined;
}

/** What was found of a host: looking takes 0.7 s. */
const allPorts = new Map<string, boolean>();

function hasAllPorts(host: string): boolean {
  const known = allPorts.get(host);
  if (known !== undefined) return known;
  let port = 1;
  while (port <= 65_535 && isWhole({ name: "net", host: `${host}:${port}` })) port++;
  const isSo = port > 65_535;
  allPorts.set(host, isSo);
  return isSo;
}

function readArgument({ directory, modules, folders = [] }: ChildNeeds): string[] | undefined {
  if (isWhole({ name: "read" })) return ["--allow-read"];
  const cwd = modules.length === 0 ? undefined : ownFolder(modules);
  if (modules.length > 0 && cwd === undefined) return undefined;
  const wanted = [directory, cwd, ...folders].filter((path) => path !== undefined)
    .filter((path) => isDirectory(path) && isListable(path) && isWhole({ name: "read", path }));
  return wanted.length === 0 ? [] : [`--allow-read=${wanted}`];
}

/** The current folder, where it holds all modules and what they may import, and may be read whole. */
function ownFolder(modules: readonly string[]): string | undefined {
  const query = { name: "read", path: "." } as const;
  if (!isWhole(query)) return undefined;
  const path = Deno.cwd();
  const isWithin = modules.map((module) => new URL(module))
    .every((url) => decodeURIComponent(url.pathname).startsWith(`${path}/`));
  return isWithin && isListable(path) ? path : undefined;
}

function writeArgument({ directory }: ChildNeeds): string[] {
  if (directory === undefined || !isDirectory(directory)) return [];
  return isWhole({ name: "write", path: directory }) ? [`--allow-write=${directory}`] : [];
}

function runArgument({ starts }: ChildNeeds): string[] | undefined {
  if (starts === undefined) return [];
  if (isWhole({ name: "run" })) return ["--allow-run"];
  if (!isWhole({ name: "run", command: starts }) || !isListable(starts)) return undefined;
  return [`--allow-run=${starts}`];
}

/** Deno's lists have no way to write a comma. */
const isListable = (path: string) => !path.includes(",");

/** Whether a permission is granted without exception. */
export function isWhole(query: Deno.PermissionDescriptor): boolean {
  const { state, partial } = Deno.permissions.querySync(query);
  return state === "granted" && !partial;
}
