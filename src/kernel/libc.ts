// The one libc table: every C function that is called through FFI; Linux on x86-64 and arm64 with glibc, else a reason.

import { SystemError } from "./system_error.ts";

/** Functions by name. Sizes and results that fit 32 bits are declared so: a 64-bit result would be a bigint on every call. */
export const SYMBOLS = {
  // Sockets: socket(2), ip(7), unix(7).
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  socketpair: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept4: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
  recvfrom: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"], result: "i32" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  // A send that may wait, on a thread of its own: the caller's goes on.
  send_waiting: {
    name: "send",
    parameters: ["i32", "buffer", "usize", "i32"],
    result: "isize",
    nonblocking: true,
  },
  // Which network a thread's sockets belong to: setns(2).
  setns: { parameters: ["i32", "i32"], result: "i32" },
  // Pipes, and how their descriptors reach another process: pipe(2), SCM_RIGHTS of unix(7).
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  sendmsg: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  recvmsg: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // Files under /proc and /sys, which Deno itself reads with --allow-all only.
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // Where and how long a thread runs.
  sched_setaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  sched_getaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  sched_getcpu: { parameters: [], result: "i32" },
  getrusage: { parameters: ["i32", "buffer"], result: "i32" },
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  gettid: { parameters: [], result: "i32" },
  getppid: { parameters: [], result: "i32" },
  // Counting the system calls of another thread: ptrace(2).
  // The last argument is a number or an address, whichever the request wants.
  ptrace: { parameters: ["i32", "i32", "usize", "usize"], result: "i32" },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  prctl: { parameters: ["i32", "usize", "usize", "usize", "usize"], result: "i32" },
  // What a thread may do: capabilities(7).
  capget: { parameters: ["buffer", "buffer"], result: "i32" },
  capset: { parameters: ["buffer", "buffer"], result: "i32" },
  getpriority: { parameters: ["i32", "u32"], result: "i32" },
  // For what glibc has no wrapper in older versions: pidfd_open(2), pidfd_getfd(2).
  syscall: { parameters: ["i32", "i32", "i32", "i32"], result: "i32" },
  // What went wrong, as a number and in words.
  __errno_location: { parameters: [], result: "pointer" },
  strerror: { parameters: ["i32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of the table, callable. Each blocks its thread for as long as the system call does. */
export type LibcSymbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Libc is the table, opened, with the errno of the calling thread. */
export class Libc {
  readonly #errno: Int32Array;

  /**
   * Takes an opened table.
   *
   * @param symbols the opened table
   */
  constructor(
    /** The functions. Hot loops take them from here once; results below 0 mean {@linkcode Libc.errno}. */
    readonly symbols: LibcSymbols,
  ) {
    // glibc keeps errno per thread, and a JavaScript thread never moves to another: the address is good for its lifetime.
    const at = symbols.__errno_location()!;
    this.#errno = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(at, 4));
  }

  /** The error number of the last call that failed. Read it at once: the next call may overwrite it. */
  get errno(): number {
    return this.#errno[0]!;
  }

  /**
   * Passes a result on, or throws what it stands for.
   *
   * @param result what a function of the table returned
   * @param call its name, and what it was called for, as in `setsockopt(SO_SNDBUF)`
   * @returns `result` when it is 0 or more
   * @throws {SystemError} when it is below 0
   */
  check(result: number, call: string): number {
    return result >= 0 ? result : this.fail(call);
  }

  /** Throws the {@linkcode SystemError} of the last failed call. */
  fail(call: string, errno: number = this.errno): never {
    throw this.error(call, errno);
  }

  /**
   * The {@linkcode SystemError} of an error number, in libc's own words.
   *
   * @param call as for {@linkcode Libc.check}
   * @param errno the error number
   * @param what what could not be done, for a user who knows no system calls; default: the call failed
   */
  error(call: string, errno: number = this.errno, what?: string): SystemError {
    const words = this.symbols.strerror(errno);
    return new SystemError(
      call,
      errno,
      words === null ? "unknown error" : new Deno.UnsafePointerView(words).getCString(),
      what,
    );
  }
}

/** Whether the kernel room can be used here, and what it needs otherwise. */
export type KernelAccess =
  | {
    /** The room is open. */
    readonly available: true;
    /** The table. */
    readonly libc: Libc;
  }
  | {
    /** The room stays closed. */
    readonly available: false;
    /** One sentence for reports, without its full stop: "it needs --allow-ffi". */
    readonly reason: string;
  };

let access: KernelAccess | undefined;

/** Opens the kernel room, once per thread. Never throws, never prompts. */
export function openKernel(): KernelAccess {
  return access ??= open();
}

/** The libc table, where {@linkcode openKernel} said that it is available; throws Error with the reason elsewhere. */
export function requireLibc(): Libc {
  const kernel = openKernel();
  if (!kernel.available) throw new Error(`Cannot call libc: ${kernel.reason}`);
  return kernel.libc;
}

function open(): KernelAccess {
  if (!("Deno" in globalThis)) return refuse(`it needs Deno's FFI, this is ${navigator.userAgent}`);
  const { os, arch } = Deno.build;
  if (os !== "linux" || (arch !== "x86_64" && arch !== "aarch64")) {
    return refuse(`it needs Linux on x86_64 or aarch64, this is ${os} on ${arch}`);
  }
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    return refuse("it needs --allow-ffi");
  }
  try {
    // Never closed: the table lives as long as its thread.
    return { available: true, libc: new Libc(Deno.dlopen("libc.so.6", SYMBOLS).symbols) };
  } catch (error) {
    const detail = (error as Error).message.replace(/\s+/g, " ");
    return refuse(`it needs glibc as libc.so.6, which could not be opened: ${detail}`);
  }
}

function refuse(reason: string): KernelAccess {
  return { available: false, reason };
}
