// Capabilities of the calling thread (capabilities(7)): what root may do, in parts, each of which can be laid down for a moment.

import { requireLibc } from "./libc.ts";

/** Capabilities by number (linux/capability.h), those that matter to sockets. */
const CAPABILITIES = { CAP_NET_BIND_SERVICE: 10 } as const;

export type CapabilityName = keyof typeof CAPABILITIES;

/** _LINUX_CAPABILITY_VERSION_3: two words of 32 bits each for effective, permitted and inheritable. */
const VERSION_3 = 0x20080522;

/** Whether this thread has a capability in effect. Throws SystemError when the kernel does not say. */
export function hasCapability(name: CapabilityName): boolean {
  return (read().effective & bitOf(name)) !== 0;
}

/** Does something without a capability, on this thread alone, and takes it up again. Throws SystemError. */
export function withoutCapability<T>(name: CapabilityName, action: () => T): T {
  const { header, sets, effective } = read();
  if ((effective & bitOf(name)) === 0) return action();
  const lowered = sets.slice();
  lowered[0] = effective & ~bitOf(name);
  write(header, lowered);
  try {
    return action();
  } finally {
    write(header, sets);
  }
}

function bitOf(name: CapabilityName): number {
  return 1 << CAPABILITIES[name];
}

function read() {
  const libc = requireLibc();
  const header = new Uint32Array([VERSION_3, 0]);
  const sets = new Uint32Array(6);
  libc.check(libc.symbols.capget(header, sets), "capget");
  return { header, sets, effective: sets[0]! };
}

function write(header: Uint32Array<ArrayBuffer>, sets: Uint32Array<ArrayBuffer>): void {
  const libc = requireLibc();
  libc.check(libc.symbols.capset(header, sets), "capset");
}
