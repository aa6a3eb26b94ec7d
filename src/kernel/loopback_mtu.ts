// The MTU of the loopback device: the largest packet that it takes in one piece.

import { requireLibc } from "./libc.ts";

const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 0o2000002;
const SIOCGIFMTU = 0x8921n;
/** struct ifreq of netdevice(7): a name of 16 bytes, then a union. */
const IFREQ_BYTES = 40;
const MTU_AT = 16;

/** The MTU of `lo` in this thread's network namespace, which /sys need not show. Throws SystemError. */
export function readLoopbackMtu(): number {
  const libc = requireLibc();
  const { socket, ioctl, close } = libc.symbols;
  const request = new Uint8Array(IFREQ_BYTES);
  request.set(new TextEncoder().encode("lo"));
  const fd = libc.check(socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0), "socket(AF_INET)");
  try {
    libc.check(ioctl(fd, SIOCGIFMTU, request), "ioctl(SIOCGIFMTU)");
  } finally {
    close(fd);
  }
  return new DataView(request.buffer).getInt32(MTU_AT, true);
}
