// The private directory for a run's Unix-domain socket files.

import { NEEDS_NETWORK } from "./probe.ts";
import { LONGEST_DIRECTORY_BYTES } from "./socket_file.ts";
import type { Availability, Transport } from "./transport.ts";

/** Where socket files may be; gone when its scope ends. */
export interface SocketDirectory extends AsyncDisposable {
  /**
   * Absolute path, mode 0700; or, where no such directory can be had, what names begin with that are no files: a NUL, as Linux's abstract
   * socket names have.
   */
  readonly path: string;
  /** Why it is no directory, in one sentence without its full stop; absent: it is one. */
  readonly problem?: string;
}

/** What abstract names begin with: nobody else's by chance, and gone with their sockets. */
export function abstractDirectory(): string {
  return `\0sb-${crypto.randomUUID().slice(0, 18)}`;
}

const FORBIDDEN = "permission missing: --allow-read and --allow-write";

/** Tried where the system's own temporary directory does not serve. */
const SPARE = "/tmp";

/**
 * Makes a fresh private directory below the system's temporary one, or below /tmp where that is missing, may not be written to or has a path
 * too long for a socket's address. Disposing removes it with all it holds. Never throws.
 */
export async function createSocketDirectory(): Promise<SocketDirectory> {
  const problems: string[] = [];
  for (const dir of [undefined, ...(Deno.build.os === "windows" ? [] : [SPARE])]) {
    const made = await tryDirectory(dir);
    if ("path" in made) {
      return { path: made.path, [Symbol.asyncDispose]: () => removeDirectory(made.path) };
    }
    problems.push(`${nameOf(dir)}: ${made.problem}`);
  }
  const isForbidden = problems.every((problem) => problem.endsWith(FORBIDDEN));
  return {
    path: abstractDirectory(),
    problem: isForbidden
      ? "permission missing: socket files need --allow-read and --allow-write of the temporary directory"
      : `socket files have no place: ${problems.join("; ")}`,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Says of transports that have no place for socket files, and cannot do without either, why that is. */
export function explainSocketFiles(
  transports: ReadonlyMap<string, Transport>,
  availability: ReadonlyMap<string, Availability>,
  { problem }: Pick<SocketDirectory, "problem">,
): ReadonlyMap<string, Availability> {
  if (problem === undefined) return availability;
  return new Map(
    [...availability].map(([id, found]): [string, Availability] => {
      const isRefused = !found.available && found.reason.startsWith(NEEDS_NETWORK);
      if (!isRefused || !transports.get(id)?.usesDirectory) return [id, found];
      const reason = `${problem}; abstract names need --allow-net without a list`;
      return [id, { available: false, reason }];
    }),
  );
}

/** What a record says where Unix-domain sockets are measured without files. Returns a line for what was skipped, or none. */
export function withoutFiles(
  used: Iterable<Transport | undefined>,
  { problem }: Pick<SocketDirectory, "problem">,
): readonly { readonly what: string; readonly reason: string }[] {
  if (problem === undefined || ![...used].some((one) => one?.usesDirectory)) return [];
  return [{ what: "socket files", reason: `${problem}; abstract names are used` }];
}

/** Whether a run's directory is one, and not the beginning of abstract names. */
export function isDirectory(path: string): boolean {
  return !path.startsWith("\0");
}

async function tryDirectory(dir: string | undefined): Promise<{ path: string } | Problem> {
  let path: string;
  try {
    path = await Deno.makeTempDir({ prefix: "sb-", ...(dir !== undefined && { dir }) });
  } catch (error) {
    return { problem: whyNot(error as Error) };
  }
  const problem = faultOf(path);
  if (problem === undefined) return { path };
  await removeDirectory(path);
  return { problem };
}

interface Problem {
  readonly problem: string;
}

function faultOf(path: string): string | undefined {
  const bytes = new TextEncoder().encode(path).length;
  if (bytes > LONGEST_DIRECTORY_BYTES) {
    return `a directory in it has a path of ${bytes} bytes, and ${LONGEST_DIRECTORY_BYTES} leave room for a socket's name`;
  }
  if (path.includes(",")) return "its path has a comma, which divides Deno's lists of permissions";
  const isAbsolute = path.startsWith("/") || Deno.build.os === "windows";
  return isAbsolute ? undefined : "it is not absolute";
}

/** In the words of the system, without the path that Deno made up. */
function whyNot(error: Error): string {
  if (error instanceof Deno.errors.NotCapable) return FORBIDDEN;
  return error.message.replace(/: tmpdir$|: mkdir .*$|: '.*$/, "");
}

/** The system's temporary directory by its name, where the environment may be asked. */
function nameOf(dir: string | undefined): string {
  if (dir !== undefined) return dir;
  const query = { name: "env", variable: "TMPDIR" } as const;
  const named = Deno.permissions.querySync(query).state === "granted"
    ? Deno.env.get(query.variable)
    : undefined;
  return named === undefined ? "the temporary directory" : `TMPDIR (${named})`;
}

/** What cannot be removed is left: it must not end the run that it belonged to. */
async function removeDirectory(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch {
    // Without a descriptor to look into it: it may be empty.
    await Deno.remove(path).catch(() => {});
  }
}
