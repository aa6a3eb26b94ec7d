// Errors of system calls, named.

import { constants } from "node:os";

/** Names by number; Linux has one list for x86-64 and arm64 (asm-generic/errno.h). What node does not list is added. */
const NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(constants.errno).map(([name, errno]) => [errno as number, name] as const),
  // Where two names share a number, the one that the manual pages of socket calls use.
  [11, "EAGAIN"],
  [95, "EOPNOTSUPP"],
  [94, "ESOCKTNOSUPPORT"],
  [96, "EPFNOSUPPORT"],
  [105, "ENOBUFS"],
  [108, "ESHUTDOWN"],
]);

/** The name of an error number of Linux. As in `EAGAIN`; `errno 4711` where it has no name. */
export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `errno ${errno}`;
}

/** Numbers of the errors that code here decides by. */
export const ERRNO = {
  EINTR: 4,
  EAGAIN: 11,
  EINVAL: 22,
  EPIPE: 32,
  EMSGSIZE: 90,
  ENOTCONN: 107,
  ENOBUFS: 105,
  ECONNRESET: 104,
  ECONNREFUSED: 111,
  EINPROGRESS: 115,
} as const;

/** Thrown when a system call fails: says which, and with what. */
export class SystemError extends Error {
  /** Always "SystemError". */
  override readonly name = "SystemError";
  /** As in `ECONNREFUSED`. */
  readonly code: string;
  /** For a trial's error: the same as {@linkcode SystemError.code}. */
  readonly kind: string;

  /**
   * Makes the error of a call.
   *
   * @param call the call, as in `setsockopt(SO_SNDBUF)`
   * @param errno the error number
   * @param words what libc says of it, as in "Connection refused"
   * @param what what could not be done, as in `Cannot set TCP_MAXSEG to 1`; default: the call failed
   */
  constructor(
    readonly call: string,
    readonly errno: number,
    words: string,
    what = `${call} failed`,
  ) {
    const code = errnoName(errno);
    super(`${what}: ${words} (${code})`);
    this.code = code;
    this.kind = code;
  }
}
