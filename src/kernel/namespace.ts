// A command in fresh network and mount namespaces (network_namespaces(7)), as root or in a user namespace; all of it ends with it.

import { requireLibc } from "./libc.ts";

/** Shell lines that let `ip netns add` name further namespaces: its directory is then this command's own. */
export const NAMED_NAMESPACES = "mount -t tmpfs tmpfs /run && mkdir /run/netns";

/** Whether namespaces can be made here: the arguments of unshare(1) that make them, or the reason in one sentence. */
export type NamespaceAccess =
  | { readonly available: true; readonly flags: readonly string[] }
  | { readonly available: false; readonly reason: string };

const OWN = ["--net", "--mount"];
const AS_ROOT = ["--user", "--map-root-user", ...OWN];

/** Looks for a way to make namespaces: as who one is, or else as root of a user namespace. */
export async function findNamespaces(): Promise<NamespaceAccess> {
  const refuse = (reason: string) => ({ available: false, reason } as const);
  if (Deno.build.os !== "linux") {
    return refuse(`network namespaces need Linux, this is ${Deno.build.os}`);
  }
  for (const command of ["unshare", Deno.execPath()]) {
    if (Deno.permissions.querySync({ name: "run", command }).state !== "granted") {
      return refuse(`permission missing: network namespaces need --allow-run for ${command}`);
    }
  }
  let said = "";
  for (const flags of [OWN, AS_ROOT]) {
    try {
      await runCommand("unshare", [...flags, "true"]);
      return { available: true, flags };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        return refuse("there is no unshare(1): the package util-linux brings it");
      }
      said = (error as Error).message;
    }
  }
  return refuse(`the kernel lets this user make no network namespace, ${said}`);
}

/** What to run in namespaces of its own. `flags`: of {@linkcode findNamespaces}; `setup`: shell lines that run first as root; loopback is down until one of them raises it. */
export type IsolatedCommand = Readonly<
  { flags: readonly string[]; setup?: string; command: readonly [string, ...string[]] }
>;

/** The program and arguments that run a command in namespaces of its own. */
export function isolate(
  { flags, setup = "", command }: IsolatedCommand,
): { readonly program: string; readonly args: string[] } {
  const script = `set -e\n${setup}\nexec "$@"`;
  return { program: "unshare", args: [...flags, "sh", "-c", script, "sh", ...command] };
}

/** Runs a command in namespaces of its own: what it printed. Throws Error with what it said, when it fails or `signal` ends it. */
export async function runIsolated(
  isolated: IsolatedCommand,
  signal?: AbortSignal,
): Promise<string> {
  const { program, args } = isolate(isolated);
  return await runCommand(program, args, signal);
}

/** Runs a command. Returns what it printed. Throws Error with what it said, when it fails or `signal` ends it. */
export async function runCommand(
  program: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    ...(signal !== undefined && { signal }),
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  const said = new TextDecoder().decode(stderr).trim().replace(/\s+/g, " ");
  throw new Error(`${program} ${args[0] ?? ""}: ${said === "" ? "it failed" : said}`);
}

/** Deno's arguments for a module that runs in a namespace with the permissions that this process has, and no more. */
export function denoCommand(module: string, args: readonly string[]): [string, ...string[]] {
  const permissions = (["net", "read", "write", "run", "sys", "ffi", "env"] as const)
    .filter((name) => Deno.permissions.querySync({ name }).state === "granted")
    .map((name) => `--allow-${name}`);
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    "--unstable-net",
    ...permissions,
    module,
    ...args,
  ];
}

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SIOCSIFFLAGS = 0x8914n;
const IFF_UP = 1;
const CLONE_NEWNET = 0x40000000;
const O_CLOEXEC = 0o2000000;

/** Sets the loopback device up, which a fresh namespace has down (netdevice(7)). Throws SystemError when the kernel refuses. */
export function raiseLoopback(): void {
  const libc = requireLibc();
  const fd = libc.check(libc.symbols.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
  // struct ifreq: a name of 16 bytes, then the flags.
  const request = new Uint8Array(40);
  request.set(new TextEncoder().encode("lo"));
  new DataView(request.buffer).setUint16(16, IFF_UP, true);
  try {
    libc.check(libc.symbols.ioctl(fd, SIOCSIFFLAGS, request), "ioctl(SIOCSIFFLAGS)");
  } finally {
    libc.symbols.close(fd);
  }
}

/** Does something with this thread in a namespace of `ip netns add`: sockets made meanwhile belong to it. Throws SystemError. */
export function inNamedNamespace<T>(name: string, action: () => T): T {
  const libc = requireLibc();
  const open = (path: string) =>
    libc.check(
      libc.symbols.open(new TextEncoder().encode(`${path}\0`), O_CLOEXEC, 0),
      `open(${path})`,
    );
  const own = open("/proc/thread-self/ns/net");
  try {
    const other = open(`/run/netns/${name}`);
    try {
      libc.check(libc.symbols.setns(other, CLONE_NEWNET), "setns");
      try {
        return action();
      } finally {
        libc.check(libc.symbols.setns(own, CLONE_NEWNET), "setns");
      }
    } finally {
      libc.symbols.close(other);
    }
  } finally {
    libc.symbols.close(own);
  }
}
