// Files under /proc and /sys, read through libc: Deno itself reads most of them with `--allow-all` only.

import { ERRNO, type SystemError } from "./system_error.ts";
import { requireLibc } from "./libc.ts";

const O_RDONLY_CLOEXEC = 0o2000000;

/** The most that one read asks for: files of /proc/sys refuse 4 MiB and more with ENOMEM, however short they are. */
const MAX_BYTES = 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const paths = new Map<string, Uint8Array<ArrayBuffer>>();
let buffer = new Uint8Array(32 * 1024);

/** A kernel file as text, in about 4 µs; undefined when it cannot be read. Throws SystemError for want of descriptors and the like. */
export function readKernelFile(path: string): string | undefined {
  const bytes = readKernelBytes(path);
  return bytes && decoder.decode(bytes);
}

/** The same as bytes in a buffer that all reads share, good until the next read of this thread. */
export function readKernelBytes(path: string): Uint8Array<ArrayBuffer> | undefined {
  const libc = requireLibc();
  const { open, read, close } = libc.symbols;
  const fd = open(cPath(path), O_RDONLY_CLOEXEC, 0);
  if (fd < 0) return unlessAbsent(libc.error(`open(${path})`));
  try {
    let filled = 0;
    for (;;) {
      if (filled === buffer.length) buffer = grown(buffer);
      const room = Math.min(buffer.length - filled, MAX_BYTES);
      const count = read(fd, buffer.subarray(filled), BigInt(room));
      if (count > 0) filled += count;
      else if (count === 0) return buffer.subarray(0, filled);
      else if (libc.errno !== ERRNO.EINTR) return unlessAbsent(libc.error(`read(${path})`));
    }
  } finally {
    close(fd);
  }
}

/** The faults that mean "there is nothing to read here": the file, its device, or the right to it is missing. */
const ABSENT: readonly string[] =
  "ENOENT ENOTDIR EACCES EPERM EISDIR EINVAL EIO ENODEV ENXIO EOPNOTSUPP".split(" ");

function unlessAbsent(error: SystemError): undefined {
  if (!ABSENT.includes(error.code)) throw error;
}

function grown(old: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(old.length * 2);
  bytes.set(old);
  return bytes;
}

/** Few paths are read again and again: each is encoded once. */
function cPath(path: string): Uint8Array<ArrayBuffer> {
  let bytes = paths.get(path);
  if (bytes === undefined) paths.set(path, bytes = encoder.encode(`${path}\0`));
  return bytes;
}
